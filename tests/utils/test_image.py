"""Images between files and arrays, pixel by pixel against real Keras."""

import io
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
import torch
from PIL import Image

from torchkeras import _settings, preprocessing, utils
from torchkeras.utils._image import INTERPOLATIONS


def noise(*shape, scale=255):
    return np.random.RandomState(0).rand(*shape) * scale


ARRAYS = [
    (noise(2, 4, 3), {}),
    (noise(3, 2, 4), {"data_format": "channels_first"}),
    (noise(2, 4, 1), {}),
    (noise(2, 4, 4), {"scale": False}),
    (noise(2, 4, 3) - 50, {}),
    (noise(2, 4, 1, scale=30000), {"scale": False}),
    (np.zeros((2, 4, 3)), {}),
    (np.full((2, 4, 3), 7.0), {}),
    (noise(2, 4, 3), {"dtype": "float64"}),
    (torch.tensor(noise(2, 4, 3)), {}),
]


@pytest.mark.parametrize(("array", "arguments"), ARRAYS)
def test_array_to_img(array, arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = keras.utils.array_to_img(array, **arguments)
    found = utils.array_to_img(array, **arguments)
    assert found.mode == expected.mode
    assert np.array_equal(np.asarray(found), np.asarray(expected))


IMAGE = Image.fromarray(noise(5, 4, 3).astype("uint8"))


@pytest.mark.parametrize("image", [IMAGE, IMAGE.convert("L"), IMAGE.convert("RGBA"), noise(2, 4, 3), noise(2, 4)])
@pytest.mark.parametrize("arguments", [{}, {"data_format": "channels_first"}, {"dtype": "uint8"}])
def test_img_to_array(image, arguments):
    found, expected = (module.img_to_array(image, **arguments) for module in (utils, keras.utils))
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@pytest.fixture
def file(tmp_path):
    Image.fromarray(noise(20, 31, 3).astype("uint8")).save(tmp_path / "image.png")
    return tmp_path / "image.png"


@pytest.mark.parametrize("keep", [False, True])
@pytest.mark.parametrize("interpolation", INTERPOLATIONS)
@pytest.mark.parametrize("size", [(7, 9), (40, 20), (20, 31), (9, 40)])
def test_load_img_resizes(size, interpolation, keep, file):
    arguments = {"target_size": size, "interpolation": interpolation, "keep_aspect_ratio": keep}
    found, expected = (np.asarray(module.load_img(file, **arguments)) for module in (utils, keras.utils))
    assert np.array_equal(found, expected)


MODES = ["L", "RGB", "RGBA", "LA", "P", "1", "I;16", "I", "F", "CMYK"]


@pytest.mark.parametrize("color_mode", ["grayscale", "rgb", "rgba"])
@pytest.mark.parametrize("mode", MODES)
def test_load_img_converts(mode, color_mode, tmp_path):
    path = tmp_path / ("image.tif" if mode in ("CMYK", "I", "F") else "image.png")
    if mode == "I;16":
        Image.fromarray(noise(4, 3, scale=60000).astype("uint16")).save(path)
    else:
        Image.new(mode, (3, 4)).save(path)
    found, expected = (module.load_img(path, color_mode=color_mode) for module in (utils, keras.utils))
    assert found.mode == expected.mode
    assert np.array_equal(np.asarray(found), np.asarray(expected))


def test_load_img_sources(file):
    by_path = np.asarray(utils.load_img(str(file)))
    assert np.array_equal(np.asarray(utils.load_img(file)), by_path)
    assert np.array_equal(np.asarray(utils.load_img(io.BytesIO(file.read_bytes()))), by_path)


@pytest.mark.parametrize("name", ["a.png", "b.jpg", "c.bmp", "d.jpeg"])
@pytest.mark.parametrize("scale", [True, False])
def test_save_img(name, scale, tmp_path):
    for module, folder in ((utils, "ours"), (keras.utils, "theirs")):
        (tmp_path / folder).mkdir()
        module.save_img(tmp_path / folder / name, noise(8, 8, 3), scale=scale)
    assert (tmp_path / "ours" / name).read_bytes() == (tmp_path / "theirs" / name).read_bytes()


def test_save_img_by_format(tmp_path):
    utils.save_img(tmp_path / "noname", noise(8, 8, 3), file_format="jpg")
    with Image.open(tmp_path / "noname") as image:
        assert image.format == "JPEG"


def test_jpeg_has_no_alpha(tmp_path):
    with pytest.warns(UserWarning, match="does not support RGBA"):
        utils.save_img(tmp_path / "a.jpg", noise(8, 8, 4))
    with Image.open(tmp_path / "a.jpg") as image:
        assert image.mode == "RGB"


@pytest.mark.parametrize("interpolation", ["nearest", "bilinear", "bicubic"])
@pytest.mark.parametrize("size", [(8, 8), (8, 13), (40, 10), (3, 50)])
def test_smart_resize(size, interpolation):
    arrays = [
        (noise(20, 31, 3).astype("float32"), "channels_last"),
        (noise(3, 20, 31).astype("float32"), "channels_first"),
        (noise(2, 20, 31, 3).astype("float32"), "channels_last"),
    ]
    for array, data_format in arrays:
        arguments = {"interpolation": interpolation, "data_format": data_format}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # numpy's remarks on Keras
            expected = keras.preprocessing.image.smart_resize(array, size, **arguments)
        found = preprocessing.image.smart_resize(array, size, **arguments)
        assert isinstance(found, np.ndarray)
        assert found.dtype == expected.dtype
        assert np.allclose(found, expected, atol=1e-3)


def test_smart_resize_of_a_tensor_is_a_tensor():
    assert preprocessing.image.smart_resize(torch.rand(9, 9, 3), (4, 5)).shape == (4, 5, 3)


def test_the_settings_choose_the_data_format(monkeypatch):
    monkeypatch.setattr(_settings, "image_data_format", "channels_first")
    assert utils.img_to_array(IMAGE).shape == (3, 5, 4)
    assert utils.array_to_img(noise(3, 2, 4)).size == (4, 2)


WRONG = [
    (lambda: utils.array_to_img(noise(2, 4)), ValueError, "to have rank 3"),
    (lambda: utils.array_to_img(noise(2, 4, 2)), ValueError, "Unsupported channel number: 2"),
    (lambda: utils.array_to_img(noise(2, 4, 3), "zz"), ValueError, "`data_format` argument must be one of"),
    (lambda: utils.img_to_array(noise(3)), ValueError, "Unsupported image shape"),
    (lambda: utils.load_img(3), TypeError, "path should be path-like"),
    (lambda: utils.load_img("missing.png"), FileNotFoundError, "missing.png"),
    (lambda: preprocessing.image.smart_resize(noise(4, 4), (2, 2)), ValueError, "incorrect rank"),
    (lambda: preprocessing.image.smart_resize(noise(4, 4, 3), 2), ValueError, "tuple of 2 integers"),
    (
        lambda: preprocessing.image.smart_resize(noise(4, 4, 3), (2, 2), "bilinea"),
        ValueError,
        "Did you mean 'bilinear'",
    ),
    (lambda: preprocessing.image.smart_resize(noise(4, 4, 3), (2, 2), foo=1), TypeError, "unexpected argument 'foo'"),
]


@pytest.mark.parametrize("index", range(len(WRONG)))
def test_wrong_arguments_are_named(index):
    call, error, message = WRONG[index]
    with pytest.raises(error, match=message):
        call()


def test_wrong_choices_for_a_file(file):
    with pytest.raises(ValueError, match="color_mode must be"):
        utils.load_img(file, color_mode="gray")
    with pytest.raises(ValueError, match="Invalid interpolation method zz specified"):
        utils.load_img(file, target_size=(2, 2), interpolation="zz")


def test_no_file_stays_open(file):
    image = utils.load_img(Path(file))
    file.unlink()  # read late, Pillow would miss it, and the test run would warn of an open file
    assert image.size == (31, 20)

"""Data sets from directories and series give what Keras gives on TensorFlow."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras as keras
from tests.utils.directories import MAKERS, ROWS, SERIES_ROWS, make_images, make_sounds
from tests.utils.record_directories import plain, recorded

RECORDED = json.loads((Path(__file__).parent / "fixtures" / "directories.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("directories")
    return {what: make(folder / what) for what, make in MAKERS.items()}


def close(found: Any, wanted: Any, atol: float) -> None:
    if isinstance(wanted, list):
        assert len(found) == len(wanted)
        for pair in zip(found, wanted):
            close(*pair, atol)
    elif "value" in wanted:
        assert (found["dtype"], found["shape"]) == (wanted["dtype"], wanted["shape"])
        np.testing.assert_allclose(found["value"], wanted["value"], rtol=1e-4, atol=atol)
    elif "ragged" in wanted:
        close_lists(found["ragged"], wanted["ragged"])
    else:
        assert found == wanted


def close_lists(found: Any, wanted: Any) -> None:
    assert len(found) == len(wanted)
    for row, expected in zip(found, wanted):
        np.testing.assert_allclose(row, expected, atol=1e-4)


@pytest.mark.parametrize("name", ROWS)
def test_directories(name: str, roots: dict[str, Path]) -> None:
    what, arguments = ROWS[name]
    make = getattr(keras.utils, f"{what}_dataset_from_directory")
    found = recorded(make(roots[what], verbose=False, **arguments), roots[what], name.startswith("order"))
    wanted = RECORDED[name]
    assert found["classes"] == wanted["classes"]
    assert not wanted["files"] or found["files"] == wanted["files"]  # not all of Keras' functions tell them
    close(found["elements"], wanted["elements"], 1.0 if "gray" in name else 5e-2)


@pytest.mark.parametrize("name", SERIES_ROWS)
def test_series(name: str) -> None:
    series, arguments = SERIES_ROWS[name]
    found = [plain(element) for element in keras.utils.timeseries_dataset_from_array(series, **arguments)]
    close(found, RECORDED[f"series {name}"], 1e-6)


def test_a_shuffled_series_has_all_windows_in_other_orders() -> None:
    dataset = keras.utils.timeseries_dataset_from_array(
        np.arange(50), np.arange(50), 3, shuffle=True, seed=1, batch_size=8
    )
    orders = [np.concatenate([y.numpy() for _, y in dataset]).tolist() for _ in range(2)]
    assert orders[0] != orders[1] and sorted(orders[0]) == sorted(orders[1]) == list(range(48))
    assert all(np.array_equal(x[:, 0], y) for x, y in dataset)


def test_images_are_padded_as_by_the_op_of_real_keras(roots: dict[str, Path]) -> None:
    import keras as real

    arguments: dict[str, Any] = {"labels": None, "batch_size": None, "shuffle": False, "verbose": False}
    padded = keras.utils.image_dataset_from_directory(
        roots["image"], image_size=(4, 3), pad_to_aspect_ratio=True, **arguments
    )
    for image, path in zip(padded, padded.file_paths):
        wanted = real.ops.image.resize(
            real.utils.img_to_array(real.utils.load_img(path)), (4, 3), pad_to_aspect_ratio=True
        )
        np.testing.assert_allclose(image, wanted.cpu(), atol=1e-3)


def test_both_subsets_and_what_is_said(roots: dict[str, Path], capsys: pytest.CaptureFixture[str]) -> None:
    training, validation = keras.utils.image_dataset_from_directory(
        roots["image"], validation_split=0.3, subset="both", seed=1, image_size=(4, 4)
    )
    assert capsys.readouterr().out == (
        "Found 8 files belonging to 2 classes.\nUsing 6 files for training.\nUsing 2 files for validation.\n"
    )
    assert not set(training.file_paths) & set(validation.file_paths)
    assert len(training) == len(validation) == 1 and len(validation.file_paths) == 2


def test_shuffled_images_keep_their_labels(roots: dict[str, Path]) -> None:
    arguments: dict[str, Any] = {"image_size": (4, 4), "batch_size": None, "verbose": False}
    plainly = keras.utils.image_dataset_from_directory(roots["image"], shuffle=False, **arguments)
    known = {image.numpy().tobytes(): int(label) for image, label in plainly}
    shuffled = keras.utils.image_dataset_from_directory(roots["image"], seed=3, **arguments)
    assert {image.numpy().tobytes(): int(label) for image, label in shuffled} == known


def test_a_model_trains_on_a_directory(roots: dict[str, Path]) -> None:
    dataset = keras.utils.image_dataset_from_directory(roots["image"], image_size=(8, 8), batch_size=4, verbose=False)
    model = keras.Sequential([keras.layers.Rescaling(1 / 255), keras.layers.Flatten(), keras.layers.Dense(2)])
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    cached = dataset.cache().shuffle(1000).prefetch(buffer_size=-1)
    history = model.fit(cached, validation_data=dataset, epochs=2, verbose=0).history
    assert len(history["val_accuracy"]) == 2


def test_jpeg_images_are_read(tmp_path: Path) -> None:
    from PIL import Image

    (tmp_path / "a").mkdir()
    Image.new("RGB", (8, 8), (200, 100, 50)).save(tmp_path / "a" / "one.JPG")
    dataset = keras.utils.image_dataset_from_directory(tmp_path, image_size=(2, 2), labels=None, verbose=False)
    (batch,) = list(dataset)
    np.testing.assert_allclose(batch[0, 0, 0], [200, 100, 50], atol=3)


def test_sounds_can_be_brought_to_another_rate(tmp_path: Path) -> None:
    dataset = keras.utils.audio_dataset_from_directory(
        make_sounds(tmp_path / "audio"), sampling_rate=32, batch_size=None, shuffle=False, labels=None, verbose=False
    )
    assert sorted(len(audio) for audio in dataset) == [8, 12, 16, 20]


ERRORS = {
    "no such format": ({"format": "x"}, "`format` should be"),
    "labels": ({"labels": "x"}, "`labels` argument should be"),
    "label mode": ({"label_mode": "x"}, "`label_mode` argument must be one of"),
    "color mode": ({"color_mode": "x"}, "`color_mode` must be one of"),
    "interpolation": ({"interpolation": "bilinar"}, "Unknown interpolation: 'bilinar'. Did you mean 'bilinear'"),
    "interpolation not served": ({"interpolation": "gaussian"}, "'gaussian' is not served"),
    "both ratios": ({"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "Only one of"),
    "a part of two": ({"subset": "training"}, "`validation_split` must be set"),
    "split": ({"validation_split": 2, "subset": "training"}, "between 0 and 1"),
    "subset": ({"validation_split": 0.5, "subset": "x", "seed": 1}, "`subset` must be either"),
    "no seed": ({"validation_split": 0.5, "subset": "training"}, "must provide a `seed`"),
    "class names": ({"class_names": ["birds"]}, "did not match the names of the subdirectories"),
    "class names of nothing": ({"labels": None, "class_names": ["cats"]}, "there are no labels to name"),
    "class names of numbers": ({"labels": [0] * 8, "class_names": ["cats"]}, "only pass `class_names`"),
    "too few labels": ({"labels": [0, 1]}, "len\\(labels\\) is 2 while we found 8 files"),
    "three classes": ({"labels": [0, 1, 2] * 2 + [0, 1], "label_mode": "binary"}, "there must be exactly 2"),
    "size": ({"image_size": (1, 2, 3)}, "image_size"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str, roots: dict[str, Path]) -> None:
    arguments, words = ERRORS[name]
    with pytest.raises(ValueError, match=words):
        keras.utils.image_dataset_from_directory(roots["image"], verbose=False, **arguments)


def test_grain_is_refused(roots: dict[str, Path]) -> None:
    with pytest.raises(ImportError, match="grain"):
        keras.utils.image_dataset_from_directory(roots["image"], format="grain")


def test_empty_directories(tmp_path: Path) -> None:
    for what, words in (("image", "No images found"), ("text", "No text files found"), ("audio", "No audio files")):
        with pytest.raises(ValueError, match=words):
            getattr(keras.utils, f"{what}_dataset_from_directory")(tmp_path, verbose=False)


SERIES_ERRORS = {
    "late start": ({"start_index": 11}, "`start_index` must be lower than"),
    "negative start": ({"start_index": -1}, "`start_index` must be 0 or greater"),
    "late end": ({"end_index": 10}, "`end_index` must be lower than"),
    "end before start": ({"start_index": 5, "end_index": 3}, "`end_index` must be higher than"),
    "no length": ({"sequence_length": 0}, "`sequence_length` must be higher"),
    "no rate": ({"sampling_rate": 0}, "`sampling_rate` must be higher"),
    "wide rate": ({"sampling_rate": 10}, "`sampling_rate` must be lower"),
    "no stride": ({"sequence_stride": 0}, "`sequence_stride` must be higher"),
}


@pytest.mark.parametrize("name", SERIES_ERRORS)
def test_errors_of_series(name: str) -> None:
    arguments, words = SERIES_ERRORS[name]
    with pytest.raises(ValueError, match=words):
        keras.utils.timeseries_dataset_from_array(np.arange(10), **{"targets": None, "sequence_length": 3, **arguments})


def test_names_in_both_namespaces() -> None:
    names = ("image_dataset_from_directory", "text_dataset_from_directory", "timeseries_dataset_from_array")
    assert all(getattr(keras.preprocessing, name) is getattr(keras.utils, name) for name in names)
    assert make_images is MAKERS["image"]

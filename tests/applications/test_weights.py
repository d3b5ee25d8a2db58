"""ImageNet's weights: Keras' files under Keras' names, from the cache; without a network, what to put where."""

import re
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
from keras.src.utils import file_utils

from tests.applications.rows import of_keras, pair, rows
from tests.applications.test_models import compare
from torchkeras import _settings, applications
from torchkeras.applications import _weights

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


class Asked(Exception):
    """A file was asked for: nothing else matters."""


def asked_for(library: Any, name: str, monkeypatch: pytest.MonkeyPatch, **arguments: Any) -> Any:
    """Name, URL, hash and folder of the file that `library` wants for ImageNet's weights."""
    found: list[Any] = []

    def keras_file(fname: str, origin: str, cache_subdir: str, file_hash: str | None = None, **_: Any) -> None:
        found.append((fname, origin, file_hash, cache_subdir))
        raise Asked

    def our_file(model: Any, source: Any) -> None:
        found.append((source.name, source.url, source.file_hash, source.folder))
        raise Asked

    monkeypatch.setattr(file_utils, "get_file", keras_file)
    monkeypatch.setattr(_weights, "_imagenet_file", our_file)
    with pytest.raises(Asked):
        if library is applications:
            getattr(library, name)(weights="imagenet", **arguments)
        of_keras(name, weights="imagenet", **arguments)
    return found[0]


@pytest.mark.parametrize("include_top", [True, False])
@pytest.mark.parametrize("name", rows(quick={"MobileNet", "MobileNetV2", "MobileNetV3Small", "EfficientNetB0"}))
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_the_files_are_keras(name: str, include_top: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = asked_for(keras.applications, name, monkeypatch, include_top=include_top)
    assert asked_for(applications, name, monkeypatch, include_top=include_top) == theirs


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("MobileNet", {"alpha": 0.25, "input_shape": (128, 128, 3)}),
        ("MobileNet", {"alpha": 0.75, "include_top": False, "input_shape": (160, 128, 3)}),
        ("MobileNetV2", {"alpha": 1.3, "include_top": False}),
        ("MobileNetV2", {"alpha": 0.35, "input_shape": (96, 96, 3)}),
        ("MobileNetV3Large", {"alpha": 0.75}),
        ("MobileNetV3Small", {"minimalistic": True, "include_top": False}),
    ],
    ids=str,
)
@pytest.mark.filterwarnings("ignore:.*:UserWarning")
def test_the_files_of_narrower_networks_are_keras(name: str, arguments: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = asked_for(keras.applications, name, monkeypatch, **arguments)
    assert asked_for(applications, name, monkeypatch, **arguments) == theirs


@pytest.mark.parametrize("name", ["MobileNet", "MobileNetV2", "MobileNetV3Small"])
def test_weights_of_another_image_size_are_warned_about(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.warns(UserWarning, match="those of 224 are loaded") as caught:
        asked_for(applications, name, monkeypatch, include_top=False, input_shape=(100, 100, 3))
    assert caught[0].filename == __file__


def test_trained_efficientnets_have_the_scale_of_their_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_utils, "get_file", lambda *_, **__: "file")
    monkeypatch.setattr("keras.src.applications.efficientnet.file_utils.get_file", lambda *_, **__: "file")
    monkeypatch.setattr(keras.Model, "load_weights", lambda *_, **__: None)
    monkeypatch.setattr(_weights, "load", lambda *_: None)
    compare(*pair("EfficientNetB0", weights="imagenet", include_top=False))


def put(folder: Path, name: str) -> None:
    (folder / _weights.FOLDER).mkdir(exist_ok=True)
    theirs = keras.applications.VGG16(weights=None, include_top=False)
    theirs.set_weights([np.full(w.shape, 0.5, "float32") for w in theirs.get_weights()])
    theirs.save(folder / _weights.FOLDER / name)


@pytest.mark.filterwarnings("ignore:You are saving your model as an HDF5 file")
def test_a_cached_file_serves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture) -> None:
    monkeypatch.setattr(_settings, "keras_home", lambda: tmp_path)
    put(tmp_path, "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5")
    model = applications.VGG16(include_top=False)
    assert all((w == 0.5).all() for w in model.get_weights())
    assert "Using the local file as it is" in capsys.readouterr().out  # it is not the published one


def old_name(name: str) -> str:
    """What Keras called this layer of ResNet50 until 2019."""
    fixed = {"conv1_conv": "conv1", "conv1_bn": "bn_conv1", "predictions": "fc1000"}
    if name in fixed:
        return fixed[name]
    stage, block, part, kind = re.fullmatch(r"conv(\d)_block(\d)_(\d)_(conv|bn)", name).groups()  # type: ignore[union-attr]
    branch = ["1", "2a", "2b", "2c"][int(part)]
    return f"{'bn' if kind == 'bn' else 'res'}{stage}{'abcdef'[int(block) - 1]}_branch{branch}"


def write_old_file(model: Any, path: Path) -> None:
    """A weights file as the one that Keras 2.2 downloads: old names, the shortcut's convolution after the block's."""
    layers = [layer for layer in model.layers if layer.weights]
    names = [old_name(layer.name) for layer in layers]
    order = list(range(len(names)))
    for place in range(len(names) - 1):
        if names[place].endswith("_branch1") and names[place + 1].endswith("_branch2c"):
            order[place], order[place + 1] = place + 1, place
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [names[i].encode() for i in order]
        for i in order:
            group = file.create_group(names[i])
            group.attrs["weight_names"] = [f"{names[i]}_{w.name}:0".encode() for w in layers[i].weights]
            for weight in layers[i].weights:
                group[f"{names[i]}_{weight.name}:0"] = keras.ops.convert_to_numpy(weight)


@pytest.mark.parametrize("by_name", [True, False])
def test_old_files_of_resnet50_fit(by_name: bool, tmp_path: Path) -> None:
    theirs, ours = pair("ResNet50", input_shape=(32, 32, 3), classes=10)
    write_old_file(theirs, tmp_path / "resnet50.h5")
    ours.load_weights(tmp_path / "resnet50.h5", by_name=by_name)
    for expected, got in zip(theirs.get_weights(), ours.get_weights(), strict=True):
        np.testing.assert_array_equal(got, expected)


def test_without_a_network_the_error_says_what_to_put_where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_settings, "keras_home", lambda: tmp_path)
    monkeypatch.setattr("torchkeras.utils._files._fetch", _unreachable)
    place = tmp_path / "models" / "resnet50_weights_tf_dim_ordering_tf_kernels.h5"
    with pytest.raises(OSError, match=re.escape(f"put it at {place}")):
        applications.ResNet50()


def _unreachable(origin: str, out: Any) -> None:
    raise OSError(f"URL fetch failure on {origin}: no network")

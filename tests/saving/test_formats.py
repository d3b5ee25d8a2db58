"""Formats of files, what their paths mean, and what is in them."""

import builtins
import json
import os
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
import torch

import torchkeras
from tests.saving.small_models import make, state, trained
from torchkeras import layers
from torchkeras.saving import load_model

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_shards_both_ways(tmp_path: Path) -> None:
    ours, theirs = make(30, 20), make(30, 20, package=keras)
    limit = 4 * 30 * 20 / 1024**3  # the second kernel fills a shard
    ours.save_weights(tmp_path / "it.weights.json", max_shard_size=limit)
    shards = {path.name for path in tmp_path.iterdir()} - {"it.weights.json"}
    assert shards == {"it_00000.weights.h5", "it_00001.weights.h5", "it_00002.weights.h5"}
    theirs.load_weights(tmp_path / "it.weights.json")
    for got, wanted in zip(theirs.weights, ours.weights):
        np.testing.assert_array_equal(got.value.detach().numpy(), wanted.numpy())
    theirs.save_weights(tmp_path / "theirs.weights.json", max_shard_size=limit)
    ours.set_weights([0 * weight for weight in ours.get_weights()])
    ours.load_weights(tmp_path / "theirs.weights.json")
    for got, wanted in zip(ours.weights, theirs.weights):
        np.testing.assert_array_equal(got.numpy(), wanted.value.detach().numpy())


def test_new_shards_replace_the_old_ones(tmp_path: Path) -> None:
    model, limit = make(30, 20), 4 * 30 * 20 / 1024**3
    for _ in range(3):
        model.save_weights(tmp_path / "it.weights.json", max_shard_size=limit)
        model.load_weights(tmp_path / "it.weights.json")
        assert len(list(tmp_path.iterdir())) == 4
    with pytest.raises(ValueError, match="exceeds the maximum shard size"):
        model.save_weights(tmp_path / "it.weights.json", max_shard_size=limit / 10)
    model.load_weights(tmp_path / "it.weights.json")
    assert len(list(tmp_path.iterdir())) == 4


def test_shards_elsewhere_are_refused(tmp_path: Path) -> None:
    model = make()
    model.save_weights(tmp_path / "it.weights.json", max_shard_size=1)
    index = json.loads((tmp_path / "it.weights.json").read_text())
    index["weight_map"]["/layers/dense/vars"] = ["../it_00000.weights.h5"]
    (tmp_path / "it.weights.json").write_text(json.dumps(index))
    with pytest.raises(torchkeras.saving.UnsafeFileError, match="files beside the index"):
        model.load_weights(tmp_path / "it.weights.json")


def test_safetensors_are_the_state_dict(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    model, path = make(), tmp_path / "it.safetensors"
    model.save_weights(path)
    found = load_file(path)
    assert found.keys() == model.state_dict().keys()
    assert all(torch.equal(found[key], value) for key, value in model.state_dict().items())
    save_file({key: value + 1 for key, value in found.items()}, path)
    model.load_weights(path)
    assert all(torch.equal(found[key] + 1, value) for key, value in model.state_dict().items())
    with pytest.raises(ValueError, match=r"has shape \(5, 4\) in the model and \(3, 4\) in the file"):
        make(5, 2).load_weights(path)


def test_weights_out_of_a_model_file(tmp_path: Path) -> None:
    source, model = make(), make()
    source.save(tmp_path / "it.keras")
    model.load_weights(tmp_path / "it.keras")
    assert state(model) == state(source)


@pytest.mark.parametrize("name", ["it.h5", "it.hdf5"])
def test_weights_as_keras_2_has_them(name: str, tmp_path: Path) -> None:
    source, model = make(), make()
    with pytest.warns(DeprecationWarning, match=r"Today's name ends in `\.weights\.h5`"):
        source.save_weights(tmp_path / name)
    model.load_weights(tmp_path / name)
    assert state(model) == state(source)


def test_open_files(tmp_path: Path) -> None:
    source = make()
    with open(tmp_path / "anything", "wb") as file:
        source.save(file)
    with open(tmp_path / "anything", "rb") as file:
        assert state(load_model(file)) == state(source)


@pytest.mark.parametrize("path", ["hf://someone/model", "gs://bucket/it.keras", "s3://bucket/it.keras"])
def test_remote_paths_are_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"is a remote path.*download the file first"):
        load_model(path)
    with pytest.raises(ValueError, match="is a remote path"):
        make().save(path)


def test_endings_that_mean_nothing(tmp_path: Path) -> None:
    model = make()
    with pytest.raises(ValueError, match=r"Please add either a `\.keras` extension"):
        model.save(tmp_path / "it.txt")
    with pytest.raises(ValueError, match=r"must end in `\.weights\.h5`"):
        model.save_weights(tmp_path / "it.keras")
    with pytest.raises(ValueError, match=r"must end in `\.weights\.json`"):
        model.save_weights(tmp_path / "it.txt", max_shard_size=1)
    (tmp_path / "it.txt").write_text("text")
    with pytest.raises(ValueError, match="File format not supported"):
        load_model(tmp_path / "it.txt")
    with pytest.raises(ValueError, match="File format not supported"):
        model.load_weights(tmp_path / "it.txt")
    with pytest.raises(ValueError, match=r"should not end in `\.keras`"):
        model.save(tmp_path / "it.keras", zipped=False)
    with pytest.raises(FileNotFoundError, match="File not found"):
        load_model(tmp_path / "it.keras")
    with pytest.raises(FileNotFoundError):
        model.load_weights(tmp_path / "it.weights.h5")
    with pytest.raises(ValueError, match="Invalid keyword arguments"):
        model.load_weights(tmp_path / "it.weights.h5", something=1)
    with pytest.raises(ValueError, match="not supported"):
        model.save(tmp_path / "it.keras", something=1)


def test_overwrite_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, asked = tmp_path / "it.keras", []
    make(3).save(path, overwrite=False)
    answers = iter(["n", "what", "y"])
    monkeypatch.setattr(builtins, "input", lambda prompt="": [asked.append(prompt), next(answers)][1])
    make(5).save(path, overwrite=False)
    assert load_model(path).layers[0].units == 3
    make(5).save(path, overwrite=False)
    assert load_model(path).layers[0].units == 5
    assert asked[0] == f"[WARNING] {path} already exists - overwrite? [y/n]"
    assert asked[2] == 'Enter "y" (overwrite) or "n" (cancel).'


def test_what_a_model_file_holds(tmp_path: Path) -> None:
    trained().save(tmp_path / "it.keras")
    with zipfile.ZipFile(tmp_path / "it.keras") as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        assert json.loads(archive.read("metadata.json"))["keras_version"] == keras.__version__
    assert os.stat(tmp_path / "it.keras").st_size < 100_000
    mine = load_model(tmp_path / "it.keras")
    theirs = keras.saving.load_model(tmp_path / "it.keras")
    assert mine.get_compile_config().keys() == theirs.get_compile_config().keys()


def test_weights_made_in_predict_train(tmp_path: Path) -> None:
    model = torchkeras.Sequential([layers.Dense(2)])
    model.predict(np.ones((2, 4)), verbose=0)
    model.compile("sgd", "mse")
    model.fit(np.ones((2, 4)), np.ones((2, 2)), verbose=0)
    model.save_weights(tmp_path / "it.weights.h5")
    model.load_weights(tmp_path / "it.weights.h5")

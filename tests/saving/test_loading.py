"""Loading: all or nothing, errors that say which layer and which shapes, and what users' layers store themselves."""

import zipfile
from pathlib import Path
from typing import Any

import h5py
import keras
import numpy as np
import pytest
import torch

import torchkeras
from tests.saving.small_models import make, state, trained
from torchkeras import layers
from torchkeras.saving import load_model, register_keras_serializable

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


# What does not fit.


def test_the_error_names_the_layer_and_both_shapes(tmp_path: Path) -> None:
    make(3, 2).save_weights(tmp_path / "it.weights.h5")
    model = make(5, 2)
    before = state(model)
    with pytest.raises(ValueError, match=r"2 objects could not be loaded.*Dense name=d0") as caught:
        model.load_weights(tmp_path / "it.weights.h5")
    assert "'kernel' must match: the layer has (4, 5), the file has (4, 3) (layers/dense/vars/0)" in str(caught.value)
    assert state(model) == before


def test_skip_mismatch_leaves_the_others(tmp_path: Path) -> None:
    source = make(3, 2, 2)
    source.save_weights(tmp_path / "it.weights.h5")
    model = make(3, 2, 7)
    last = model.layers[2].get_weights()[0]
    with pytest.warns(UserWarning, match="A total of 1 objects could not be loaded"):
        model.load_weights(tmp_path / "it.weights.h5", skip_mismatch=True)
    np.testing.assert_array_equal(model.layers[0].get_weights()[0], source.layers[0].get_weights()[0])
    np.testing.assert_array_equal(model.layers[2].get_weights()[0], last)


def test_missing_layers_and_objects_to_skip(tmp_path: Path) -> None:
    make(3, 2).save_weights(tmp_path / "it.weights.h5")
    model = make(3, 2, 2)
    with pytest.raises(ValueError, match="Layer 'd2' expected 2 variables, but received 0 variables during loading"):
        model.load_weights(tmp_path / "it.weights.h5")
    torchkeras.saving.load_weights(model, tmp_path / "it.weights.h5", objects_to_skip=[model.layers[2]])


def test_integers_do_not_take_fractions(tmp_path: Path) -> None:
    model = torchkeras.Sequential([torchkeras.Input((2,)), layers.Normalization()])
    model.save_weights(tmp_path / "it.weights.h5")
    with h5py.File(tmp_path / "it.weights.h5", "a") as file:
        del file["layers/normalization/vars/2"]
        file["layers/normalization/vars/2"] = np.float32(0.5)
    with pytest.raises(ValueError, match=r"holds torch.int32 numbers, the file has float32 ones"):
        model.load_weights(tmp_path / "it.weights.h5")


def test_a_model_without_weights_yet(tmp_path: Path) -> None:
    model = torchkeras.Sequential([layers.Dense(2)])
    with pytest.raises(ValueError, match="You are saving a model that has not yet been built"):
        model.save_weights(tmp_path / "it.weights.h5")
    make().save_weights(tmp_path / "it.weights.h5")
    with pytest.raises(ValueError, match="You are loading weights into a model that has not yet been built"):
        model.load_weights(tmp_path / "it.weights.h5")


# All or nothing.


def damaged(path: Path, array: bytes) -> None:
    """Flip one bit in the middle of an array's bytes, wherever they are in the file."""
    content = bytearray(path.read_bytes())
    content[content.index(array) + len(array) // 2] ^= 1
    path.write_bytes(content)


@pytest.mark.parametrize("name", ["it.weights.h5", "it.safetensors", "it.weights.json"])
def test_damage_in_the_last_array_changes_nothing(name: str, tmp_path: Path) -> None:
    source = trained()
    source.save_weights(tmp_path / name, max_shard_size=1 if name.endswith("json") else None)
    file = next(path for path in tmp_path.iterdir() if not path.name.endswith("json"))
    kernel = source.layers[1].kernel
    tensor = kernel.tensor if name.endswith("safetensors") else kernel.value
    damaged(file, tensor.detach().contiguous().numpy().tobytes())
    model = trained()
    model.layers[0].set_weights([weight + 1 for weight in model.layers[0].get_weights()])
    before = state(model)
    with pytest.raises(torchkeras.saving.CorruptFileError, match="SHA-256"):
        model.load_weights(tmp_path / name)
    assert state(model) == before


def test_damage_in_a_model_file(tmp_path: Path) -> None:
    source = trained()
    source.save(tmp_path / "it.keras")
    damaged(tmp_path / "it.keras", source.layers[1].get_weights()[0].tobytes())
    python, generator = torchkeras._registry._uids.counts.copy(), torch.get_rng_state()
    with pytest.raises(torchkeras.saving.CorruptFileError):
        load_model(tmp_path / "it.keras")
    assert torchkeras._registry._uids.counts == python
    assert torch.equal(torch.get_rng_state(), generator)


def test_loading_a_model_draws_no_numbers(tmp_path: Path) -> None:
    make().save(tmp_path / "it.keras")
    before = torch.get_rng_state()
    load_model(tmp_path / "it.keras")
    assert torch.equal(torch.get_rng_state(), before)


def test_a_failing_loader_of_a_user_changes_nothing(tmp_path: Path) -> None:
    class Counts(layers.Dense):
        note = "none"

        def load_own_variables(self, store: Any) -> None:
            self.note = "loaded"
            super().load_own_variables(store)
            if self.units == 2:
                raise ValueError("no luck")

    def stack() -> Any:
        return torchkeras.Sequential([torchkeras.Input((4,)), Counts(3), Counts(2)])

    stack().save_weights(tmp_path / "it.weights.h5")
    model = stack()
    before = state(model)
    with pytest.raises(ValueError, match="no luck"):
        model.load_weights(tmp_path / "it.weights.h5")
    assert state(model) == before
    assert [layer.note for layer in model.layers] == ["none", "none"]


def test_a_config_that_asks_for_more_than_the_file_holds(tmp_path: Path) -> None:
    make().save(tmp_path / "it.keras")
    rewrite(tmp_path / "it.keras", lambda config: config.replace('"units": 2', '"units": 17592186044416'))
    with pytest.raises(ValueError, match="could not be loaded"):
        load_model(tmp_path / "it.keras")


def rewrite(path: Path, change: Any) -> None:
    """Change the config in a ``.keras`` file."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["config.json"] = change(members["config.json"].decode()).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


# What users' classes add.


@register_keras_serializable("tests")
class Vocabulary(layers.Layer):
    """Stores an array of its own and a text file."""

    def __init__(self, words: str = "", **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.words, self.extra = words, np.zeros(3)

    def build(self, input_shape: Any) -> None:
        self.scale = self.add_weight((input_shape[-1],), "ones", name="scale")

    def call(self, inputs: Any) -> Any:
        return inputs * self.scale

    def save_own_variables(self, store: Any) -> None:
        super().save_own_variables(store)
        store["extra"] = self.extra

    def load_own_variables(self, store: Any) -> None:
        self.extra = store["extra"]
        self.scale.assign(store["0"])

    def save_assets(self, folder: str) -> None:
        Path(folder, "words.txt").write_text(self.words)

    def load_assets(self, folder: str) -> None:
        self.words = Path(folder, "words.txt").read_text()

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}


@pytest.mark.parametrize("zipped", [None, False])
def test_own_variables_and_assets(zipped: bool | None, tmp_path: Path) -> None:
    torchkeras.saving.get_custom_objects()["tests>Vocabulary"] = Vocabulary
    layer = Vocabulary("one two", name="words")
    layer.extra = np.arange(3.0)
    model = torchkeras.Sequential([torchkeras.Input((4,)), layer])
    layer.scale.assign([1.0, 2.0, 3.0, 4.0])
    path = tmp_path / ("it.keras" if zipped is None else "folder")
    model.save(path, zipped=zipped)
    found = load_model(path).layers[0]
    assert found.words == "one two"
    np.testing.assert_array_equal(found.extra, layer.extra)
    np.testing.assert_array_equal(found.scale.numpy(), layer.scale.numpy())


def everything(package: Any) -> Any:
    """Layers in attributes, lists, dicts and models; variables; a plain torch module."""
    dense = package.layers.Dense

    class Everything(package.layers.Layer):
        def __init__(self, **kwargs: Any) -> None:
            super().__init__(**kwargs)
            self.z, self._hidden = dense(2), dense(2)
            self.stack = [dense(2), [dense(2), self.z], dense(2)]
            self.table = {"b": dense(2), "a": [dense(2)]}
            self.pair = (dense(2), dense(2))
            self.torch = torch.nn.Linear(2, 2)

        def build(self, input_shape: Any) -> None:
            self.fixed = self.add_weight(shape=(2,), trainable=False, name="fixed")
            self.own = self.add_weight(shape=(3,), name="own")

        def call(self, x: Any) -> Any:
            first, (second, _), third = self.stack
            for part in (self.z, self._hidden, first, second, third, self.table["b"], self.table["a"][0], *self.pair):
                x = part(x)
            return self.torch(x)

    inner = package.Sequential([dense(2), package.layers.LSTM(2)], name="inner")
    inner.build((None, None, 2))
    inputs = package.Input((2,))
    return package.Model(inputs, inner(package.layers.Reshape((1, 2))(Everything()(inputs))))


def tree(path: Path) -> dict[str, tuple[int, ...]]:
    found = {}
    with h5py.File(path) as file:
        file.visititems(lambda name, item: found.update({name: getattr(item, "shape", None)}))
    return found


def test_paths_are_those_of_real_keras(tmp_path: Path) -> None:
    ours, theirs = everything(torchkeras), everything(keras)
    ours.save_weights(tmp_path / "ours.weights.h5")
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    assert tree(tmp_path / "ours.weights.h5") == tree(tmp_path / "theirs.weights.h5")
    theirs.load_weights(tmp_path / "ours.weights.h5")
    x = np.ones((3, 2), "float32")
    np.testing.assert_allclose(np.asarray(ours.predict(x, verbose=0)), theirs.predict(x, verbose=0), atol=1e-6)
    theirs.set_weights([weight + 0.25 for weight in theirs.get_weights()])
    theirs.save_weights(tmp_path / "theirs.weights.h5")
    ours.load_weights(tmp_path / "theirs.weights.h5")
    np.testing.assert_allclose(np.asarray(ours.predict(x, verbose=0)), theirs.predict(x, verbose=0), atol=1e-6)


def test_a_list_that_holds_itself(tmp_path: Path) -> None:
    model = make()
    model.loop = [model.layers[0]]
    model.loop.append({"again": model.loop})
    model.save_weights(tmp_path / "it.weights.h5")
    assert "layers/dense/vars/0" in tree(tmp_path / "it.weights.h5")


@pytest.mark.parametrize("dtype", ["bfloat16", "float16", "float64", "mixed_bfloat16"])
def test_dtypes_both_ways(dtype: str, tmp_path: Path) -> None:
    def one(package: Any) -> Any:
        return package.Sequential([package.Input((4,)), package.layers.Dense(3, dtype=dtype)])

    ours, theirs = one(torchkeras), one(keras)
    ours.save_weights(tmp_path / "it.weights.h5")
    theirs.load_weights(tmp_path / "it.weights.h5")
    assert torch.equal(theirs.layers[0].kernel.value.detach(), ours.layers[0].kernel.value.detach())
    theirs.layers[0].kernel.assign(theirs.layers[0].kernel + 1)
    theirs.save_weights(tmp_path / "it.weights.h5")
    ours.load_weights(tmp_path / "it.weights.h5")
    assert torch.equal(theirs.layers[0].kernel.value.detach(), ours.layers[0].kernel.value.detach())

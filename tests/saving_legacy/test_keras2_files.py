"""Files that Keras 2 wrote (`make_fixtures.py`) give the outputs that Keras 2 gives."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras as keras

FIXTURES = Path(__file__).parent / "fixtures"
MODELS = ["attention", "compiled", "images", "old_optimizer", "preparing", "recurrent", "shared", "zipped"]


@keras.saving.register_keras_serializable("Elsewhere")
class Scale(keras.layers.Layer):
    def __init__(self, factor: float = 1.0, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.factor = factor

    def build(self, shape: Any) -> None:
        self.scale = self.add_weight((shape[-1],), "ones", name="scale")

    def call(self, x: Any) -> Any:
        return x * self.scale * self.factor


def stored(name: str) -> tuple[list[Any], list[Any]]:
    with np.load(FIXTURES / f"{name}.npz") as arrays:
        return [arrays[key] for key in arrays if key[0] == "x"], [arrays[key] for key in arrays if key[0] == "y"]


def check_outputs(model: Any, name: str) -> None:
    inputs, expected = stored(name)
    outputs = model.predict(inputs if len(inputs) > 1 else inputs[0], verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    assert len(outputs) == len(expected)
    for output, wanted in zip(outputs, expected):
        np.testing.assert_allclose(output, wanted, rtol=1e-5, atol=1e-6)


def load(name: str, **kwargs: Any) -> Any:
    return keras.saving.load_model(FIXTURES / f"{name}.{'keras' if name == 'zipped' else 'h5'}", **kwargs)


@pytest.mark.filterwarnings("ignore:Skipping variable loading for optimizer")  # Keras 2 has no variable of its rate
@pytest.mark.parametrize("name", MODELS)
def test_outputs(name: str) -> None:
    check_outputs(load(name), name)


def test_a_custom_class_is_found_by_its_registered_name() -> None:
    with pytest.raises(keras.saving.UnsafeFileError, match="Mine>Scale"):
        load("custom")
    check_outputs(load("custom", custom_objects={"Mine>Scale": Scale}), "custom")


def test_a_lambda_needs_consent() -> None:
    with pytest.raises(keras.saving.UnsafeFileError, match="lambda"):
        load("functions")
    if sys.version_info[:2] == (3, 11):  # the code in it is that of this Python
        check_outputs(load("functions", safe_mode=False), "functions")


def test_compile_settings_and_optimizer() -> None:
    model = load("compiled")
    assert isinstance(model.optimizer, keras.optimizers.Adam)
    assert float(model.optimizer.learning_rate) == pytest.approx(0.01)
    assert int(model.optimizer.iterations) == 2
    assert all(np.abs(variable.numpy()).sum() > 0 for variable in model.optimizer.variables)
    x, y = np.ones((4, 4), "f4"), np.ones((4, 2), "f4")
    assert list(model.evaluate(x, y, verbose=0, return_dict=True)) == ["acc", "loss", "mae"]
    model.fit(x, y, verbose=0)
    assert int(model.optimizer.iterations) == 3


def test_old_optimizer_with_a_schedule() -> None:
    optimizer = load("old_optimizer").optimizer
    assert isinstance(optimizer, keras.optimizers.SGD)
    assert (optimizer.momentum, optimizer.nesterov, int(optimizer.iterations)) == (pytest.approx(0.9), True, 2)
    assert isinstance(optimizer._rate, keras.optimizers.schedules.ExponentialDecay)


def test_losses_and_metrics_of_several_outputs() -> None:
    model = load("shared")
    x, y = np.ones((4, 5), "f4"), [np.ones((4, 2), "f4"), np.ones((4, 1), "f4")]
    logs = model.evaluate([x, x], y, verbose=0, return_dict=True)
    assert set(logs) == {"loss", "a_loss", "b_loss", "a_mae"}


def test_without_compiling() -> None:
    assert not load("compiled", compile=False).compiled


def small(units: int = 4) -> Any:
    layers = [keras.layers.Dense(units, name="one"), keras.layers.BatchNormalization(name="two")]
    return keras.Sequential([keras.Input((3,)), *layers, keras.layers.Dense(2, name="x")])


def test_weights_alone() -> None:
    model = small()
    model.load_weights(FIXTURES / "weights.hdf5")
    check_outputs(model, "weights")


def test_weights_by_name() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4, name="one"), keras.layers.Dense(7, name="new")])
    new, full = model.get_layer("new").get_weights(), small()
    full.load_weights(FIXTURES / "weights.hdf5")
    model.load_weights(FIXTURES / "weights.hdf5", by_name=True)
    for mine, wanted in zip(model.get_weights(), [*full.get_layer("one").get_weights(), *new]):
        np.testing.assert_array_equal(mine, wanted)


def test_a_mismatch_changes_nothing_or_is_skipped() -> None:
    model = small(5)
    before = model.get_weights()
    with pytest.raises(
        ValueError, match=r"layer #0 \(named one\).*expects shape \(3, 5\).*saved weight with shape \(3, 4\)"
    ):
        model.load_weights(FIXTURES / "weights.hdf5")
    for mine, wanted in zip(model.get_weights(), before):
        np.testing.assert_array_equal(mine, wanted)
    with pytest.warns(UserWarning, match="Skipping loading"):
        model.load_weights(FIXTURES / "weights.hdf5", by_name=True, skip_mismatch=True)
    np.testing.assert_array_equal(model.get_layer("one").get_weights()[0], before[0])


def test_another_number_of_layers() -> None:
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(4)])
    with pytest.raises(ValueError, match=r"Layer count mismatch .* expected 1 layers, found 3 saved layers"):
        model.load_weights(FIXTURES / "weights.hdf5")

"""Small names that are gone: against tf-keras' recorded values, or against what they say of themselves."""

import json
import re
import threading
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from torchkeras import Variable, callbacks, constraints, initializers, layers, models, regularizers
from torchkeras._eras import callbacks as old_callbacks
from torchkeras._eras import constraints as old_constraints
from torchkeras._eras import initializations
from torchkeras._eras import metrics as old_metrics
from torchkeras._eras import models as old_models
from torchkeras._eras import regularizers as old_regularizers
from torchkeras._eras import utils as old_utils
from torchkeras._eras.legacy import interfaces

FOLDER = Path(__file__).parent
RECORDED = json.loads((FOLDER / "recorded" / "expressions.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def found(runner: Any, tmp_path_factory: Any) -> dict[str, Any]:
    source = f"""
import json, sys, warnings
warnings.simplefilter("ignore")
sys.path.insert(0, {str(FOLDER)!r})
import keras
import keras.src.utils.conv_utils, keras.src.utils.layer_utils, keras.src.utils.generic_utils
from record_expressions import EXPRESSIONS, plain
keras.src = keras
print(json.dumps({{name: plain(expression(keras)) for name, expression in EXPRESSIONS.items()}}))
"""
    return json.loads(runner.run(source, cwd=tmp_path_factory.mktemp("names")).check().stdout)


@pytest.mark.parametrize("name", RECORDED)
def test_an_expression_gives_what_keras_2_gave(name: str, found: dict[str, Any]) -> None:
    if re.search(r"\d\.\d", str(RECORDED[name])):
        np.testing.assert_allclose(found[name], RECORDED[name], rtol=1e-5, atol=1e-6)
    else:
        assert found[name] == RECORDED[name]


# Keras 1's measures of a batch.


def test_the_measures_of_a_batch_follow_their_formulas() -> None:
    true, called = (
        torch.tensor([[1.0, 0, 1, 1], [0, 0, 1, 0]]),
        torch.tensor([[0.9, 0.8, 0.2, 0.7], [0.1, 0, 0.6, 0.4]]),
    )
    tp, fp, fn, tn = 3, 1, 1, 3
    p, r = tp / (tp + fp), tp / (tp + fn)
    expected = {
        "precision": p,
        "recall": r,
        "fmeasure": 2 * p * r / (p + r),
        "matthews_correlation": (tp * tn - fp * fn) / np.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)),
    }
    for name, value in expected.items():
        assert getattr(old_metrics, name)(true, called).item() == pytest.approx(value, rel=1e-5)
    score = old_metrics.fbeta_score(true, called, beta=2).item()
    assert score == pytest.approx(5 * p * r / (4 * p + r), rel=1e-5)
    assert old_metrics.fbeta_score(torch.zeros(3), torch.ones(3)).item() == 0
    with pytest.raises(ValueError, match="`beta` must be at least 0, got -1"):
        old_metrics.fbeta_score(true, called, beta=-1)


def test_a_model_is_measured_by_them() -> None:
    model = models.Sequential([layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=[old_metrics.matthews_correlation, old_metrics.recall])
    x, y = np.random.RandomState(0).rand(8, 3), np.arange(8) % 2
    history = model.fit(x, y, verbose=0).history
    assert sorted(history) == ["loss", "matthews_correlation", "recall"]


# Objects under other names.

RENAMED = [
    (old_constraints.maxnorm, {"m": 3}, constraints.MaxNorm(3)),
    (old_constraints.nonneg, {}, constraints.NonNeg()),
    (old_constraints.unitnorm, {"axis": 1}, constraints.UnitNorm(1)),
    (old_constraints.minmaxnorm, {"rate": 0.5}, constraints.MinMaxNorm(rate=0.5)),
    (old_regularizers.l1l2, {"l1": 0.1}, regularizers.L1L2(0.1, 0.01)),
    (old_regularizers.WeightRegularizer, {"l2": 0.1}, regularizers.L1L2(0.0, 0.1)),
    (old_regularizers.ActivityRegularizer, {"l1": 0.1}, regularizers.L1L2(0.1, 0.0)),
    (old_regularizers.activity_l1, {}, regularizers.L1(0.01)),
    (old_regularizers.activity_l2, {"l": 0.2}, regularizers.L2(0.2)),
    (old_regularizers.activity_l1l2, {}, regularizers.L1L2(0.01, 0.01)),
]


@pytest.mark.parametrize(("old", "args", "today"), RENAMED, ids=lambda value: getattr(value, "__name__", None))
def test_an_old_name_makes_todays_object(old: Any, args: dict[str, Any], today: Any) -> None:
    with pytest.warns(
        DeprecationWarning, match=f"{old.__name__}` is an old name: today it is `.*{type(today).__name__}`"
    ):
        made = old(**args)
    assert (type(made), made.get_config()) == (type(today), today.get_config())


@pytest.mark.parametrize("name", ["normal", "uniform", "glorot_uniform", "he_normal", "orthogonal", "zero", "identity"])
def test_initializations_give_variables_and_serve_layers(name: str) -> None:
    function = initializations.get(name)
    made = function((4, 4), name="W")
    assert isinstance(made, Variable) and made.shape == (4, 4) and made.name == "W"
    layer = layers.Dense(4, kernel_initializer=function)
    layer(torch.ones(1, 4))
    expected = {"zero": 0.0, "identity": 1.0, "uniform": 0.05, "orthogonal": 1.1}
    if name in expected:
        assert layer.kernel.numpy().max() <= expected[name] + 1e-6
    assert initializations.get_fans((8, 3, 5, 5), "th") == initializers.compute_fans((5, 5, 3, 8))
    with pytest.raises(ValueError, match="Unknown initialization: 'norml'"):
        initializations.get("norml")


def test_borrowed_decorators_leave_layers_as_they_are() -> None:
    @interfaces.legacy_dense_support
    def plain(x: int) -> int:
        return x

    @interfaces.generate_legacy_interface(
        conversions=[("nb", "number")], value_conversions={"number": {"one": 1}}, preprocessor=lambda a, k: (a, k, [])
    )
    def named(number: int) -> int:
        return number

    assert (plain(1), named(nb=2), named(nb="one")) == (1, 2, 1)
    with pytest.raises(AttributeError, match=r"keras.legacy.interfaces has no name 'nothing'"):
        interfaces.nothing  # noqa: B018


# Models and callbacks.


def test_configs_of_any_keras_are_read_and_yaml_is_refused() -> None:
    model = models.Sequential([layers.Input((3,)), layers.Dense(2, activation="relu")])
    found = old_models.model_from_config(json.loads(model.to_json()))
    assert found.layers[0].get_config() == model.layers[0].get_config()
    old = {
        "class_name": "Sequential",
        "config": [{"class_name": "Dense", "config": {"units": 2, "batch_input_shape": [None, 3], "name": "d"}}],
    }
    assert old_models.model_from_config(old).count_params() == 8
    assert old_utils.layer_from_config(old["config"][0]).units == 2
    with pytest.raises(TypeError, match=r"Sequential.from_config"):
        old_models.model_from_config([])
    with pytest.raises(RuntimeError, match="YAML can hold code"):
        old_models.model_from_yaml("")


def test_old_callbacks_ride_along() -> None:
    model = models.Sequential([layers.Dense(1)])
    model.compile("sgd", "mse")
    history = callbacks.History()
    found = old_callbacks.CallbackList([old_callbacks.BaseLogger(stateful_metrics=["acc"]), history])
    found.set_model(model)
    model.fit(np.ones((4, 2)), np.ones(4), callbacks=found.callbacks, verbose=0)
    assert list(history.history) == ["loss"]


def test_dense_layers_over_time_are_one_product() -> None:
    x, w, b = torch.randn(2, 3, 4), torch.randn(4, 5), torch.randn(5)
    from torchkeras._eras.layers import _time_distributed_dense as dense

    torch.testing.assert_close(dense(x, w, b, timesteps=3), x @ w + b)
    dropped = dense(torch.ones(2, 3, 4), torch.eye(4), dropout=0.5, training=True)
    assert set(dropped.unique().tolist()) <= {0.0, 2.0} and torch.equal(dropped[:, 0], dropped[:, 2])


# Utilities.


def test_rows_of_a_file_come_as_they_are_asked_for(tmp_path: Path) -> None:
    import h5py

    rows = np.arange(20.0).reshape(10, 2)
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = rows
    found = old_utils.HDF5Matrix(tmp_path / "data.h5", "x", start=2, end=8, normalizer=lambda x: x + 1)
    expected = rows[2:8] + 1
    assert (len(found), found.shape, found.dtype, found.ndim, found.size) == (6, (6, 2), np.dtype("float64"), 2, 12)
    for key in (0, -1, slice(1, 4), slice(None), slice(0, 6, 2), [3, 1, 1], np.array([5, 0])):
        np.testing.assert_array_equal(found[key], expected[key])
    np.testing.assert_array_equal(np.asarray(found), expected)
    with pytest.raises(IndexError, match="there is no row 6 among 6"):
        found[6]
    old_utils.save_array(rows, str(tmp_path / "array.h5"))
    np.testing.assert_array_equal(old_utils.load_array(str(tmp_path / "array.h5")), rows)


class Batches:
    def __init__(self) -> None:
        self.ends = 0

    def __len__(self) -> int:
        return 3

    def __getitem__(self, index: int) -> int:
        if index == 2 and self.ends > 1:
            raise ArithmeticError("batch 2 is broken")
        return index + 10 * self.ends

    def on_epoch_end(self) -> None:
        self.ends += 1


def test_queues_load_in_order_and_hand_on_what_goes_wrong() -> None:
    queue = old_utils.OrderedEnqueuer(Batches())
    assert not queue.is_running()
    queue.start(workers=3, max_queue_size=4)
    batches = queue.get()
    assert [next(batches) for _ in range(8)] == [0, 1, 2, 10, 11, 12, 20, 21]
    with pytest.raises(ArithmeticError, match="batch 2 is broken"):
        next(batches)
    queue.stop()
    assert not queue.is_running()

    queue = old_utils.GeneratorEnqueuer(iter(range(5)))
    queue.start(workers=2)
    assert list(queue.get()) == [0, 1, 2, 3, 4]
    queue.stop()
    assert threading.active_count() < 20


def test_rows_and_batches_are_sliced() -> None:
    x = np.arange(6)
    assert old_utils.make_batches(5, 2) == [(0, 2), (2, 4), (4, 5)]
    assert [part.tolist() for part in old_utils.slice_arrays([x, x * 2], 1, 3)] == [[1, 2], [2, 4]]
    assert old_utils.slice_X(x, [0, 5]).tolist() == [0, 5]
    assert old_utils.transpose_shape((2, 5, 6, 3), "channels_first", (1, 2)) == (2, 3, 5, 6)


def test_functions_are_found_by_name_and_travel_as_text() -> None:
    table = {"Dense": layers.Dense, "mse": len}
    assert old_utils.get_from_module("mse", table, "loss") is len
    made = old_utils.get_from_module({"name": "Dense", "units": 3}, table, "layer")
    assert (type(made), made.units) == (layers.Dense, 3)
    with pytest.raises(ValueError, match="Unknown layer: 'Dens'"):
        old_utils.get_from_module("Dens", table, "layer")
    scale = 3
    assert old_utils.func_load(old_utils.func_dump(lambda x, y=2: x * y * scale))(5) == 30


def test_batches_get_a_second_axis_and_functions_become_losses() -> None:
    from torchkeras._eras.losses import LossFunctionWrapper

    x, (y, weight) = old_utils.expand_1d((torch.ones(3, 2), (np.ones(3), None)))
    assert (x.shape, y.shape, weight) == ((3, 2), (3, 1), None)
    loss = LossFunctionWrapper(lambda t, p, scale: scale * (t - p).abs(), name="own", scale=2.0)
    assert (loss.name, loss(torch.zeros(4), torch.ones(4)).item()) == ("own", 2.0)


def test_kernels_are_turned_round_for_other_backends() -> None:
    model = models.Sequential([layers.Input((5, 5, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    kernel, dense = model.layers[0].kernel.numpy(), model.layers[-1].get_weights()
    old_utils.convert_all_kernels_in_model(model)
    np.testing.assert_array_equal(model.layers[0].kernel.numpy(), kernel[::-1, ::-1])
    np.testing.assert_array_equal(model.layers[-1].get_weights()[0], dense[0])


def test_several_gpus_are_torchruns_affair() -> None:
    model = models.Sequential([layers.Dense(1)])
    with pytest.warns(UserWarning, match="torchrun --nproc-per-node"):
        assert old_utils.multi_gpu_model(model, gpus=2) is model


@pytest.mark.parametrize("classification", [True, False])
def test_random_data_can_be_learnt(classification: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        (x, y), (x_test, y_test) = old_utils.get_test_data(
            nb_train=200, nb_test=50, input_shape=(4,), output_shape=(2,), classification=classification, random_seed=1
        )
    assert (x.shape, x_test.shape, len(y), len(y_test)) == ((200, 4), (50, 4), 200, 50)
    if classification:
        means = np.stack([x[y == c].mean(0) for c in (0, 1)])
        called = ((x_test[:, None] - means) ** 2).sum(-1).argmin(1)
        assert (called == y_test).mean() > 0.8
    else:
        np.testing.assert_allclose(y, np.repeat(x.mean(1, keepdims=True), 2, 1), rtol=1e-5)

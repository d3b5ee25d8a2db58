"""Compiled steps: the numbers of eager ones, captured once, and eager again where they cannot be captured (D9).

These tests capture steps but run them with torch's own kernels (`backend="eager"`, `"aot_eager"`): what a graph
computes does not depend on who generates its code. Inductor is tested in test_compiled_inductor.py.
"""

import copy
import importlib.util
import pathlib
import sys
import warnings
from typing import Any

import numpy as np
import pytest
import torch
from torch._dynamo.testing import CompileCounter

import torchkeras as tk
from torchkeras import _registry, optimizers
from torchkeras._training._compiled import Compiled

_place = pathlib.Path(__file__).with_name("compiled_rows.py")
_spec: Any = importlib.util.spec_from_file_location("compiled_rows", _place)
rows: Any = importlib.util.module_from_spec(_spec)
sys.modules.setdefault("compiled_rows", rows)
_spec.loader.exec_module(rows)

L = tk.layers
EAGER_KERNELS = {"backend": "eager"}
OPTIMIZERS = sorted(
    name
    for name, cls in _registry.names("optimizers").items()
    if isinstance(cls, type) and cls not in (optimizers.Optimizer, optimizers.LossScaleOptimizer)
)


def form_of(model: Any) -> str:
    """How the training step was captured: the name of the form."""
    step = model._train_function
    assert isinstance(step, Compiled)
    return step.run.__qualname__.split(".")[-3] if "<locals>" in step.run.__qualname__ else step.run.__qualname__


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_optimizer_makes_the_steps_that_it_makes_eagerly(name: str) -> None:
    row = {"optimizer": lambda: optimizers.get(name)}
    compiled = rows.train(EAGER_KERNELS, **row)
    assert form_of(compiled[0]) == ("without_update" if name in ("Ftrl", "Nadam") else "whole")
    rows.agree(compiled, rows.train(False, **row))


@pytest.mark.parametrize("name", rows.FEATURES)
def test_features_of_training_give_the_numbers_of_eager_steps(name: str) -> None:
    row = rows.FEATURES[name]
    compiled = rows.train(EAGER_KERNELS, **row)
    assert form_of(compiled[0]) in ("whole", "without_update", "_form")
    rows.agree(compiled, rows.train(False, **row))


@pytest.mark.parametrize("name", ["BatchNormalization", "masks", "convolution"])
def test_graphs_without_side_effects_agree_too(name: str) -> None:
    row = rows.FEATURES[name]
    rows.agree(rows.train({"backend": "aot_eager"}, **row), rows.train(False, **row))


def test_a_step_is_captured_once_whatever_the_rate_and_the_last_batch() -> None:
    counter = CompileCounter()
    row = rows.FEATURES["schedule"]
    model, _ = rows.train({"backend": counter}, epochs=4, **row)
    assert counter.frame_count == 1
    model.fit(rows.X, rows.VALUES, batch_size=8, epochs=2, verbose=0, callbacks=[rows._plateau()] * 0)
    assert counter.frame_count == 1
    rows.train({"backend": counter}, epochs=4, **rows.FEATURES["callback that sets the rate"])
    assert counter.frame_count == 2


def test_other_sizes_of_batches_are_captured_when_they_become_the_full_ones() -> None:
    counter = CompileCounter()
    model, _ = rows.train({"backend": counter})
    for size in (16, 4):
        model.fit(rows.X, rows.VALUES, batch_size=size, epochs=2, verbose=0)
    assert counter.frame_count <= 3
    eager, _ = rows.train(False)
    for size in (16, 4):
        eager.fit(rows.X, rows.VALUES, batch_size=size, epochs=2, verbose=0)
    for left, right in zip(model.get_weights(), eager.get_weights(), strict=True):
        np.testing.assert_allclose(left, right, atol=1e-5)


def test_sequences_of_many_lengths_need_two_captures() -> None:
    counter = CompileCounter()
    model = rows.stack(lambda: L.Embedding(20, 4), L.GlobalAveragePooling1D, rows.dense(), inputs=(None,))()
    model.compile("sgd", "mse", jit_compile={"backend": counter})
    draw = np.random.default_rng(0)
    batches = [(draw.integers(0, 20, (4, length)), draw.random((4, 3), "float32")) for length in (5, 5, 7, 9, 12, 6)]
    model.fit(iter(batches), steps_per_epoch=6, verbose=0)
    assert counter.frame_count == 2
    assert form_of(model) == "whole"


def test_weights_metrics_and_the_optimizer_are_right_after_every_step() -> None:
    def seen(jit_compile: Any) -> list[Any]:
        values: list[Any] = []

        class Looks(tk.callbacks.Callback):
            def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
                weights = [*self.model.get_weights(), *self.model.optimizer.get_weights()]
                values.append([np.array(each, dtype=float) for each in weights] + [dict(logs)])

        rows.train(jit_compile, epochs=2, metrics=["mae"], callbacks=[Looks])
        return values

    eager, compiled = seen(False), seen(EAGER_KERNELS)
    assert len(eager) == len(compiled) == 12
    for one, other in zip(eager, compiled, strict=True):
        for left, right in zip(one[:-1], other[:-1], strict=True):
            np.testing.assert_allclose(left, right, atol=1e-5)
        assert one[-1] == pytest.approx(other[-1], abs=1e-5)
    assert any((a != b).any() for a, b in zip(compiled[3][:-1], compiled[4][:-1], strict=True))


def test_dropout_draws_new_masks_in_each_step() -> None:
    model = rows.stack(lambda: L.Dropout(0.5), rows.dense())()
    model.compile(tk.optimizers.SGD(0.0), "mse", jit_compile={"backend": "aot_eager"})
    x, y = rows.X[:8], rows.VALUES[:8]
    losses = [model.train_on_batch(x, y) for _ in range(6)]
    assert form_of(model) == "whole"
    assert len(set(losses)) == 6


def test_evaluate_and_predict_run_compiled_and_agree() -> None:
    counter = CompileCounter()
    model, _ = rows.train(False, metrics=["mae"])
    expected = model.evaluate(rows.X, rows.VALUES, batch_size=8, verbose=0), model.predict(rows.X, 8, verbose=0)
    model.compile(model.optimizer, "mse", metrics=["mae"], jit_compile={"backend": counter})
    got = model.evaluate(rows.X, rows.VALUES, batch_size=8, verbose=0)
    assert counter.frame_count == 1
    outputs = model.predict(rows.X, 8, verbose=0)
    assert counter.frame_count == 2
    np.testing.assert_allclose(got, expected[0], atol=1e-6)
    np.testing.assert_allclose(outputs, expected[1], atol=1e-6)


def test_steps_of_users_call_a_compiled_model() -> None:
    class OwnSteps(rows.OwnStep):
        def test_step(self, data: Any) -> Any:
            x, y = data
            self._loss_tracker.update_state(self.compute_loss(x=x, y=y, y_pred=self(x, training=False)))
            return {"loss": self._loss_tracker.result()}

        def predict_step(self, data: Any) -> Any:
            return 2 * self(data, training=False)

    counter = CompileCounter()
    model = OwnSteps()
    model.compile("sgd", "mse", jit_compile={"backend": counter})
    model.fit(rows.X, rows.VALUES, batch_size=8, verbose=0)
    assert counter.frame_count == 1
    loss = model.evaluate(rows.X[:40], rows.VALUES[:40], batch_size=8, verbose=0)
    assert counter.frame_count == 2
    outputs = model.predict(rows.X, 8, verbose=0)
    assert counter.frame_count == 3
    expected = model(rows.X).detach().numpy()
    np.testing.assert_allclose(outputs, 2 * expected, atol=1e-6)
    assert loss == pytest.approx(float(((expected[:40] - rows.VALUES[:40]) ** 2).mean()), rel=1e-5)


def test_a_weight_without_a_gradient_is_told_of_and_left_alone() -> None:
    class Unused(rows.Subclassed):
        def __init__(self) -> None:
            super().__init__()
            self.spare = self.add_weight((2,), name="spare")

    def train(jit_compile: Any) -> Any:
        with pytest.warns(UserWarning, match="Gradients do not exist for variables.*spare"):
            return rows.train(jit_compile, model=Unused)

    rows.agree(train(EAGER_KERNELS), train(False))


def test_a_model_changed_between_steps_is_captured_anew() -> None:
    class Scales(L.Layer):
        factor = 1.0

        def call(self, x: Any) -> Any:
            return x * self.factor

    model = rows.stack(Scales, rows.dense())()
    model.compile(tk.optimizers.SGD(0.0), "mse", jit_compile=EAGER_KERNELS)
    x, y = rows.X[:8], rows.VALUES[:8]
    before = [model.train_on_batch(x, y) for _ in range(3)]
    model.layers[0].factor = 3.0
    after = model.train_on_batch(x, y)
    assert before[1] == pytest.approx(before[2])
    assert after == pytest.approx(float(((model.layers[1](x * 3.0).detach().numpy() - y) ** 2).mean()), rel=1e-5)
    assert form_of(model) == "whole"


# What cannot be captured.


class _Looks(rows.Subclassed):
    """Decides by a value, which only an eager step knows."""

    def call(self, x: Any, training: bool | None = None) -> Any:
        return super().call(x * 2 if x.sum().item() > 1e6 else x)


def test_what_cannot_be_captured_runs_eagerly_with_one_warning_that_says_why() -> None:
    row = {"model": _Looks}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compiled = rows.train(EAGER_KERNELS, epochs=2, **row)
        compiled[0].fit(rows.X, rows.VALUES, verbose=0)
    texts = [str(each.message) for each in caught if "jit_compile" in str(each.message)]
    assert len(texts) == 1
    assert 'the training step of model "looks" runs eagerly, because it cannot be compiled: ' in texts[0]
    assert "x.sum().item() > 1e6" in texts[0]
    assert "test_compiled.py" in texts[0]
    eager = rows.train(False, epochs=2, **row)
    eager[0].fit(rows.X, rows.VALUES, verbose=0)
    for left, right in zip(compiled[0].get_weights(), eager[0].get_weights(), strict=True):
        np.testing.assert_array_equal(left, right)


def test_an_error_of_the_users_code_is_raised_as_it_is() -> None:
    class Breaks(L.Layer):
        def call(self, x: Any, training: bool = False) -> Any:
            if training:
                raise KeyError("mine")
            return x

    model = rows.stack(rows.dense(), Breaks)()
    model.compile("sgd", "mse", jit_compile=EAGER_KERNELS)
    for _ in range(2):
        with pytest.raises(KeyError, match="mine"):
            model.train_on_batch(rows.X, rows.VALUES)


class _HostMetric(tk.metrics.Mean):
    """Counts on the host."""

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        super().update_state(float(np.abs(y_true.numpy() - y_pred.numpy()).mean().item() > 0.3))


class _HostOptimizer(tk.optimizers.SGD):
    """A user's rule, which reads the count of steps."""

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        variable.assign_sub(gradient * learning_rate / (1 + int(self.iterations)))


@pytest.mark.parametrize(
    ("row", "form"),
    [({"metrics": [_HostMetric]}, "forward_and_backward"), ({"optimizer": _HostOptimizer}, "without_update")],
)
def test_a_metric_or_rule_for_the_host_stays_outside_of_the_graph(row: Any, form: str) -> None:
    compiled = rows.train(EAGER_KERNELS, **row)
    assert form_of(compiled[0]) == form
    rows.agree(compiled, rows.train(False, **row))


def test_nothing_is_compiled_unless_asked() -> None:
    for jit_compile in ("auto", False, None):
        model, _ = rows.train(jit_compile, epochs=1)
        assert not isinstance(model._train_function, Compiled)
        assert model.jit_compile is False
    model = rows.plain()
    with pytest.warns(UserWarning, match="run_eagerly"):
        model.compile("sgd", "mse", jit_compile=True, run_eagerly=True)
    assert model.jit_compile is False
    model.compile("sgd", "mse", jit_compile=True)
    assert model.jit_compile is True


@pytest.mark.parametrize("value", ["yes", 3, {"modes": "default"}])
def test_other_values_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"jit_compile.*(mode|dict)"):
        rows.plain().compile("sgd", "mse", jit_compile=value)


def test_a_model_that_ran_compiled_can_be_copied_and_goes_on() -> None:
    model, _ = rows.train(EAGER_KERNELS)
    twin = copy.deepcopy(model)
    for each in (model, twin):
        each.fit(rows.X, rows.VALUES, batch_size=8, epochs=2, verbose=0, shuffle=False)
    for left, right in zip(model.get_weights(), twin.get_weights(), strict=True):
        np.testing.assert_allclose(left, right, atol=1e-6)
    assert form_of(twin) == "whole"


def test_gradients_leave_the_graph_with_the_strides_of_the_weights() -> None:
    row = rows.FEATURES["convolution"]
    model, _ = rows.train({"backend": "aot_eager"}, **row)
    seen: list[Any] = []
    model.optimizer._step, step = lambda grads: seen.extend(grads), model.optimizer._step
    model._forget_functions()
    for _ in range(3):
        model.train_on_batch(rows.X[:8], rows.VALUES[:8])
    assert form_of(model) == "without_update"
    weights = [variable.tensor for variable in model.trainable_variables]
    assert [gradient.stride() for gradient in seen[-len(weights) :]] == [weight.stride() for weight in weights]
    assert step is not None
    assert all(torch.isfinite(gradient).all() for gradient in seen)


def test_a_model_moved_to_another_dtype_is_captured_anew() -> None:
    model, _ = rows.train(EAGER_KERNELS)
    eager, _ = rows.train(False)
    for each in (model, eager):
        each.double()
        each.fit(rows.X, rows.VALUES.astype("float64"), batch_size=8, epochs=2, verbose=0, shuffle=False)
    assert form_of(model) == "whole"
    for left, right in zip(model.get_weights(), eager.get_weights(), strict=True):
        assert left.dtype == "float64"
        np.testing.assert_allclose(left, right, atol=1e-6)

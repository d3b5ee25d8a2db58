"""What the loops call with a batch: a model's own steps, or the default ones with everything looked up."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._structures import map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras._training._compiled import Compiled, is_wanted
from torchkeras._training._compiled_forward import compiled_forward, compiled_test, with_compiled_model
from torchkeras._training._compiled_train import compiled_train
from torchkeras._training._data_checks import graph_of
from torchkeras._training._step import batch_rows, loss_function, make_train_step, trainable_tensors

StepFunction = Callable[[Any, Any, Any], dict[str, Any]]


def overrides(model: Any, name: str) -> bool:
    """Whether the model's class has its own method of that name instead of the trainer's."""
    return getattr(type(model), name) is not model._defaults[name]


def pack(x: Any, y: Any, sample_weight: Any) -> Any:
    """A batch as Keras hands it to an overridden step."""
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, (list, tuple)) else x


class Batches(list[Any]):
    """What a function of ``make_train_function`` and kin gets: Keras' loop on torch hands it a list of batches, that
    on other backends an iterator."""

    def __next__(self) -> Any:
        if not self:
            raise StopIteration
        return self.pop(0)


def train_function(model: Any, batch: Any) -> StepFunction:
    """``(x, y, sample_weight) -> logs`` on the device; `batch` shows shapes to what is not built yet."""
    ready(model, batch)
    if model._train_function is None:
        model.__dict__["_train_function"] = _make_train_function(model)
    return _for_batches_like(batch, model._train_function)


def _for_batches_like(batch: Any, function: Any) -> StepFunction:
    if isinstance(function, Compiled):
        function.expect(batch[0])
    return function


def _make_train_function(model: Any) -> StepFunction:
    if overrides(model, "make_train_function"):
        function = model.make_train_function() or model.train_function
        return with_compiled_model(model, lambda x, y, weight: function(Batches([pack(x, y, weight)])))
    if overrides(model, "train_step"):
        return with_compiled_model(model, lambda x, y, weight: model.train_step(pack(x, y, weight)))
    if overrides(model, "compute_metrics") or not trainable_tensors(model):
        return with_compiled_model(model, lambda x, y, weight: model.train_step((x, y, weight)))
    step = make_train_step(model)
    results = _Results(model)

    def train(x: Any, y: Any, weight: Any) -> Any:
        step(x, y, weight)
        return results

    return compiled_train(model, train, results) if is_wanted(model) else train


class _Results(dict[str, Any]):
    """The logs of a default step: computed from the metrics only when someone looks at them."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def items(self) -> Any:
        return self.model.get_metrics_result().items()


def test_function(model: Any, batch: Any) -> StepFunction:
    """``(x, y, sample_weight) -> logs`` on the device."""
    ready(model, batch)
    if model._test_function is None:
        model.__dict__["_test_function"] = _make_test_function(model)
    return _for_batches_like(batch, model._test_function)


def _make_test_function(model: Any) -> StepFunction:
    if overrides(model, "make_test_function"):
        function = model.make_test_function() or model.test_function
        return lambda x, y, weight: function(Batches([pack(x, y, weight)]))
    if overrides(model, "test_step"):
        return with_compiled_model(model, lambda x, y, weight: model.test_step(pack(x, y, weight)))
    if overrides(model, "compute_metrics") or (model._compile_loss is None and not overrides(model, "compute_loss")):
        return with_compiled_model(model, lambda x, y, weight: model.test_step((x, y, weight)))
    loss_of = loss_function(model, training=False)
    track, update = model._loss_tracker.update_state, model._compile_metrics.update_state
    results = _Results(model)

    def test(x: Any, y: Any, weight: Any) -> Any:
        y_pred = model(x)
        track(loss_of(x, y, y_pred, weight), sample_weight=batch_rows(x))
        update(y, y_pred, weight)
        return results

    return compiled_test(model, test, results) if is_wanted(model) else test


def forward_function(model: Any, batch: Any) -> StepFunction:
    """``(x, None, None) -> outputs``: what ``predict`` does with a batch unless the model overrides it."""
    if overrides(model, "make_predict_function"):
        function = model.make_predict_function() or model.predict_function
        return lambda x, y, weight: function(Batches([pack(x, y, weight)]))
    own = overrides(model, "predict_step")
    step = (lambda x, y, weight: model.predict_step(pack(x, y, weight))) if own else lambda x, y, weight: model(x)
    if not is_wanted(model):
        return step
    if model._forward_function is None:
        made = with_compiled_model(model, step) if own else compiled_forward(model)
        model.__dict__["_forward_function"] = made
    return _for_batches_like(batch, model._forward_function)


def ready(model: Any, batch: Any) -> None:
    """Make what the first batch decides: weights, and losses and metrics for each output."""
    x, y, _ = batch
    compiled = model._compile_loss is None or model._compile_loss.built
    if compiled and model.built and (model._compile_metrics is None or model._compile_metrics.built):
        if model._frozen_at_compile is None:
            model._settle_trainable()
        return
    if graph_of(model) is not None:
        y_pred = model.output
    elif not overrides(model, "train_step") or not model.built:
        y_pred = _trial_run(model, x)
    else:
        y_pred = None
    if y_pred is not None and y is not None:
        model._build_compiled(y, y_pred)
    own = overrides(model, "train_step") or overrides(model, "compute_loss")
    if y_pred is not None and y is None and model._compile_loss is not None and not own:
        raise ValueError(f'Model "{model.name}" has a loss, but no targets `y` were given.')
    if model._frozen_at_compile is None and model.compiled:
        model._settle_trainable()


def _trial_run(model: Any, x: Any) -> Any:
    """The outputs of a model without a graph, which makes its weights: on symbols, or else on the first batch."""
    training = model.training
    model.eval()
    try:
        return model._outputs_for(map_leaves(_symbol, x))
    except Exception:  # its `call` looks at values; if it is wrong, running it says so
        pass
    try:
        with torch.no_grad():
            return model(x)
    except NotImplementedError:
        return None  # the model has no `call`: its own train_step knows what to do
    finally:
        model.train(training)
        model._clear_losses()


def _symbol(leaf: Any) -> Any:
    return KerasTensor((None, *leaf.shape[1:]), leaf.dtype) if isinstance(leaf, Tensor) and leaf.ndim else leaf

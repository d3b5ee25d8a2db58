"""``fit``, ``evaluate`` and ``predict``: a ladder of short functions that never waits for the device (D7)."""

import functools
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._data import make_source, split_arrays, to_device
from torchkeras._symbolic import leaves, map_leaves
from torchkeras._training._checks import check_data, check_fit_arguments
from torchkeras._training._logs import read_logs
from torchkeras._training._step import batch_rows, freeze_as_compiled, loss_function, make_train_step, trainable_tensors
from torchkeras.callbacks import CallbackList
from torchkeras.callbacks._logs import BatchLogs

StepFunction = Callable[[Any, Any, Any], dict[str, Any]]


# Steps: with everything that does not change looked up beforehand.


def _overrides(model: Any, name: str) -> bool:
    from torchkeras._training._trainer import Trainer

    return getattr(type(model), name) is not getattr(Trainer, name)


def pack(x: Any, y: Any, sample_weight: Any) -> Any:
    """A batch as Keras hands it to an overridden step."""
    if sample_weight is not None:
        return x, y, sample_weight
    if y is not None:
        return x, y
    return (x,) if isinstance(x, (list, tuple)) else x


def train_function(model: Any, batch: Any) -> StepFunction:
    """``(x, y, sample_weight) -> logs`` on the device; `batch` shows shapes to what is not built yet."""
    _ready(model, batch)
    if model._train_function is None:
        model.__dict__["_train_function"] = _make_train_function(model)
    return model._train_function


def _make_train_function(model: Any) -> StepFunction:
    if _overrides(model, "make_train_function"):
        function = model.make_train_function() or model.train_function
        return lambda x, y, weight: function(iter([pack(x, y, weight)]))
    if _overrides(model, "train_step"):
        return lambda x, y, weight: model.train_step(pack(x, y, weight))
    if _overrides(model, "compute_metrics") or not trainable_tensors(model):
        return lambda x, y, weight: model.train_step((x, y, weight))
    step = make_train_step(model)
    results = _Results(model)

    def train(x: Any, y: Any, weight: Any) -> Any:
        step(x, y, weight)
        return results

    return train


class _Results(dict):
    """The logs of a default step: computed from the metrics only when someone looks at them."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model

    def items(self) -> Any:
        return self.model.get_metrics_result().items()


def test_function(model: Any, batch: Any) -> StepFunction:
    """``(x, y, sample_weight) -> logs`` on the device."""
    _ready(model, batch)
    if model._test_function is None:
        model.__dict__["_test_function"] = _make_test_function(model)
    return model._test_function


def _make_test_function(model: Any) -> StepFunction:
    if _overrides(model, "test_step"):
        return lambda x, y, weight: model.test_step(pack(x, y, weight))
    if _overrides(model, "compute_metrics") or (model._compile_loss is None and not _overrides(model, "compute_loss")):
        return lambda x, y, weight: model.test_step((x, y, weight))
    loss_of, track, update = loss_function(model), model._loss_tracker.update_state, model._compile_metrics.update
    results = _Results(model)

    def test(x: Any, y: Any, weight: Any) -> Any:
        y_pred = model(x)
        track(loss_of(x, y, y_pred, weight), sample_weight=batch_rows(x))
        update(y, y_pred, weight)
        return results

    return test


def _ready(model: Any, batch: Any) -> None:
    """Make what the first batch decides: weights, and losses and metrics for each output."""
    x, y, _ = batch
    compiled = model._compile_loss is None or model._compile_loss.built
    if compiled and model.built and (model._compile_metrics is None or model._compile_metrics.built):
        if model._frozen_at_compile is None:
            model._settle_trainable()
        return
    if _has_graph(model):
        y_pred = model.output
    elif not _overrides(model, "train_step") or not model.built:
        y_pred = _trial_run(model, x)
    else:
        y_pred = None
    if y_pred is not None and y is not None:
        model._build_compiled(y, y_pred)
    if y_pred is not None and y is None and model._compile_loss is not None and not _overrides(model, "train_step"):
        if not _overrides(model, "compute_loss"):
            raise ValueError(f'Model "{model.name}" has a loss, but no targets `y` were given.')
    if model._frozen_at_compile is None and model.compiled:
        model._settle_trainable()


def _has_graph(model: Any) -> bool:
    return bool(model.built and getattr(model, "_inputs_struct", None) is not None) or bool(
        model.built and model.__dict__.get("_functional") is not None
    )


def _trial_run(model: Any, x: Any) -> Any:
    """One forward pass on the first batch, to make the weights of a model without a graph."""
    training = model.training
    model.eval()
    try:
        with torch.no_grad():
            return model(x)
    except NotImplementedError:
        return None  # the model has no `call`: its own train_step knows what to do
    finally:
        model.train(training)
        model._clear_losses()


# Epochs.


class _Steps:
    """The batches of each epoch, on the device; endless sources go on where they stopped."""

    def __init__(self, source: Any, steps: int | None, device: torch.device, what: str) -> None:
        self.source = source
        self.steps = steps if steps is not None else source.steps
        self.limited = steps is not None
        self.device = device
        self.what = what
        self._iterator: Iterator[Any] | None = None

    def epoch(self) -> Iterator[Any]:
        """One epoch of batches."""
        if not self.limited and not self.source.endless:
            return self._to_device(iter(self.source))
        return self._limited()

    def _to_device(self, batches: Iterator[Any]) -> Iterator[Any]:
        if self.device.type == "cpu":
            return batches
        return (to_device(batch, self.device) for batch in batches)

    def _limited(self) -> Iterator[Any]:
        done = 0
        while self.steps is None or done < self.steps:
            fresh = self._iterator is None
            if fresh:
                self._iterator = self._to_device(iter(self.source))
            batch = next(self._iterator, None)  # type: ignore[arg-type]
            if batch is None:
                self._iterator = None
                if self.source.endless or fresh or done:
                    break
                continue
            done += 1
            yield batch
        if self.steps is not None and done < self.steps:
            warnings.warn(
                f"{self.what}: the data ended after {done} of {self.steps} steps. Give a generator that goes on, or fewer steps.",
                stacklevel=6,
            )
        elif self.steps is None and not done:
            warnings.warn(f"{self.what}: the data holds no more batches.", stacklevel=6)

    def finished(self) -> None:
        self.source.on_epoch_end()


def fit(model: Any, x: Any, y: Any, sample_weight: Any, **given: Any) -> Any:
    """See :meth:`Trainer.fit`."""
    model._assert_compiled("fit")
    check_fit_arguments(model, **given)
    if given["validation_split"] and given["validation_data"] is None:
        (x, y, sample_weight), given["validation_data"] = split_arrays(x, y, sample_weight, given["validation_split"])
    device = model._device()
    source = make_source(
        x, y, sample_weight, given["batch_size"], given["steps_per_epoch"], given["shuffle"], given["class_weight"], device
    )
    first = to_device(source.peek(), device)
    check_data(model, source, first)
    step = train_function(model, first)
    validate = _validation(model, given, device)
    steps = _Steps(source, _limited(given["steps_per_epoch"]), device, "fit")
    epochs = min(given["epochs"], _settings.max_epochs) if _settings.max_epochs else given["epochs"]
    callbacks = _callback_list(model, given["callbacks"], given["verbose"], epochs, steps.steps, history=True)
    freeze_as_compiled(model, trainable_tensors(model))
    model.stop_training = False
    callbacks.on_train_begin()
    logs: dict[str, Any] = {}
    try:
        for epoch in range(given["initial_epoch"], epochs):
            logs = _epoch(model, epoch, steps, step, callbacks, validate)
            if model.stop_training:
                break
    finally:
        model.eval()
        steps._iterator = None
    callbacks.on_train_end(logs)
    return model.history


def _epoch(model: Any, epoch: int, steps: _Steps, step: StepFunction, callbacks: Any, validate: Any) -> dict[str, Any]:
    model.reset_metrics()
    model.train()
    callbacks.on_epoch_begin(epoch)
    results = _train_batches(model, steps, step, callbacks)
    logs = dict(sorted(read_logs(results).items()))
    finish = getattr(model.optimizer, "finalize_epoch", None)
    if finish is not None:
        finish()
    if validate is not None and validate.due(epoch):
        logs |= {f"val_{name}": value for name, value in sorted(validate(callbacks).items())}
    steps.finished()
    callbacks.on_epoch_end(epoch, logs)
    return logs


def _train_batches(model: Any, steps: _Steps, step: StepFunction, callbacks: Any) -> dict[str, Any]:
    """All steps of an epoch; nothing in here looks at a value on the device."""
    begin = callbacks.on_train_batch_begin if callbacks.overrides("on_train_batch_begin") else None
    end = callbacks.on_train_batch_end if callbacks.overrides("on_train_batch_end") else None
    results: dict[str, Any] = {}
    if begin is None and end is None:
        for x, y, weight in steps.epoch():
            results = step(x, y, weight)
            if model.stop_training:
                break
        return results
    for index, (x, y, weight) in enumerate(steps.epoch()):
        if begin is not None:
            begin(index)
        results = step(x, y, weight)
        if end is not None:
            end(index, BatchLogs(functools.partial(read_logs, results)))
        if model.stop_training:
            break
    return results


class _Validation:
    """The evaluation after an epoch."""

    def __init__(self, model: Any, steps: _Steps, frequency: Any) -> None:
        self.model = model
        self.steps = steps
        self.frequency = frequency

    def due(self, epoch: int) -> bool:
        if isinstance(self.frequency, int):
            return (epoch + 1) % self.frequency == 0
        return epoch + 1 in self.frequency

    def __call__(self, callbacks: Any) -> dict[str, Any]:
        return _evaluate_steps(self.model, self.steps, callbacks)


def _validation(model: Any, given: dict[str, Any], device: torch.device) -> _Validation | None:
    data = given["validation_data"]
    if data is None:
        return None
    x, y, weight = (*data, None, None)[:3] if isinstance(data, (tuple, list)) and len(data) in (2, 3) else (data, None, None)
    size = given["validation_batch_size"] or given["batch_size"]
    source = make_source(x, y, weight, size if y is not None else given["validation_batch_size"], given["validation_steps"], device=device)
    if hasattr(source, "num_samples") and source.num_samples:
        check_data(model, source, source.peek(), "validation_data")
    return _Validation(model, _Steps(source, given["validation_steps"], device, "validation"), given["validation_freq"])


def _limited(steps: int | None) -> int | None:
    limit = _settings.max_steps_per_epoch
    if limit is None:
        return steps
    return limit if steps is None else min(steps, limit)


def _callback_list(model: Any, callbacks: Any, verbose: Any, epochs: int, steps: int | None, history: bool = False) -> Any:
    if isinstance(callbacks, CallbackList):
        callbacks.set_model(model)
        callbacks.set_params({"verbose": verbose, "epochs": epochs, "steps": steps})
        return callbacks
    verbose = 1 if verbose == "auto" or verbose is True else int(verbose)
    return CallbackList(
        callbacks, add_history=history, add_progbar=verbose != 0, model=model, verbose=verbose, epochs=epochs, steps=steps
    )


def evaluate(
    model: Any,
    x: Any,
    y: Any,
    sample_weight: Any,
    batch_size: int | None,
    verbose: Any,
    steps: int | None,
    callbacks: Any,
    **kwargs: Any,
) -> dict[str, Any]:
    """See :meth:`Trainer.evaluate`; always a dict."""
    if kwargs:
        raise TypeError(f"evaluate: unexpected argument {next(iter(kwargs))!r}.")
    model._assert_compiled("evaluate")
    device = model._device()
    source = make_source(x, y, sample_weight, batch_size, steps, device=device)
    first = to_device(source.peek(), device)
    check_data(model, source, first)
    run = _Steps(source, _limited(steps), device, "evaluate")
    listeners = _callback_list(model, callbacks, verbose, 1, run.steps)
    test_function(model, first)
    return _evaluate_steps(model, run, listeners)


def _evaluate_steps(model: Any, steps: _Steps, callbacks: Any) -> dict[str, Any]:
    begin = callbacks.on_test_batch_begin if callbacks.overrides("on_test_batch_begin") else None
    end = callbacks.on_test_batch_end if callbacks.overrides("on_test_batch_end") else None
    training = model.training
    model.eval()
    model.reset_metrics()
    callbacks.on_test_begin()
    model.__dict__["stop_evaluating"] = False
    step: Any = None
    results: dict[str, Any] = {}
    try:
        with torch.no_grad():
            for index, batch in enumerate(steps.epoch()):
                step = step or test_function(model, batch)
                if begin is not None:
                    begin(index)
                results = step(*batch)
                if end is not None:
                    end(index, BatchLogs(functools.partial(read_logs, results)))
                if model.stop_evaluating:
                    break
    finally:
        model.train(training)
    logs = dict(sorted(read_logs(results).items()))
    callbacks.on_test_end(logs)
    return logs


def predict(model: Any, x: Any, batch_size: int | None, verbose: Any, steps: int | None, callbacks: Any) -> Any:
    """See :meth:`Trainer.predict`."""
    device = model._device()
    source = make_source(x, None, None, batch_size, steps, device=device)
    first = to_device(source.peek(), device)
    check_data(model, source, (first[0], None, None), targets=False)
    run = _Steps(source, _limited(steps), device, "predict")
    listeners = _callback_list(model, callbacks, verbose, 1, run.steps)
    own_step = _overrides(model, "predict_step")
    training = model.training
    model.eval()
    stateful = any(getattr(layer, "stateful", False) for layer in model._flatten_layers())
    results = Collected(source.num_samples if steps is None else None)
    listeners.on_predict_begin()
    model.__dict__["stop_predicting"] = False
    begin = listeners.on_predict_batch_begin if listeners.overrides("on_predict_batch_begin") else None
    end = listeners.on_predict_batch_end if listeners.overrides("on_predict_batch_end") else None
    try:
        with torch.no_grad() if stateful else torch.inference_mode():
            for index, (inputs, *rest) in enumerate(run.epoch()):
                if begin is not None:
                    begin(index)
                outputs = model.predict_step(pack(inputs, *rest)) if own_step else model(inputs)
                results.add(outputs)
                if end is not None:
                    end(index, {"outputs": outputs})
                if model.stop_predicting:
                    break
    finally:
        model.train(training)
    listeners.on_predict_end()
    return results.arrays()


class Collected:
    """The outputs of all batches, brought to the host as they come.

    Args:
        rows: how many there will be, if known: then they are written straight into their place.
    """

    def __init__(self, rows: int | None) -> None:
        self.rows = rows
        self.structure: Any = None
        self.buffers: list[Any] = []
        self.filled = 0

    def add(self, outputs: Any) -> None:
        """Take one batch."""
        flat = [leaf for leaf in leaves(outputs) if isinstance(leaf, Tensor)]
        if not self.buffers:
            self.structure = map_leaves(lambda _: None, outputs)
            self.buffers = [self._buffer(tensor) for tensor in flat]
        for buffer, tensor in zip(self.buffers, flat, strict=True):
            tensor = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
            if isinstance(buffer, list):
                buffer.append(tensor.detach().to("cpu", non_blocking=True))
            else:
                buffer[self.filled : self.filled + len(tensor)].copy_(tensor, non_blocking=True)
        self.filled += len(flat[0]) if flat and flat[0].ndim else 0

    def _buffer(self, tensor: Tensor) -> Any:
        if self.rows is None or not tensor.ndim:
            return []
        dtype = torch.float32 if tensor.dtype == torch.bfloat16 else tensor.dtype
        return torch.empty((self.rows, *tensor.shape[1:]), dtype=dtype, pin_memory=tensor.device.type == "cuda")

    def arrays(self) -> Any:
        """All rows, in the structure of the outputs."""
        if torch.cuda.is_available():
            torch.cuda.synchronize()  # the copies are on their way
        found = iter([self._joined(buffer) for buffer in self.buffers])
        return map_leaves(lambda _: next(found), self.structure)

    def _joined(self, buffer: Any) -> Any:
        if isinstance(buffer, list):
            return torch.cat([part if part.ndim else part[None] for part in buffer]).numpy()
        return buffer[: self.filled].numpy()



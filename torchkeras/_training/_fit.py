"""``fit``: a ladder of short functions that never waits for the device (D7)."""

import functools
from typing import Any

import torch

from torchkeras import _settings
from torchkeras._data import make_source, split_arrays, to_device
from torchkeras._training._checks import check_arguments
from torchkeras._training._data_checks import check_data
from torchkeras._training._evaluate import evaluate_steps
from torchkeras._training._functions import StepFunction, train_function
from torchkeras._training._logs import read_logs
from torchkeras._training._step import freeze_as_compiled, trainable_tensors
from torchkeras._training._steps import Steps, callback_list, limited
from torchkeras.callbacks._logs import BatchLogs


def fit(model: Any, x: Any, y: Any, sample_weight: Any, **given: Any) -> Any:
    """See :meth:`Trainer.fit`."""
    model._assert_compiled("fit")
    check_arguments(**given)
    if given["validation_split"] and given["validation_data"] is None:
        (x, y, sample_weight), given["validation_data"] = split_arrays(x, y, sample_weight, given["validation_split"])
    device = model._device()
    options: dict[str, Any] = {name: given[name] for name in ("batch_size", "shuffle", "class_weight")}
    source = make_source(x, y, sample_weight, steps=given["steps_per_epoch"], device=device, **options)
    first = to_device(source.peek(), device)
    step = train_function(model, first)
    check_data(model, first, source)
    validate = _validation(model, given, device)
    steps = Steps(source, limited(given["steps_per_epoch"]), device, "fit")
    epochs = min(given["epochs"], _settings.max_epochs) if _settings.max_epochs else given["epochs"]
    callbacks = callback_list(model, given["callbacks"], given["verbose"], epochs, steps.steps, history=True)
    callbacks.validates = validate is not None
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
    if model.optimizer is not None and model.optimizer.use_ema:
        model.optimizer.finalize_variable_values(model.trainable_variables)
    callbacks.on_train_end(logs)
    return model.history


def _epoch(model: Any, epoch: int, steps: Steps, step: StepFunction, callbacks: Any, validate: Any) -> dict[str, Any]:
    model.reset_metrics()
    model.train()
    callbacks.on_epoch_begin(epoch)
    results = _train_batches(model, steps, step, callbacks)
    logs = dict(sorted(read_logs(results).items()))
    if validate is not None and validate.due(epoch):
        logs |= {f"val_{name}": value for name, value in sorted(validate(callbacks).items())}
    steps.finished()
    callbacks.on_epoch_end(epoch, logs)
    return logs


def _train_batches(model: Any, steps: Steps, step: StepFunction, callbacks: Any) -> dict[str, Any]:
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

    def __init__(self, model: Any, steps: Steps, frequency: Any) -> None:
        self.model = model
        self.steps = steps
        self.frequency = frequency

    def due(self, epoch: int) -> bool:
        if isinstance(self.frequency, int):
            return (epoch + 1) % self.frequency == 0
        return epoch + 1 in self.frequency

    def __call__(self, callbacks: Any) -> dict[str, Any]:
        return evaluate_steps(self.model, self.steps, callbacks)


def _validation(model: Any, given: dict[str, Any], device: torch.device) -> _Validation | None:
    data = given["validation_data"]
    if data is None:
        return None
    x, y, weight = (
        (*data, None, None)[:3] if isinstance(data, (tuple, list)) and len(data) in (2, 3) else (data, None, None)
    )
    size = given["validation_batch_size"] or given["batch_size"]
    source = make_source(
        x,
        y,
        weight,
        size if y is not None else given["validation_batch_size"],
        given["validation_steps"],
        device=device,
    )
    if source.num_samples:  # other sources may be costly to look into
        check_data(model, source.peek(), source, "validation_data")
    return _Validation(model, Steps(source, given["validation_steps"], device, "validation"), given["validation_freq"])

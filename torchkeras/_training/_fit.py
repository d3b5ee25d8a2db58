"""``fit``: a ladder of short functions that never waits for the device (D7)."""

import functools
from collections.abc import Callable
from typing import Any

import torch

from torchkeras._data import make_source, split_arrays, to_device
from torchkeras._training._checks import check_arguments
from torchkeras._training._data_checks import check_data
from torchkeras._training._evaluate import evaluate_steps
from torchkeras._training._functions import StepFunction, train_function
from torchkeras._training._logs import read_logs
from torchkeras._training._parallel import lay_out, shared, training
from torchkeras._training._run import Run
from torchkeras._training._step import freeze_as_compiled, trainable_tensors
from torchkeras._training._steps import Steps, callback_list, group_size, limited, limited_epochs
from torchkeras.callbacks._logs import BatchLogs


def fit(model: Any, x: Any, y: Any, sample_weight: Any, **given: Any) -> Any:
    """See :meth:`Trainer.fit`."""
    model._assert_compiled("fit")
    check_arguments(**given)
    if given["validation_split"] and given["validation_data"] is None:
        (x, y, sample_weight), given["validation_data"] = split_arrays(x, y, sample_weight, given["validation_split"])
    device = model._device()
    options: dict[str, Any] = {name: given[name] for name in ("batch_size", "shuffle", "class_weight")}
    source = shared(make_source(x, y, sample_weight, steps=given["steps_per_epoch"], device=device, **options))
    first = to_device(source.peek(), device)
    lay_out(model, first)
    step = train_function(model, first)
    check_data(model, first, source)
    validate = _validation(model, given, device)
    steps = Steps(source, limited(given["steps_per_epoch"], source), device, "fit")
    epochs = limited_epochs(given["epochs"])
    callbacks = callback_list(model, given["callbacks"], given["verbose"], epochs, steps.steps, history=True)
    callbacks.validates = validate is not None
    freeze_as_compiled(model, trainable_tensors(model))
    model.stop_training = False
    with Run(model, steps, validate.steps if validate else None, callbacks, epochs) as run:
        run.validation_data = given["validation_data"]
        team = training(model, source, callbacks)
        run.closers.append(team.close)
        run.begin(given["initial_epoch"], step, first)
        logs = _epochs(run, team, team.step(step), validate)
        model.eval()
        if model.optimizer is not None:  # which may have averaged the weights
            model.optimizer.finalize_variable_values(model.trainable_variables)
        callbacks.on_train_end(logs)
    return model.history


def _epochs(run: Run, team: Any, step: StepFunction, validate: Any) -> dict[str, Any]:
    logs: dict[str, Any] = {}
    while run.epoch < run.epochs and not team.stopped():
        logs = _epoch(run, team, step, validate)
        run.epoch_ended()
    return logs


def _epoch(run: Run, team: Any, step: StepFunction, validate: Any) -> dict[str, Any]:
    model, callbacks = run.model, run.callbacks
    model.reset_metrics()
    model.train()
    callbacks.on_epoch_begin(run.epoch)
    if run.epoch_begun():
        logs = dict(sorted(team.logs(_train_batches(run, step, team.stopping)).items()))
    else:
        logs = dict(run.logs)
    if validate is not None and validate.due(run.epoch):
        run.validation_begins(logs)
        logs = logs | {f"val_{name}": value for name, value in sorted(validate(callbacks, run).items())}
        if run.due:
            run.reached()
    run.steps.finished()
    callbacks.on_epoch_end(run.epoch, logs)
    return logs


def _train_batches(run: Run, step: StepFunction, stopping: Callable[[], bool]) -> dict[str, Any]:
    """All steps of an epoch; nothing in here looks at a value on the device."""
    model, callbacks, group = run.model, run.callbacks, group_size(run.model)
    begin = callbacks.on_train_batch_begin if callbacks.overrides("on_train_batch_begin") else None
    end = callbacks.on_train_batch_end if callbacks.overrides("on_train_batch_end") else None
    results, index = run.logs, run.batch - 1
    if run.batch and model.stop_training:  # resumed where it was about to end
        return results
    for index, (x, y, weight) in enumerate(run.steps.epoch(run.batch), run.batch):
        if begin is not None and index % group == 0:
            begin(index)
        results = step(x, y, weight)
        if end is not None and (index + 1) % group == 0:
            end(index, BatchLogs(functools.partial(read_logs, results)))
        if run.due:
            run.reached(index + 1, results)
        if stopping():
            break
    if end is not None and (index + 1) % group:
        end(index, BatchLogs(functools.partial(read_logs, results)))
        if run.due:
            run.reached(index + 1, results)
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

    def __call__(self, callbacks: Any, run: Run) -> dict[str, Any]:
        return evaluate_steps(self.model, self.steps, callbacks, run)


def _validation(model: Any, given: dict[str, Any], device: torch.device) -> _Validation | None:
    data = given["validation_data"]
    if data is None:
        return None
    x, y, weight = (
        (*data, None, None)[:3] if isinstance(data, (tuple, list)) and len(data) in (2, 3) else (data, None, None)
    )
    size = given["validation_batch_size"] or given["batch_size"]
    size = size if y is not None else given["validation_batch_size"]
    source = shared(make_source(x, y, weight, size, given["validation_steps"], device=device))
    if source.num_samples:  # other sources may be costly to look into
        check_data(model, source.peek(), source, "validation_data")
    return _Validation(
        model, Steps(source, limited(given["validation_steps"], source), device, "validation"), given["validation_freq"]
    )

"""``evaluate``, and the validation within ``fit``."""

import functools
from typing import Any

import torch

from torchkeras._data import make_source, to_device
from torchkeras._training._checks import check_arguments
from torchkeras._training._data_checks import check_data
from torchkeras._training._functions import test_function
from torchkeras._training._logs import read_logs
from torchkeras._training._parallel import shared, testing
from torchkeras._training._steps import Steps, callback_list, group_size, limited
from torchkeras.callbacks._logs import BatchLogs


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
    check_arguments(batch_size=batch_size, verbose=verbose, steps=steps)
    device = model._device()
    source = shared(make_source(x, y, sample_weight, batch_size, steps, device=device))
    first = to_device(source.peek(), device)
    test_function(model, first)
    check_data(model, first, source)
    run = Steps(source, limited(steps, source), device, "evaluate")
    listeners = callback_list(model, callbacks, verbose, 1, run.steps)
    return evaluate_steps(model, run, listeners)


def evaluate_steps(model: Any, steps: Steps, callbacks: Any, run: Any = None) -> dict[str, Any]:
    """The results of all batches; within `fit` it ends early if its `run` is about to leave."""
    begin = callbacks.on_test_batch_begin if callbacks.overrides("on_test_batch_begin") else None
    end = callbacks.on_test_batch_end if callbacks.overrides("on_test_batch_end") else None
    training, group = model.training, group_size(model)
    model.eval()
    model.reset_metrics()
    callbacks.on_test_begin()
    model.__dict__["stop_evaluating"] = False
    team = testing(model, steps.source)
    step: Any = None
    results: dict[str, Any] = {}
    index = -1
    try:
        with torch.no_grad():
            for index, batch in enumerate(steps.epoch()):
                step = step or team.step(test_function(model, batch))
                if begin is not None and index % group == 0:
                    begin(index)
                results = step(*batch)
                if end is not None and (index + 1) % group == 0:
                    end(index, BatchLogs(functools.partial(read_logs, results)))
                if model.stop_evaluating or (run is not None and run.leave is not None):
                    break
        if end is not None and (index + 1) % group:
            end(index, BatchLogs(functools.partial(read_logs, results)))
    finally:
        model.train(training)
        steps.rewind()
    logs = dict(sorted(team.logs(results).items()))
    callbacks.on_test_end(logs)
    return logs

"""Logs over the rows of all ranks, out of each rank's metrics."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _ranks
from torchkeras._training._logs import read_logs
from torchkeras._training._parallel_state import by_dtype

_SUMMED = ("sum", "mean")


def summed_logs(model: Any, results: Any, share: float) -> dict[str, Any]:
    """The logs of the last step, over all ranks.

    Values of metrics are computed from the sums of their states, which afterwards are this rank's again. Other values,
    which a model's own step may return, belong to the last batch: their mean is weighted by the ranks' rows.

    Args:
        results: what the last step returned.
        share: this rank's part of the rows of the last batch.
    """
    local, mine = read_logs(results), read_logs(model.get_metrics_result())
    states = _states(model)
    kept = [state.clone() for state, _ in states]
    try:
        _sum(states)
        whole = read_logs(model.get_metrics_result())
    finally:
        for (state, _), value in zip(states, kept):
            state.copy_(value)
    aliases = {name: _alias(name, value, mine) for name, value in local.items()}
    # a rank without rows in the last batch does not know: its values are of a row that is not its own
    aliases = next((found for found, rows in _ranks.gather((aliases, share)) if rows), aliases)
    others = {name: local.get(name) for name, alias in aliases.items() if alias is None}
    others = _weighted(others, share)
    return {name: whole[alias] if alias else others[name] for name, alias in aliases.items()}


def _alias(name: str, value: Any, mine: dict[str, Any]) -> str | None:
    """The metric that a value is the result of: the one of that name, or any, of that very value."""
    if not isinstance(value, float):
        return name if name in mine else None
    same = [metric for metric, found in mine.items() if isinstance(found, float) and repr(found) == repr(value)]
    return name if name in same else next(iter(same), None)


def _states(model: Any) -> list[tuple[Tensor, str]]:
    found = {id(variable): variable for metric in model.metrics for variable in metric.variables}
    kinds = [(variable.tensor, getattr(variable, "aggregation", "sum")) for variable in found.values()]
    return [(state, kind) for state, kind in kinds if kind in _SUMMED]


def _sum(states: list[tuple[Tensor, str]]) -> None:
    with torch.no_grad():
        for group in by_dtype([state for state, _ in states]):
            flat = _ranks.total(torch.cat([state.reshape(-1) for state in group]))
            for state, part in zip(group, flat.split([state.numel() for state in group])):
                state.copy_(part.view(state.shape))
        for state, kind in states:
            if kind == "mean":
                state.div_(_ranks.parts())


def _weighted(values: dict[str, Any], share: float) -> dict[str, Any]:
    """The means of numbers; of anything else what the first rank with rows has."""
    found = _ranks.gather((values, share)) if values else []
    whole = sum(rows for _, rows in found)  # more than 1 if several ranks have the same rows
    first = next((theirs for theirs, rows in found if rows), values)
    return {
        name: sum(theirs[name] * rows for theirs, rows in found if rows) / whole if isinstance(value, float) else value
        for name, value in first.items()
    }

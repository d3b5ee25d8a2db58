"""What all ranks of a job have alike: weights, moving statistics, random numbers."""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras import _ranks
from torchkeras._data._random_states import random_states, set_random_states


def by_dtype(tensors: list[Tensor]) -> list[list[Tensor]]:
    """The tensors in groups of one dtype on one device, in an order that all ranks agree on."""
    groups: dict[Any, list[Tensor]] = {}
    for tensor in tensors:
        groups.setdefault((tensor.dtype, tensor.device.type), []).append(tensor)
    return list(groups.values())


def send_random_states() -> None:
    """Give every rank the first one's random states of the host."""
    states = _ranks.broadcast({**random_states(), "cuda": [], "rank": None})
    if not _ranks.is_first():
        set_random_states(states)


def check_alike(model: Any) -> None:
    """Refuse ranks with different models.

    Raises:
        ValueError: names the first weight that differs.
    """
    mine = [(name, tuple(tensor.shape), str(tensor.dtype)) for name, tensor in _whole(model)]
    first = _ranks.broadcast(mine)
    differs: list[Any] = [pair for pair in zip(mine, first) if pair[0] != pair[1]]
    if len(mine) != len(first):
        differs.append((f"{len(mine)} of them", len(first)))
    for rank, found in enumerate(_ranks.gather(differs[:1])):
        if found:
            here, there = found[0]
            raise ValueError(
                f'Model "{model.name}": expected the same weights on all ranks; where the first rank has {there}, rank '
                f"{rank} has {here}. Make the model from the same arguments on every rank."
            )


@torch.no_grad()
def send_state(model: Any) -> None:
    """Give every rank the first one's weights, buffers and optimizer slots."""
    optimizer = getattr(model, "optimizer", None)
    built = optimizer is not None and all(_ranks.gather(optimizer.built))
    tensors = [tensor for _, tensor in _whole(model)] + (_slots(optimizer) if built else [])
    for group in by_dtype(tensors):
        flat = torch.cat([tensor.detach().reshape(-1) for tensor in group])
        _ranks.send(flat)
        if not _ranks.is_first():
            for tensor, part in zip(group, flat.split([tensor.numel() for tensor in group])):
                tensor.copy_(part.view(tensor.shape))


def _slots(optimizer: Any) -> list[Tensor]:
    trained = optimizer._trainable_variables
    whole = [not hasattr(variable.tensor, "in_step") for variable in trained]
    return [
        slot.tensor
        for slots in optimizer._slots.values()
        if len(slots) == len(trained)
        for slot, wanted in zip(slots, whole)
        if slot is not None and wanted
    ]


def _whole(model: Any) -> list[tuple[str, Tensor]]:
    """Parameters and buffers, by name, but for parameters of which each rank has a part."""
    parameters = [(name, each) for name, each in model.named_parameters() if not hasattr(each, "in_step")]
    return [*parameters, *model.named_buffers()]


@torch.no_grad()
def averaged_buffers(model: Any) -> None:
    """Moving statistics, which followed each rank's own rows, become their mean over the ranks."""
    for group in by_dtype([buffer for buffer in model.buffers() if buffer.is_floating_point()]):
        flat = _ranks.total(torch.cat([buffer.reshape(-1) for buffer in group])).div_(_ranks.parts())
        for buffer, part in zip(group, flat.split([buffer.numel() for buffer in group])):
            buffer.copy_(part.view(buffer.shape))


@contextlib.contextmanager
def kept_state(model: Any) -> Iterator[None]:
    """Metrics and moving statistics as they were before, but for those that follow the rows of all ranks."""
    states = [variable.tensor for metric in model.metrics for variable in metric.variables]
    own = [module for module in model.modules() if not getattr(module, "synchronized", False)]
    states += [buffer for module in own for buffer in module.buffers(recurse=False)]
    values = [state.clone() for state in states]
    try:
        yield
    finally:
        with torch.no_grad():
            for state, value in zip(states, values):
                state.copy_(value)

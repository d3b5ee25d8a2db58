"""Running a cell over a sequence: by its kernel where it has one, else step by step.

Masks follow Keras: at a masked step the states stay and the output is the previous one (or zeros, with
`zeros`). No path looks at the mask on the host. For a kernel the valid steps are moved to the front, which
leaves nothing to skip between them, and the outputs are put back in their places.
"""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._structures import leaves, map_leaves
from torchkeras.layers._recurrent_cell import Cell


class Wanted(NamedTuple):
    """What the caller needs of a run."""

    sequence: bool  # the outputs of all steps
    states: bool  # all states after the last step
    zeros: bool  # zeros instead of the previous output at masked steps


class Run(NamedTuple):
    """What a run gave."""

    sequence: Tensor | None  # (b, t, ...)
    output: Tensor  # (b, ...), of the last step
    states: Any


def run(cell: Any, inputs: Tensor, states: Any, mask: Tensor | None, wanted: Wanted) -> Run:
    """Run `cell` over ``inputs`` (``(b, t, ...)``) from `states` on (None for zeros, where the cell is ours)."""
    if isinstance(cell, Cell):
        return _run_own(cell, inputs, states, mask, wanted)
    if getattr(cell, "runs_in_turn", False):
        return _run_in_turn(cell.cells, inputs, states, mask, wanted)

    def step(x: Tensor, states: Any) -> tuple[Tensor, Any]:
        output, new = cell(x, states)
        return output, new if isinstance(new, (list, tuple)) else [new]

    if states is None:
        states = first_states(cell, inputs.shape[0], inputs.dtype)
    return _run_steps(step, inputs.unbind(1), states, mask, wanted)


def first_states(cell: Any, batch_size: int | None, dtype: torch.dtype) -> list[Any]:
    """The states with which `cell` begins: zeros, if it does not say."""
    if hasattr(cell, "get_initial_state"):
        states = cell.get_initial_state(batch_size=batch_size)
    else:
        rows: Any = batch_size
        like: Any = {"dtype": dtype, "device": _settings.device()}
        states = map_leaves(lambda size: torch.zeros((rows, size), **like), cell.state_size)
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _run_in_turn(cells: list[Any], inputs: Tensor, states: Any, mask: Tensor | None, wanted: Wanted) -> Run:
    """Each cell over the whole sequence, then the next over its outputs: the same as all of them at each step."""
    new = []
    for index, cell in enumerate(cells):
        last = index == len(cells) - 1
        part = wanted if last else Wanted(True, wanted.states, False)
        result = run(cell, inputs, None if states is None else _as_list(states[index]), mask, part)
        # as in Keras: states are nested like the first ones, and those made from sizes are not in lists
        bare = isinstance(cell.state_size, int) and not hasattr(cell, "get_initial_state")
        new.append(result.states[0] if bare else result.states)
        inputs = inputs if last else result.sequence  # type: ignore[assignment]
    return Run(result.sequence, result.output, new)


def _as_list(states: Any) -> list[Any]:
    return list(states) if isinstance(states, (list, tuple)) else [states]


def _run_own(cell: Cell, inputs: Tensor, states: Any, mask: Tensor | None, wanted: Wanted) -> Run:
    kept = None
    if cell.training and cell.dropout:
        inputs = inputs * cell.draw_mask(inputs[:, :1], cell.dropout)
    if cell.training and cell.recurrent_dropout:
        kept = cell.draw_mask(inputs.new_empty(cell.state_shape(inputs.shape[0])), cell.recurrent_dropout)
    if cell.has_kernel and kept is None:
        if mask is not None:
            return _run_masked(cell, inputs, states, mask, wanted)
        sequence, states = cell.module(inputs, states)
        return Run(sequence, states[0], states)

    def step(projected: Tensor, states: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        new = cell.step(projected, states, kept)
        return new[0], new

    if states is None:
        states = first_states(cell, inputs.shape[0], inputs.dtype)
    return _run_steps(step, cell.project(inputs).unbind(1), states, mask, wanted)


Step = Callable[[Tensor, Any], tuple[Tensor, Any]]


def _run_steps(step: Step, inputs: Iterable[Tensor], states: Any, mask: Tensor | None, wanted: Wanted) -> Run:
    outputs: list[Tensor] = []
    keeps = mask.unbind(1) if mask is not None else None
    for index, x in enumerate(inputs):
        output, new = step(x, states)
        if keeps is None:
            states = new
        else:
            before = outputs[-1] if outputs and not wanted.zeros else torch.zeros_like(output)
            output = _choose(keeps[index], output, before)
            old = leaves(states)
            states = map_leaves(lambda state, keep=keeps[index], old=old: _choose(keep, state, next(old)), new)  # type: ignore[misc]
        outputs.append(output)
    return Run(torch.stack(outputs, 1) if wanted.sequence else None, outputs[-1], states)


def _choose(keep: Tensor, new: Tensor, old: Tensor) -> Tensor:
    """`new` for the samples to keep, `old` for the others."""
    return torch.where(keep.reshape(-1, *[1] * (new.ndim - 1)), new, old)


def _run_masked(cell: Cell, inputs: Tensor, states: list[Tensor] | None, mask: Tensor, wanted: Wanted) -> Run:
    lengths = mask.sum(1)
    order = torch.argsort(mask.logical_not(), dim=1, stable=True)  # valid steps first, in their order
    packed = torch.take_along_dim(inputs, order[..., None], 1)
    if wanted.states and cell.state_count == 2:
        outputs, last = cell.module.run_until(packed, states, lengths)
    else:
        outputs, last = cell.module(packed, states)
    none = (lengths == 0)[:, None]
    output = torch.take_along_dim(outputs, (lengths - 1).clamp(min=0)[:, None, None], 1).squeeze(1)
    last[0] = torch.where(none, torch.zeros_like(output) if states is None else states[0], output)
    output = output.masked_fill(none | ~mask[:, -1:] if wanted.zeros else none, 0)
    return Run(_put_back(outputs, mask, wanted.zeros) if wanted.sequence else None, output, last)


def _put_back(outputs: Tensor, mask: Tensor, zeros: bool) -> Tensor:
    """The outputs of the valid steps in the places of these; at masked steps the one before, or zeros."""
    place = mask.cumsum(1) - 1
    sequence = torch.take_along_dim(outputs, place.clamp(min=0)[..., None], 1)
    blank = ~mask if zeros else place < 0
    return sequence.masked_fill(blank[..., None], 0)

"""``K.rnn``: a step function over the time axis."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._eras.backend._steps import slices, stacked
from torchkeras._structures import leaves, map_leaves
from torchkeras.ops._op import convert, op, tensor

Step = Callable[[Any, list[Any]], tuple[Any, list[Any]]]


@op
def rnn(
    step_function: Step,
    inputs: Any,
    initial_states: list[Any],
    go_backwards: bool = False,
    mask: Any = None,
    constants: list[Any] | None = None,
    unroll: bool = False,
    input_length: int | None = None,
    time_major: bool = False,
    zero_output_for_mask: bool = False,
    return_all_outputs: bool = True,
) -> tuple[Any, Any, list[Any]]:
    """Run a step function over ``(b, t, ...)``.

    Args:
        step_function: ``(x, states) -> (output, new states)`` for one time step; `constants` follow the states.
        inputs: ``(b, t, ...)``, or a structure of such tensors.
        initial_states: the states before the first step.
        go_backwards: whether to begin at the end; outputs are in the order in which they were made.
        mask: ``(b, t)`` truth values; at a masked step the states stay and the output is the previous one.
        constants: what every step gets after the states.
        unroll: accepted for compatibility, as `input_length` is: each step runs by itself.
        input_length: see `unroll`.
        time_major: whether inputs and outputs are ``(t, b, ...)``.
        zero_output_for_mask: whether the output of a masked step is 0.
        return_all_outputs: whether the second result holds all outputs, not only the last.

    Returns:
        The last output ``(b, ...)``, the outputs ``(b, t, ...)``, and the last states.
    """
    steps = slices(inputs, 0 if time_major else 1)
    masks = _masks(mask, len(steps), time_major)
    if go_backwards:
        steps, masks = steps[::-1], masks[::-1]
    states, fixed = [convert(state) for state in initial_states], list(constants or ())
    outputs: list[Any] = []
    for x, valid in zip(steps, masks, strict=True):
        output, new = step_function(x, [*states, *fixed])
        new = list(new)
        if valid is not None:
            before = outputs[-1] if outputs and not zero_output_for_mask else map_leaves(torch.zeros_like, output)
            output, new = _kept(valid, output, before), _kept(valid, new, states[: len(new)])
        outputs.append(output)
        states = new
    kept = outputs if return_all_outputs else outputs[-1:]
    return outputs[-1], stacked(kept, 0 if time_major else 1), states


def _masks(mask: Any, count: int, time_major: bool) -> list[Any]:
    """Truth values ``(b,)`` for each step, or Nones."""
    if mask is None:
        return [None] * count
    mask = tensor(mask).bool()
    mask = mask.squeeze(-1) if mask.ndim == 3 else mask
    return list(mask.unbind(0 if time_major else 1))


def _kept(valid: Tensor, new: Any, old: Any) -> Any:
    """`new` where a sample's step counts, `old` elsewhere."""
    before = iter(list(leaves(old)))

    def choose(leaf: Any) -> Tensor:
        leaf = tensor(leaf)
        return torch.where(valid.reshape(-1, *[1] * (leaf.ndim - 1)), leaf, tensor(next(before)))

    return map_leaves(choose, new)


__all__ = ["rnn"]

"""``K.gradients``, on tensors and in graphs."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _symbolic
from torchkeras._errors import brief
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, Operation, node_of
from torchkeras._variable import Variable
from torchkeras.ops._op import tensor


def gradients(loss: Any, variables: Any) -> list[Any]:
    """The derivatives of the sum of `loss` (a tensor or several) with respect to each of `variables`.

    On symbolic tensors they are symbolic too, and computed when ``K.function`` or a model runs the graph. None for a
    tensor on which the loss does not depend. Gradients of gradients are possible.

    Args:
        loss: a tensor, or a list of them, of any shape.
        variables: a variable or tensor, or a list of them.
    """
    if _symbolic.value_of is not None:  # in a loss that reads tensors of its model
        loss, variables = map_leaves(_symbolic.value_of, (loss, variables))
    targets = list(variables) if isinstance(variables, (list, tuple)) else [variables]
    losses = list(leaves(loss))
    symbolic = [item for item in losses if isinstance(item, KerasTensor)]
    if not symbolic and not any(isinstance(target, KerasTensor) for target in targets):
        return compute(losses, targets)
    ancestors = _ancestors(symbolic) if len(symbolic) == len(losses) else None
    known = [t for t in targets if ancestors is None or not isinstance(t, KerasTensor) or id(t) in ancestors]
    found = iter(Gradients()(losses, known)) if known else iter(())
    kept = {id(target) for target in known}
    return [next(found) if id(target) in kept else None for target in targets]


def _ancestors(tensors: list[KerasTensor]) -> set[int]:
    """Ids of all symbolic tensors from which these are made, themselves included."""
    seen: set[int] = set()
    stack = list(tensors)
    while stack:
        item = stack.pop()
        if id(item) not in seen:
            seen.add(id(item))
            stack += node_of(item).input_tensors if hasattr(item, "_keras_history") else []
    return seen


class Gradients(Operation):
    """The call that leaves gradients in a graph."""

    def call(self, losses: Any, targets: Any) -> Any:
        return [
            torch.zeros_like(tensor(target)) if found is None else found
            for found, target in zip(compute(losses, targets), targets, strict=True)
        ]

    def compute_output_spec(self, losses: Any, targets: Any) -> Any:
        return [KerasTensor(t.shape, t.dtype, probes=getattr(t, "_probes", None)) for t in targets]


def compute(losses: list[Any], targets: list[Any]) -> list[Tensor | None]:
    """The gradients, connected to what they are computed from."""
    inputs = [target.tensor if isinstance(target, Variable) else target for target in targets]
    for target, item in zip(targets, inputs, strict=True):
        if not isinstance(item, Tensor):
            raise TypeError(f"K.gradients: expected tensors or variables, got {brief(target)}.")
        if not item.requires_grad:
            raise ValueError(
                f"K.gradients: {brief(item)} is constant, so nothing can be differentiated with respect to it: compute "
                "the loss from `tensor.requires_grad_()`, or give what `K.function` or a model computes."
            )
    total = sum(tensor(loss).sum() for loss in losses)
    if not (isinstance(total, Tensor) and total.requires_grad):
        return [None] * len(targets)
    found = torch.autograd.grad(total, inputs, create_graph=True, allow_unused=True)
    return [_in_keras_layout(target, grad) for target, grad in zip(targets, found, strict=True)]


def _in_keras_layout(target: Any, gradient: Tensor | None) -> Tensor | None:
    if gradient is None or not isinstance(target, Variable):
        return gradient
    layout: Any = target._layout
    changed: Tensor = layout.to_keras(gradient)
    return changed


__all__ = ["gradients"]

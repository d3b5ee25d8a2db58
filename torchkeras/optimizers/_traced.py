"""Updates inside a compiled step, where the rate and the count of the step are tensors."""

from typing import Any

import torch
from torch import Tensor

from torchkeras.optimizers._numbers import HostNumber
from torchkeras.optimizers._optimizer import Optimizer


def is_traceable(optimizer: Any) -> bool:
    """Whether the whole update may stand in a graph: a rule that takes tensors, and nothing that the host decides."""
    # the rule's own word counts, not an inherited one: a user's subclass may do anything
    own_word = vars(type(optimizer)).get("takes_tensors", False)
    by_host = optimizer.gradient_accumulation_steps or optimizer._overwritten
    return own_word and not by_host and len(optimizer._groups) > 0


def traced_update(optimizer: Optimizer, grads: list[Tensor], rate: Tensor, step: Tensor) -> None:
    """The device's part of a step, for a compiler to trace."""
    groups = optimizer._groups
    with torch.no_grad():
        optimizer._update_with(groups, optimizer._prepared(groups, grads), rate, step)  # type: ignore[arg-type]
        for variable in optimizer._constrained:
            variable.assign(variable.constraint(variable.value))


def slot_tensors(optimizer: Optimizer) -> list[Tensor]:
    """Every tensor that :func:`traced_update` changes beside the weights."""
    return [variable.tensor for variable in optimizer._variables if not isinstance(variable, HostNumber)]

"""``stateless_apply``: a step on values instead of variables."""

from typing import Any

import torch

from torchkeras._variable import Variable


def apply(optimizer: Any, optimizer_values: Any, grads: Any, values: Any) -> tuple[list[Any], list[Any]]:
    """The new values of the trainable and of the optimizer's variables; the variables themselves stay as they are."""
    title = type(optimizer).__name__
    if not optimizer.built:
        raise ValueError(
            f"To call `stateless_apply`, {title} must be built (i.e. its variables must have been created). "
            "You can build it via `optimizer.build(trainable_variables)`."
        )
    trainable, own = optimizer._trainable_variables, optimizer.variables
    _same_length("optimizer_variables", optimizer_values, own, f"{title}.variables")
    _same_length("trainable_variables", values, trainable, "the variables that the optimizer was built with")
    with torch.no_grad():
        before = [variable.value.clone() for variable in (*trainable, *own)]
        try:
            _assign((*trainable, *own), [*values, *optimizer_values])
            optimizer.apply(grads, trainable)
            after = [variable.value.detach().clone() for variable in (*trainable, *own)]
        finally:
            _assign((*trainable, *own), before)
    return after[: len(trainable)], after[len(trainable) :]


def _same_length(name: str, values: Any, variables: list[Variable], owner: str) -> None:
    if len(values) != len(variables):
        raise ValueError(
            f"Argument `{name}` must be a list of tensors corresponding 1:1 to {owner}: expected {len(variables)}, "
            f"received list with length {len(values)}."
        )


def _assign(variables: tuple[Variable, ...], values: list[Any]) -> None:
    for variable, value in zip(variables, values):
        variable.assign(value)

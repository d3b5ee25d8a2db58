"""Margin losses: ``(b, …, d), (b, …, d) -> (b, …)``."""

from typing import Any

import torch
from torch import Tensor

from torchkeras._registry import catalogue
from torchkeras.losses._function_loss import FunctionLoss
from torchkeras.losses._inputs import elementwise, loss_function


def _signs(y_true: Tensor) -> Tensor:
    """Targets of only 0 and 1 as -1 and 1; others as they are. Decided on the device, so nothing waits for it."""
    binary = ((y_true == 0) | (y_true == 1)).all()
    return torch.where(binary, 2.0 * y_true - 1.0, y_true)


@loss_function
def hinge(y_true: Any, y_pred: Any) -> Tensor:
    """``mean(max(1 - y_true * y_pred, 0))`` for targets -1 and 1 (or 0 and 1)."""
    y_true, y_pred = elementwise(y_true, y_pred, "hinge")
    return (1.0 - _signs(y_true) * y_pred).clamp(min=0.0).mean(-1)


class Hinge(FunctionLoss, function=hinge):
    """Linear in how far an output is on the wrong side of the margin."""


@loss_function
def squared_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """``mean(max(1 - y_true * y_pred, 0)**2)`` for targets -1 and 1 (or 0 and 1)."""
    y_true, y_pred = elementwise(y_true, y_pred, "squared_hinge")
    return (1.0 - _signs(y_true) * y_pred).clamp(min=0.0).square().mean(-1)


class SquaredHinge(FunctionLoss, function=squared_hinge):
    """Square of how far an output is on the wrong side of the margin."""


@loss_function
def categorical_hinge(y_true: Any, y_pred: Any) -> Tensor:
    """``max(highest wrong output - right output + 1, 0)`` for one-hot targets."""
    y_true, y_pred = elementwise(y_true, y_pred, "categorical_hinge")
    right = (y_true * y_pred).sum(-1)
    wrong = ((1.0 - y_true) * y_pred).amax(-1)
    return (wrong - right + 1.0).clamp(min=0.0)


class CategoricalHinge(FunctionLoss, function=categorical_hinge):
    """The right class' output should lead by a margin of 1."""


catalogue("losses", hinge, squared_hinge, categorical_hinge, Hinge, SquaredHinge, CategoricalHinge)

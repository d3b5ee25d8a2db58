"""What can be wrong with targets and shows only in their values.

Looking at values waits for the device, so this is no part of a loss: ``fit`` asks once, before the first step.
"""

from typing import Any

import torch
from torch import Tensor

from torchkeras.losses import _crossentropy
from torchkeras.losses._function_loss import CLASSES
from torchkeras.losses._loss import Loss


def check_targets(loss: Any, y_true: Any, y_pred: Any) -> None:
    """Refuse targets that `loss`, an object or one of our functions, can make no sense of.

    Raises:
        ValueError: labels that name no class; targets of a binary crossentropy outside of 0 to 1.
    """
    if not isinstance(y_true, Tensor) or not hasattr(y_pred, "shape") or not y_true.numel():
        return
    for function, check in _CHECKS.items():
        if loss is function or (isinstance(loss, Loss) and isinstance(loss, CLASSES[function])):
            check(loss, getattr(loss, "name", function.__name__), y_true, y_pred)


def _check_labels(loss: Any, name: str, y_true: Tensor, y_pred: Tensor) -> None:
    classes = y_pred.shape[getattr(loss, "axis", -1)]
    if classes is None:
        return
    if not y_true.is_floating_point() and _all_within(y_true, 0, classes - 1):
        return
    wrong = (y_true < 0) | (y_true >= classes)
    if y_true.is_floating_point():
        wrong |= y_true != y_true.floor()
    ignored = getattr(loss, "ignore_class", None)
    if ignored is not None:
        wrong &= y_true != ignored
    if wrong.any():
        raise ValueError(
            f"{name}: expected integer labels from 0 to {classes - 1} for outputs of shape {tuple(y_pred.shape)}, "
            f"got {y_true[wrong][0].item()} among them. Number the labels from 0, or give the last layer more units."
        )


def _check_range(loss: Any, name: str, y_true: Tensor, y_pred: Tensor) -> None:
    if _all_within(y_true, 0, 1):
        return
    wrong = (y_true < 0) | (y_true > 1) | torch.isnan(y_true.float())
    if wrong.any():
        raise ValueError(
            f"{name}: expected targets from 0 to 1, got {y_true[wrong][0].item()} among them. "
            "More than two classes need `sparse_categorical_crossentropy`."
        )


def _all_within(values: Tensor, least: int, most: int) -> bool:
    """Whether all values lie between two: one pass and no memory, where the targets may be millions."""
    low, high = (bound.item() for bound in values.aminmax())
    return bool(least <= low and high <= most)  # NaN is not


_CHECKS = {
    _crossentropy.sparse_categorical_crossentropy: _check_labels,
    _crossentropy.categorical_generalized_cross_entropy: _check_labels,
    _crossentropy.binary_crossentropy: _check_range,
    _crossentropy.binary_focal_crossentropy: _check_range,
}

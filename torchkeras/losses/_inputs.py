"""From what users pass as ``y_true`` and ``y_pred`` to two tensors that fit each other."""

import functools
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._symbolic import KerasTensor, record
from torchkeras.ops._op import tensor

Pair = tuple[Tensor, Tensor]


def loss_function(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Let a function of two fitting tensors also take arrays, lists, variables and symbolic tensors.

    ``function.__wrapped__`` stays the bare computation: the classes call that one.
    """

    @functools.wraps(function)
    def public(y_true: Any, y_pred: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(y_true, KerasTensor) or isinstance(y_pred, KerasTensor):
            return record(public, (y_true, y_pred, *args), kwargs)
        return function(*pair(y_true, y_pred), *args, **kwargs)

    return public


def pair(y_true: Any, y_pred: Any) -> Pair:
    """Both as tensors on one device: `y_pred` floating, `y_true` in its dtype, or integer where it is."""
    y_pred = tensor(y_pred)
    if not y_pred.is_floating_point():
        y_pred = y_pred.to(tensor(0.0).dtype)
    y_true = tensor(y_true)
    return y_true.to(y_pred.device) if _is_integer(y_true) else y_true.to(y_pred), y_pred


def _is_integer(value: Tensor) -> bool:
    return not (value.is_floating_point() or value.is_complex() or value.dtype == torch.bool)


def same_rank(first: Tensor, second: Tensor) -> Pair:
    """Both with the same number of axes, where they differ by one last axis of size 1.

    ``(n, 1), (n,)`` become ``(n, 1), (n, 1)``; with more axes the 1 is dropped. Everything else is unchanged.
    """
    difference = first.ndim - second.ndim
    if difference == 1 and first.shape[-1] == 1:
        return (first, second.unsqueeze(-1)) if second.ndim == 1 else (first.squeeze(-1), second)
    if difference == -1 and second.shape[-1] == 1:
        return (first.unsqueeze(-1), second) if first.ndim == 1 else (first, second.squeeze(-1))
    return first, second


def elementwise(y_true: Tensor, y_pred: Tensor, name: str) -> Pair:
    """Two float tensors to compare element by element; shapes that only broadcast are warned of.

    Raises:
        ValueError: shapes that do not even broadcast.
    """
    if y_true.dtype != y_pred.dtype:
        y_true = y_true.to(y_pred.dtype)
    if y_true.shape == y_pred.shape:
        return y_true, y_pred
    y_true, y_pred = same_rank(y_true, y_pred)
    if y_true.shape != y_pred.shape and not torch.compiler.is_compiling():
        _warn_of_broadcasting(y_true, y_pred, name)
    return y_true, y_pred


def _warn_of_broadcasting(y_true: Tensor, y_pred: Tensor, name: str) -> None:
    shapes = f"y_true of shape {tuple(y_true.shape)} and y_pred of shape {tuple(y_pred.shape)}"
    try:
        joined = torch.broadcast_shapes(y_true.shape, y_pred.shape)
    except RuntimeError:
        raise ValueError(f"{name}: expected targets and outputs of the same shape, got {shapes}.") from None
    warnings.warn(
        f"{name}: {shapes} are broadcast to {tuple(joined)}, which is rarely meant. Give both the same shape.",
        UserWarning,
        stacklevel=4,
    )


def same_shape(y_true: Tensor, y_pred: Tensor, name: str, hint: str = "") -> Pair:
    """Two float tensors of exactly the same shape.

    Raises:
        ValueError: other shapes.
    """
    if y_true.dtype != y_pred.dtype:
        y_true = y_true.to(y_pred.dtype)
    if y_true.shape != y_pred.shape:
        y_true, y_pred = same_rank(y_true, y_pred)
        if y_true.shape != y_pred.shape:
            labels = y_true.ndim < y_pred.ndim or y_true.shape[-1] == 1
            raise ValueError(
                f"{name}: y_true and y_pred must have the same shape, got {tuple(y_true.shape)} "
                f"and {tuple(y_pred.shape)}.{hint if labels else ''}"
            )
    return y_true, y_pred


def class_labels(y_true: Tensor, y_pred: Tensor, axis: int, name: str) -> Tensor:
    """Integer labels: the shape of `y_pred` without its class axis.

    Raises:
        ValueError: another shape, for example one-hot rows.
    """
    axis = axis % y_pred.ndim if y_pred.ndim else 0
    wanted = y_pred.shape[:axis] + y_pred.shape[axis + 1 :]
    labels = y_true if y_true.dtype == torch.int64 else y_true.long()
    if labels.shape == wanted:
        return labels
    if labels.ndim == len(wanted) + 1 and 1 in (labels.shape[axis], labels.shape[-1]):
        labels = labels.squeeze(axis if labels.shape[axis] == 1 else -1)
    if labels.shape != wanted:
        one_hot = " One-hot targets need `categorical_crossentropy`." if y_true.shape == y_pred.shape else ""
        raise ValueError(
            f"{name}: expected integer labels of shape {tuple(wanted)} for outputs of shape {tuple(y_pred.shape)}, "
            f"got shape {tuple(y_true.shape)}.{one_hot}"
        )
    return labels


def clip(probabilities: Tensor) -> Tensor:
    """Probabilities kept ``epsilon()`` away from 0 and 1, as Keras does before a logarithm."""
    return probabilities.clamp(_settings.epsilon, 1.0 - _settings.epsilon)

"""Cross entropies, an element or a row at a time."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings, ops
from torchkeras.ops._op import op, tensor, tensors

# Renames

categorical_crossentropy = ops.categorical_crossentropy

# Own


@op
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """``-t log(o) - (1 - t) log(1 - o)`` of each element; shapes broadcast.

    As Keras 2 has it `epsilon()` is kept off 0 and 1, and added once more in the logarithms.
    """
    target, output = tensors((target, output), floating=True)
    if from_logits:
        return torch.clamp(output, min=0) - output * target + torch.log1p(torch.exp(-torch.abs(output)))
    return _binary(target, torch.clamp(output, _settings.epsilon, 1 - _settings.epsilon))


def _binary(target: Tensor, output: Tensor) -> Tensor:
    hits = target * torch.log(output + _settings.epsilon)
    return -(hits + (1 - target) * torch.log(1 - output + _settings.epsilon))


@op
def binary_focal_crossentropy(
    target: Any,
    output: Any,
    apply_class_balancing: bool = False,
    alpha: float = 0.25,
    gamma: float = 2.0,
    from_logits: bool = False,
) -> Tensor:
    """:func:`binary_crossentropy` times ``(1 - p)**gamma``, `p` being the probability of the true class.

    With `apply_class_balancing` also times `alpha` for ones and ``1 - alpha`` for zeros (Lin et al., 2017).
    """
    target, output = tensors((target, output), floating=True)
    share = torch.sigmoid(output) if from_logits else output
    share = torch.clamp(share, _settings.epsilon, 1 - _settings.epsilon)
    right = target * share + (1 - target) * (1 - share)
    loss = (1 - right) ** gamma * _binary(target, share)
    return loss * (target * alpha + (1 - target) * (1 - alpha)) if apply_class_balancing else loss


@op
def categorical_focal_crossentropy(
    target: Any, output: Any, alpha: Any = 0.25, gamma: float = 2.0, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """``-sum(alpha (1 - o)**gamma t log(o))`` over `axis`: ``(..., classes), (..., classes) -> (...)``."""
    target, output = tensors((target, output), floating=True)
    share = torch.softmax(output, axis) if from_logits else output / torch.sum(output, axis, keepdim=True)
    share = torch.clamp(share, _settings.epsilon, 1 - _settings.epsilon)
    weights = tensor(alpha).to(share) * (1 - share) ** gamma
    return -torch.sum(weights * target * torch.log(share), axis)


def sparse_categorical_crossentropy(
    target: Any, output: Any, from_logits: bool = False, axis: int = -1, ignore_class: int | None = None
) -> Any:
    """:func:`categorical_crossentropy` for class numbers: ``(...), (..., classes) -> (...)``; 0 for `ignore_class`."""
    return _sparse(target, output, from_logits, axis, ignore_class)


@op
def _sparse(target: Any, output: Any, from_logits: bool, axis: int, ignore_class: int | None) -> Tensor:
    target, output = tensor(target), tensor(output)
    outer = output.shape[: axis % output.ndim] + output.shape[axis % output.ndim + 1 :]
    target = target.reshape(outer)  # Keras 2 only asks for as many
    if ignore_class is None:
        return ops.sparse_categorical_crossentropy(target, output, from_logits, axis)
    counts = target != ignore_class
    loss = ops.sparse_categorical_crossentropy(torch.where(counts, target, 0), output, from_logits, axis)
    return torch.where(counts, loss, 0.0)


__all__ = ["binary_crossentropy", "binary_focal_crossentropy", "categorical_crossentropy"]
__all__ += ["categorical_focal_crossentropy", "sparse_categorical_crossentropy"]

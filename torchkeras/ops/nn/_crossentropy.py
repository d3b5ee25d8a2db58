"""Cross entropies, an element or a row at a time."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras.ops._op import floats, op, publish, tensor, tensors

# Own


@op
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Tensor:
    """``-t log(o) - (1 - t) log(1 - o)`` of each element; probabilities are kept `epsilon()` off 0 and 1."""
    target, output = tensors((target, output), floating=True)
    _same_shape("binary_crossentropy", target, output)
    if from_logits:
        return F.binary_cross_entropy_with_logits(output, target, reduction="none")
    output = torch.clamp(output, _settings.epsilon, 1 - _settings.epsilon)
    return F.binary_cross_entropy(output, target, reduction="none")


@op
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """``-sum(t log(o))`` over `axis`: ``(..., classes), (..., classes) -> (...)``."""
    target, output = tensors((target, output), floating=True)
    _same_shape("categorical_crossentropy", target, output)
    if target.ndim < 1:
        raise ValueError(f"categorical_crossentropy: expected at least one axis, got shape {tuple(target.shape)}.")
    return -torch.sum(target * _log_probabilities(output, from_logits, axis), axis)


def _log_probabilities(output: Tensor, from_logits: bool, axis: int) -> Tensor:
    if from_logits:
        return torch.log_softmax(output, axis)
    output = output / torch.sum(output, axis, keepdim=True)
    return torch.log(torch.clamp(output, _settings.epsilon, 1 - _settings.epsilon))


@op
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Tensor:
    """:func:`categorical_crossentropy` for class indices: ``(...), (..., classes) -> (...)``."""
    target, output = tensor(target), floats(output)
    if output.ndim < 1:
        raise ValueError(
            f"sparse_categorical_crossentropy: expected at least one axis, got shape {tuple(output.shape)}."
        )
    if target.ndim == output.ndim and target.shape[axis] == 1:
        target = target.squeeze(axis)
    outer = output.shape[: axis % output.ndim] + output.shape[axis % output.ndim + 1 :]
    if target.shape != outer:
        raise ValueError(
            f"sparse_categorical_crossentropy: `target` of shape {tuple(target.shape)} does not go with `output` of "
            f"shape {tuple(output.shape)}: expected {tuple(outer)}."
        )
    logs = _log_probabilities(output, from_logits, axis)
    return -torch.take_along_dim(logs, target.to(torch.int64).unsqueeze(axis), axis).squeeze(axis)


def _same_shape(owner: str, target: Tensor, output: Tensor) -> None:
    if target.shape != output.shape:
        raise ValueError(
            f"{owner}: `target` and `output` must have one shape, got {tuple(target.shape)} and {tuple(output.shape)}."
        )


@op
def ctc_loss(target: Any, output: Any, target_length: Any, output_length: Any, mask_index: int = 0) -> Tensor:
    """The connectionist temporal classification loss of each sample.

    Args:
        target: ``(batch, labels)`` class indices.
        output: ``(batch, time, classes)`` logits.
        target_length: ``(batch,)``, how many labels count.
        output_length: ``(batch,)``, how many time steps count.
        mask_index: the class that stands for "no label".
    """
    target, output = tensor(target), floats(output)
    if target.ndim != 2 or output.ndim != 3:
        raise ValueError(
            "ctc_loss: expected `target` (batch, labels) and `output` (batch, time, classes), got shapes "
            f"{tuple(target.shape)} and {tuple(output.shape)}."
        )
    if output.device.type == "meta":
        return output.new_empty(output.shape[0])  # torch has no kernel for shapes alone
    logs = torch.log_softmax(output, -1).transpose(0, 1)  # (t, b, classes)
    steps, labels = (tensor(item).to(torch.int64) for item in (output_length, target_length))
    wide = logs if logs.dtype == torch.float64 else logs.float()  # torch has no kernel for half precision
    losses = F.ctc_loss(wide, target.to(torch.int64), steps, labels, blank=mask_index, reduction="none")
    return losses.to(output.dtype)


publish(globals())

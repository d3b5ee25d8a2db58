"""Losses of each element or row; no means are taken."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _ranks, ops
from torchkeras._tensorflow._rows import own, own_op, publish
from torchkeras.ops._op import floats, tensor, tensors


@own_op
def softmax_cross_entropy_with_logits(labels: Any, logits: Any, axis: int = -1, dim: int | None = None) -> Any:
    """``-sum(labels * log_softmax(logits))`` over `axis`: ``(…, classes), (…, classes) -> (…)``."""
    labels, logits = tensors((labels, logits), floating=True)
    along = axis if dim is None else dim
    return -(labels * F.log_softmax(logits, along)).sum(along)


softmax_cross_entropy_with_logits_v2 = softmax_cross_entropy_with_logits


@own_op
def sparse_softmax_cross_entropy_with_logits(labels: Any, logits: Any) -> Any:
    """``-log_softmax(logits)`` at the class numbers `labels`: ``(…), (…, classes) -> (…)``."""
    labels, logits = tensor(labels).long(), floats(logits)
    return -F.log_softmax(logits, -1).gather(-1, labels.unsqueeze(-1)).squeeze(-1)


@own_op
def sigmoid_cross_entropy_with_logits(labels: Any = None, logits: Any = None) -> Any:
    """``-labels * log(sigmoid(logits)) - (1 - labels) * log(1 - sigmoid(logits))`` of each element."""
    labels, logits = tensors((labels, logits), floating=True)
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="none")


@own_op
def weighted_cross_entropy_with_logits(labels: Any = None, logits: Any = None, pos_weight: Any = None) -> Any:
    """:func:`sigmoid_cross_entropy_with_logits` with the part of positive labels times `pos_weight`."""
    labels, logits = tensors((labels, logits), floating=True)
    weight = tensor(pos_weight, logits.dtype)
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="none", pos_weight=weight)


@own_op
def log_poisson_loss(targets: Any, log_input: Any, compute_full_loss: bool = False) -> Any:
    """``exp(log_input) - targets * log_input``, with Stirling's term for targets above 1 if `compute_full_loss`."""
    targets, log_input = tensors((targets, log_input), floating=True)
    loss = log_input.exp() - targets * log_input
    if not compute_full_loss:
        return loss
    stirling = targets * targets.log() - targets + 0.5 * (2 * torch.pi * targets).log()
    return loss + torch.where((targets >= 0) & (targets <= 1), torch.zeros_like(targets), stirling)


@own_op
def l2_loss(t: Any) -> Any:
    """Half the sum of squares."""
    return torch.square(tensor(t)).sum() / 2


@own
def ctc_loss(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
) -> Any:
    """Connectionist temporal classification: ``(b, n), (t, b, classes), (b,), (b,) -> (b,)``.

    Args:
        labels: class numbers, in rows that are padded.
        logits: time first, or with ``logits_time_major=False`` the batch.
        label_length: how many labels of each row count.
        logit_length: how many steps of each entry count.
        unique: accepted for compatibility.
        blank_index: the class of the blank, 0 by default.
    """
    logits = ops.swapaxes(logits, 0, 1) if logits_time_major else logits
    blank = 0 if blank_index is None else blank_index % logits.shape[-1]
    return ops.ctc_loss(labels, logits, label_length, logit_length, blank)


@own
def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True, blank_index: int | None = None
) -> tuple[list[Tensor], Tensor]:
    """The most likely class at each step, repeats and blanks dropped: ``(t, b, classes)`` to ``[(b, n)]`` and scores.

    TensorFlow gives a sparse tensor; here it is dense, padded with -1. The blank is the last class by default.
    """
    logits = ops.swapaxes(inputs, 0, 1)
    blank = logits.shape[-1] - 1 if blank_index is None else blank_index % logits.shape[-1]
    decoded, scores = ops.ctc_decode(logits, sequence_length, "greedy", merge_repeated=merge_repeated, mask_index=blank)
    return ops.unstack(decoded, 1), scores


@own
def ctc_beam_search_decoder(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1, merge_repeated: bool = False
) -> tuple[list[Tensor], Tensor]:
    """The likeliest labellings and their log probabilities: ``(t, b, classes)`` to ``[(b, n)]``, ``(b, top_paths)``.

    Dense and padded with -1, as in :func:`ctc_greedy_decoder`; the blank is the last class.
    """
    logits = ops.swapaxes(inputs, 0, 1)
    blank = logits.shape[-1] - 1
    decoded, scores = ops.ctc_decode(
        logits, sequence_length, "beam_search", beam_width, top_paths, merge_repeated, mask_index=blank
    )
    return ops.unstack(decoded, top_paths), scores


@own
def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None, axis: Any = None
) -> Any:
    """The sum of the losses of a batch, each times its weight, over the batch size (of all replicas together)."""
    losses = per_example_loss if sample_weight is None else ops.multiply(per_example_loss, sample_weight)
    count = losses.shape[0] * _ranks.world_size() if global_batch_size is None else global_batch_size
    return ops.divide(ops.sum(losses), count)


@own
def scale_regularization_loss(regularization_loss: Any) -> Any:
    """The sum of the penalties over the number of replicas, so that their sum counts once."""
    return ops.divide(ops.sum(regularization_loss), _ranks.world_size())


publish(globals())

"""Connectionist temporal classification: the last class stands for "no label"."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings, ops
from torchkeras.ops._op import op, tensor


@op
def ctc_batch_cost(y_true: Any, y_pred: Any, input_length: Any, label_length: Any) -> Tensor:
    """The loss of each sample: ``-> (b, 1)``.

    Args:
        y_true: ``(b, labels)`` class numbers.
        y_pred: ``(b, t, classes)`` probabilities.
        input_length: ``(b, 1)``, how many time steps count.
        label_length: ``(b, 1)``, how many labels count.
    """
    logs = _logs(y_pred)
    labels = torch.clamp(tensor(y_true), 0, logs.shape[-1] - 1)  # what lies beyond the length may be anything
    lengths = [tensor(length).reshape(-1) for length in (label_length, input_length)]
    return ops.ctc_loss(labels, logs, *lengths, mask_index=logs.shape[-1] - 1)[:, None]


def _logs(y_pred: Any) -> Tensor:
    return torch.log(tensor(y_pred) + _settings.epsilon)


@op
def ctc_decode(
    y_pred: Any, input_length: Any, greedy: bool = True, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[Tensor], Tensor]:
    """The most probable label sequences.

    Args:
        y_pred: ``(b, t, classes)`` probabilities.
        input_length: ``(b,)``, how many time steps count.
        greedy: whether to take the best class of each step, else a beam search is made.
        beam_width: how many beginnings the beam search keeps.
        top_paths: how many sequences the beam search gives.

    Returns:
        A list of `top_paths` tensors ``(b, t)`` of class numbers, filled up with -1 (the beam search gives a label that
        is repeated after a pause once, as TensorFlow's of that time), and the scores ``(b, top_paths)``:
        logarithms of probabilities, or for `greedy` minus the sum of the logarithms taken.
    """
    logs = _logs(y_pred)
    ways: Any = {"strategy": "greedy"} if greedy else {"strategy": "beam_search"}
    ways |= {"beam_width": beam_width, "top_paths": top_paths, "mask_index": logs.shape[-1] - 1}
    paths, scores = ops.ctc_decode(logs, tensor(input_length).reshape(-1), **ways)
    found = [path.to(torch.int64) for path in paths.unbind(0)]
    return (found if greedy else [_merged(path) for path in found]), scores


def _merged(path: Tensor) -> Tensor:
    """Labels that follow themselves once."""
    kept = torch.ones_like(path, dtype=torch.bool)
    kept[:, 1:] = path[:, 1:] != path[:, :-1]
    order = torch.argsort((~kept).to(torch.uint8), dim=1, stable=True)  # the kept ones first, in their order
    return torch.take_along_dim(torch.where(kept, path, -1), order, 1)


def ctc_label_dense_to_sparse(labels: Any, label_lengths: Any) -> Tensor:
    """``(b, labels)`` as a sparse tensor that holds only the first `label_lengths` labels of each sample."""
    labels, lengths = tensor(labels), tensor(label_lengths).reshape(-1)
    counts = torch.arange(labels.shape[1], device=labels.device) < lengths[:, None]
    places = counts.nonzero().T
    return torch.sparse_coo_tensor(places, labels[counts], labels.shape, check_invariants=False)


__all__ = ["ctc_batch_cost", "ctc_decode", "ctc_label_dense_to_sparse"]

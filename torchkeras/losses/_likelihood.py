"""Losses between distributions, and of sequences of labels."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _settings
from torchkeras._registry import catalogue
from torchkeras.losses._function_loss import FunctionLoss
from torchkeras.losses._inputs import elementwise, loss_function


@loss_function
def kl_divergence(y_true: Any, y_pred: Any) -> Tensor:
    """``sum(y_true * log(y_true / y_pred))``, both clipped to ``epsilon()`` and 1."""
    y_true, y_pred = elementwise(y_true, y_pred, "kl_divergence")
    y_true, y_pred = (values.clamp(_settings.epsilon, 1.0) for values in (y_true, y_pred))
    return (y_true * (y_true / y_pred).log()).sum(-1)


class KLDivergence(FunctionLoss, function=kl_divergence, name="kl_divergence"):
    """Kullback-Leibler divergence of the outputs from the targets."""


@loss_function
def ctc(y_true: Any, y_pred: Any) -> Tensor:
    """Connectionist temporal classification: ``(b, length), (b, time, classes) -> (b,)``.

    Args:
        y_true: labels; 0 is the blank and pads.
        y_pred: logits.

    Source: Graves et al., 2006, https://www.cs.toronto.edu/~graves/icml_2006.pdf.
    """
    if y_true.ndim != 2 or y_pred.ndim != 3:
        raise ValueError(
            "ctc: expected labels (batch, length) and logits (batch, time, classes), got y_true of shape "
            f"{tuple(y_true.shape)} and y_pred of shape {tuple(y_pred.shape)}."
        )
    if y_pred.is_meta:  # the kernel reads the lengths, which shape inference has not
        return y_pred[:, 0, 0]
    labels = y_true.long()
    times = torch.full((len(labels),), y_pred.shape[1], dtype=torch.long, device=labels.device)
    logits = y_pred.float() if y_pred.element_size() < 4 else y_pred  # torch has no half-precision kernel
    rows = logits.log_softmax(-1).transpose(0, 1)
    return F.ctc_loss(rows, labels, times, (labels != 0).sum(-1), reduction="none").to(y_pred.dtype)


class CTC(FunctionLoss, function=ctc, name="ctc"):
    """Connectionist temporal classification, for sequences of labels without their times."""

    _keeps_targets = True


catalogue("losses", kl_divergence, ctc, KLDivergence, CTC)

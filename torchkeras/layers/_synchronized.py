"""Sums over the batch that run over the rows of all ranks, and let gradients flow back to each of them."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _ranks


def over_ranks(sums: Tensor) -> Tensor:
    """The sum of what the ranks have, of any shape, within a step that they do together; a rank without rows has 0."""
    return sums if _ranks.share is None else _SumOverRanks.apply(sums)


class _SumOverRanks(torch.autograd.Function):
    """The gradients of a step are each rank's own and are weighted by :data:`_ranks.share` when they are summed.

    So what comes back here from the others' losses is weighted by their share, and not by this rank's.
    """

    @staticmethod
    def forward(ctx: Any, sums: Tensor) -> Tensor:
        return _ranks.total(sums * float((_ranks.share or 0) > 0))

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        share = _ranks.share or 0.0
        gradient = _ranks.total(gradients[0] * share)
        return gradient / share if share else torch.zeros_like(gradient)

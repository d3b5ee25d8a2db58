"""Predictions of all ranks, put together in the order of the rows."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _ranks
from torchkeras._structures import map_leaves


def collecting(results: Any, source: Any) -> Any:
    """`results`, or with several ranks what collects all of theirs."""
    return _CollectedFromAll(results, source) if _ranks.world_size() > 1 else results


class _CollectedFromAll:
    """Collects this rank's outputs, and in the end those of the others.

    Args:
        results: collects the outputs of this rank; it takes them by ``add`` and gives them by ``arrays``.
        source: knows how many rows of each batch are this rank's.
    """

    def __init__(self, results: Any, source: Any) -> None:
        self.results = results
        self.rows = source.rows
        self.counts: list[int] = []

    def add(self, outputs: Any) -> None:
        """Take one batch."""
        rows, _ = self.rows.popleft()
        if not rows:  # what a stand-in gave
            outputs = map_leaves(lambda leaf: leaf[:0] if isinstance(leaf, Tensor) and leaf.ndim else leaf, outputs)
        self.counts.append(rows)
        self.results.add(outputs)

    def arrays(self) -> Any:
        """All rows of all ranks, in the structure of the outputs."""
        counts = _ranks.gather(self.counts)
        parts = _ranks.gather(_ranks.part())
        first = [parts.index(part) for part in range(_ranks.parts())]  # ranks with the same rows have the same outputs
        return map_leaves(lambda array: _joined(array, counts, first), self.results.arrays())


def _joined(array: Any, counts: list[list[int]], ranks: list[int]) -> Any:
    """The rows of all ranks: batch by batch, in each the ranks one after the other."""
    if not isinstance(array, np.ndarray) or len(array) != sum(counts[_ranks.rank()]):
        return array
    longest = max(map(sum, counts))
    padded = np.zeros((longest, *array.shape[1:]), array.dtype)
    padded[: len(array)] = array
    parts = _ranks.gather_tensors(torch.from_numpy(padded))
    pieces = [parts[rank].split([*counts[rank], longest - sum(counts[rank])]) for rank in ranks]
    return torch.cat([piece[batch] for batch in range(len(counts[0])) for piece in pieces]).numpy()

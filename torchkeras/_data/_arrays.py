"""Arrays in memory, batch by batch: a ``DataLoader`` whose dataset returns whole batches (D7)."""

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from torchkeras._data._sparse import ROWS, SparseRows
from torchkeras._data._workers import as_it_is
from torchkeras._strings import StringTensor
from torchkeras._structures import leaves, map_leaves


class _Batches(Dataset[Any]):
    """Gives the batch for a slice or an index tensor in one go."""

    def __init__(self, data: Any, weigh: Any) -> None:
        self.data = data
        self.weigh = weigh

    def __getitems__(self, index: Any) -> Any:
        take = _slice if isinstance(index, slice) else _gather
        x, y, weight = self.data
        if type(x) is Tensor and (y is None or type(y) is Tensor) and weight is None:  # the common case: no structures
            x, y = take(x, index), None if y is None else take(y, index)
        else:
            x, y, weight = map_leaves(lambda leaf: _take_any(take, leaf, index), self.data)
        return x, y, self.weigh(y, weight) if self.weigh is not None else weight

    def __getitem__(self, index: int) -> Any:
        return self.__getitems__(torch.tensor([index]))


def _take_any(take: Any, leaf: Any, index: Any) -> Any:
    if isinstance(leaf, SparseRows):
        return leaf.take(index)
    if isinstance(leaf, StringTensor):
        return leaf[index]
    return take(leaf, index) if isinstance(leaf, Tensor) else leaf


def _slice(tensor: Tensor, index: slice) -> Tensor:
    return tensor[index]


def _gather(tensor: Tensor, index: Tensor) -> Tensor:
    return tensor.index_select(0, index if index.device == tensor.device else index.to(tensor.device))


class _BatchSampler:
    """Slices in order, or index tensors of a new permutation each epoch.

    Attributes:
        start: the first batch that the next iteration gives.
        cut: gives the rows to take for those of a whole batch, if not all are taken here.
    """

    def __init__(self, size: int, batch_size: int, shuffle: Any, device: torch.device) -> None:
        self.size = size
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.device = device
        self.start = 0
        self.cut: Any = None

    def __len__(self) -> int:
        return -(-self.size // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        batches = self._batches()
        return iter((batches if self.cut is None else [*map(self.cut, batches)])[self.start :])

    def _batches(self) -> Any:
        """The rows of each batch of an epoch, drawn now."""
        if self.shuffle and self.shuffle != "batch":
            return torch.randperm(self.size).to(self.device).split(self.batch_size)
        slices = [slice(at, min(at + self.batch_size, self.size)) for at in range(0, self.size, self.batch_size)]
        return [slices[i] for i in torch.randperm(len(slices)).tolist()] if self.shuffle else slices


class _ArrayLoader(DataLoader[Any]):
    """A ``DataLoader`` that takes whole batches straight from the dataset.

    The general iterator's fetching, profiling and seeding cost some 25 us a batch, more than a tiny model's
    forward pass.
    """

    def __iter__(self) -> Iterator[Any]:
        return map(self.dataset.__getitems__, self.batch_sampler)  # type: ignore[attr-defined, arg-type]


class ArraySource:
    """Tensors or sparse rows ``(x, y, sample_weight)`` with one first axis.

    Attributes:
        steps: batches in an epoch.
        num_samples: rows.
        batch_size: rows in a batch but the last.
        data: the tensors, None if some of the rows are sparse.
    """

    def __init__(
        self, data: tuple[Any, Any, Any], batch_size: int, shuffle: Any, weigh: Any, device: torch.device
    ) -> None:
        parts = [leaf for leaf in leaves(data) if isinstance(leaf, ROWS)]
        self.num_samples = int(parts[0].shape[0])
        self.batch_size = batch_size
        sparse = any(isinstance(leaf, SparseRows) for leaf in parts)
        # where the user has it: what is checked before the first step waits for no device
        self.data = None if sparse else data
        data = _resident(data, device)
        where = next((leaf.device for leaf in leaves(data) if isinstance(leaf, Tensor)), torch.device("cpu"))
        self._dataset = _Batches(data, weigh)
        self._sampler = _BatchSampler(self.num_samples, batch_size, shuffle, where)
        self.loader = _ArrayLoader(self._dataset, batch_sampler=self._sampler, collate_fn=as_it_is)
        self.steps: int | None = len(self._sampler)
        self.endless = False

    def peek(self) -> Any:
        """The first rows, for building."""
        return self._dataset.__getitems__(slice(0, self.batch_size))

    def __iter__(self) -> Iterator[Any]:
        return self.epoch()

    def epoch(self, start: int = 0) -> Iterator[Any]:
        """The batches of the coming epoch from number `start` on; their order is drawn in this call."""
        self._sampler.start = start
        return iter(self.loader)

    def cut_batches(self, cut: Callable[[Any], Any]) -> None:
        """Take some rows of each batch alone; `cut` gives them for a slice or an index tensor of all rows."""
        self._sampler.cut = cut

    def on_epoch_end(self) -> None:
        """Nothing: the next iteration draws a new order."""


def _resident(data: Any, device: torch.device) -> Any:
    """The data on the GPU for the length of the run, if it takes no more than an eighth of the free memory.

    A model on the host needs all of it there, wherever the user has it.
    """
    tensors = [leaf for leaf in leaves(data) if isinstance(leaf, Tensor) and leaf.device != device]
    if not tensors or device.type not in ("cpu", "cuda"):
        return data
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        if sum(tensor.numel() * tensor.element_size() for tensor in tensors) * 8 > free:
            return data
    return map_leaves(lambda leaf: leaf.to(device) if isinstance(leaf, Tensor) else leaf, data)

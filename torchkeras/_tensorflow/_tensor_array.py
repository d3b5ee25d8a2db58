"""``tf.TensorArray``: a list of tensors, filled in a loop and stacked after it."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings, ops
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras.ops._op import tensor


class TensorArray:
    """A list of tensors of one dtype: ``array = array.write(index, value)``, in the end ``array.stack()``.

    Args:
        dtype: the data type of the elements.
        size: how many elements there are.
        dynamic_size: whether writing beyond the end makes it longer.
        element_shape: the shape of the elements, which :meth:`stack` needs for those that nobody wrote.

    All other arguments of TensorFlow are accepted, and change nothing here.
    """

    def __init__(
        self,
        dtype: Any,
        size: Any = None,
        dynamic_size: bool | None = None,
        clear_after_read: bool | None = None,
        tensor_array_name: str | None = None,
        handle: Any = None,
        flow: Any = None,
        infer_shape: bool = True,
        element_shape: Any = None,
        colocate_with_first_write_call: bool = True,
        name: str | None = None,
    ) -> None:
        self.dtype = as_dtype(dtype)
        self.dynamic_size = bool(dynamic_size)
        self.element_shape = element_shape
        self._items: list[Tensor | None] = [None] * int(size or 0)

    def write(self, index: Any, value: Any, name: Any = None) -> "TensorArray":
        """Put `value` at `index`; returns the array.

        Raises:
            IndexError: the index is beyond the end, and the size is fixed.
        """
        place = int(index)
        if place >= len(self._items) and not self.dynamic_size:
            raise IndexError(
                f"TensorArray.write: index {place} is beyond the size {len(self._items)}; give `dynamic_size=True`."
            )
        self._items += [None] * (place + 1 - len(self._items))
        self._items[place] = ops.cast(value, self.dtype)
        return self

    def read(self, index: Any, name: Any = None) -> Tensor:
        """The element at `index`."""
        found = self._items[int(index)]
        return self._empty() if found is None else found

    def _empty(self) -> Tensor:
        """Zeros for an element that nobody wrote, in the shape of the others."""
        known = next((item.shape for item in self._items if item is not None), self.element_shape)
        if known is None:
            raise ValueError("TensorArray: an element was read that nobody wrote, and no `element_shape` is given.")
        return torch.zeros(tuple(known), dtype=self.dtype, device=_settings.device())

    def stack(self, name: Any = None) -> Tensor:
        """All elements along a new first axis."""
        if not self._items:
            return torch.zeros((0, *(self.element_shape or ())), dtype=self.dtype, device=_settings.device())
        return torch.stack([self.read(index) for index in range(len(self._items))])

    def concat(self, name: Any = None) -> Tensor:
        """All elements joined along their first axis."""
        return torch.cat([self.read(index) for index in range(len(self._items))])

    def gather(self, indices: Any, name: Any = None) -> Tensor:
        """The elements at `indices` along a new first axis."""
        return torch.stack([self.read(index) for index in tensor(indices).tolist()])

    def unstack(self, value: Any, name: Any = None) -> "TensorArray":
        """Take the slices of `value` along its first axis for elements; returns the array."""
        self._items = [*ops.cast(value, self.dtype)]
        return self

    def scatter(self, indices: Any, value: Any, name: Any = None) -> "TensorArray":
        """Put the slices of `value` at `indices`; returns the array."""
        for index, item in zip(tensor(indices).tolist(), tensor(value)):
            self.write(index, item)
        return self

    def split(self, value: Any, lengths: Any, name: Any = None) -> "TensorArray":
        """Take parts of `value` of these lengths for elements; returns the array."""
        self._items = [*torch.split(ops.cast(value, self.dtype), tensor(lengths).tolist())]
        return self

    def size(self, name: Any = None) -> Tensor:
        """The number of elements."""
        return torch.tensor(len(self._items), dtype=torch.int32)

    def identity(self) -> "TensorArray":
        """The array."""
        return self

    def close(self, name: Any = None) -> None:
        """Forget the elements."""
        self._items = []


__all__ = ["TensorArray"]

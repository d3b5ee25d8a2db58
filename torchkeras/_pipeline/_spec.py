"""What is known of a tensor before it is there: its shape and dtype."""

from typing import Any

from torchkeras._dtypes import to_torch_dtype
from torchkeras._errors import brief
from torchkeras._pipeline._ragged import RaggedTensor
from torchkeras._strings import string
from torchkeras._structures import map_leaves


def as_dtype(dtype: Any) -> Any:
    """The torch dtype for any spelling of one, or that of text."""
    if dtype is str or dtype is bytes or string == dtype:
        return string
    return to_torch_dtype(dtype)


class TensorSpec:
    """Shape and dtype of a tensor.

    Args:
        shape: the sizes, None where one varies; None if nothing is known.
        dtype: a torch, NumPy or Python type, or a name.
        name: kept, and not used.
    """

    def __init__(self, shape: Any, dtype: Any = "float32", name: str | None = None) -> None:
        self.shape = None if shape is None else tuple(None if size is None else int(size) for size in _sizes(shape))
        self.dtype = as_dtype(dtype)
        self.name = name

    def with_first(self, size: int | None) -> "TensorSpec":
        """With another axis in front."""
        return type(self)(None if self.shape is None else (size, *self.shape), self.dtype)

    def without_first(self) -> "TensorSpec":
        """Without the first axis."""
        return type(self)(None if self.shape is None else self.shape[1:], self.dtype)

    def accepts(self, shape: Any) -> bool:
        """Whether a tensor of that shape fits."""
        if self.shape is None:
            return True
        return len(self.shape) == len(shape) and all(a is None or a == b for a, b in zip(self.shape, shape))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, type(self)) and self._parts() == other._parts()

    def __hash__(self) -> int:
        return hash(self._parts())

    def _parts(self) -> tuple[Any, ...]:
        return self.shape, self.dtype

    def __repr__(self) -> str:
        dtype = "tf." + str(self.dtype).removeprefix("torch.").removeprefix("tf.")
        return f"{type(self).__name__}(shape={self.shape}, dtype={dtype}, name={self.name!r})"


class RaggedTensorSpec(TensorSpec):
    """Shape and dtype of a ragged tensor.

    Args:
        shape: the sizes, None where one varies.
        dtype: as for :class:`TensorSpec`.
        ragged_rank: how many axes are ragged.
    """

    def __init__(self, shape: Any = None, dtype: Any = "float32", ragged_rank: int = 1, **kwargs: Any) -> None:
        super().__init__(shape, dtype)
        self.ragged_rank = ragged_rank


class DatasetSpec:
    """What a data set within a data set holds.

    Args:
        element_spec: that of its elements.
    """

    def __init__(self, element_spec: Any) -> None:
        self.element_spec = element_spec

    def __repr__(self) -> str:
        return f"DatasetSpec({self.element_spec!r})"


def _sizes(shape: Any) -> Any:
    return shape.as_list() if hasattr(shape, "as_list") else shape


def spec_of(element: Any) -> Any:
    """The spec of every leaf of an element."""
    return map_leaves(_spec_of_leaf, element)


def _spec_of_leaf(leaf: Any) -> Any:
    if leaf is None:
        return None
    if isinstance(leaf, RaggedTensor):
        return RaggedTensorSpec(leaf.shape, leaf.dtype, leaf.ragged_rank)
    if hasattr(type(leaf), "element_spec"):
        return DatasetSpec(leaf.element_spec)
    if not hasattr(leaf, "shape"):
        raise TypeError(f"A data set's element holds {brief(leaf)}, which is no tensor.")
    return TensorSpec(leaf.shape, leaf.dtype)


def with_first(spec: Any, size: int | None) -> Any:
    """The spec of a batch of such elements."""
    return map_leaves(lambda leaf: leaf.with_first(size) if isinstance(leaf, TensorSpec) else leaf, spec)


def without_first(spec: Any) -> Any:
    """The spec of the rows of such elements."""
    return map_leaves(lambda leaf: leaf.without_first() if isinstance(leaf, TensorSpec) else leaf, spec)

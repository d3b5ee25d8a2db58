"""``tf.TensorShape``: a tuple of sizes with TensorFlow's methods."""

from typing import Any

from torchkeras._shapes import count


class Dimension(int):
    """A size that is an integer and has TensorFlow 1's ``value`` too."""

    @property
    def value(self) -> int:
        """The size as a plain integer."""
        return int(self)


class TensorShape(tuple[Any, ...]):
    """Sizes, None for the unknown ones: a tuple, so that it goes where shapes go.

    Args:
        dims: the sizes; None for a shape of which nothing is known.
    """

    rank: int | None

    def __new__(cls, dims: Any = None) -> "TensorShape":
        sizes = [dims] if isinstance(dims, int) else [] if dims is None else list(dims)
        made = super().__new__(cls, (None if size is None or size == -1 else Dimension(size) for size in sizes))
        made.rank = None if dims is None or getattr(dims, "rank", 0) is None else len(sizes)
        return made

    def __getnewargs__(self) -> tuple[Any, ...]:
        return (None if self.rank is None else tuple(self),)

    @property
    def ndims(self) -> int | None:
        """The number of axes, None if unknown."""
        return self.rank

    @property
    def dims(self) -> list[Any] | None:
        """The sizes as a list, None if their number is unknown."""
        return None if self.rank is None else list(self)

    def as_list(self) -> list[int | None]:
        """The sizes as a list of plain integers and None.

        Raises:
            ValueError: the number of axes is unknown.
        """
        if self.rank is None:
            raise ValueError("as_list() is not defined on a TensorShape whose number of axes is unknown.")
        return [None if size is None else int(size) for size in self]

    def num_elements(self) -> int | None:
        """The number of elements, None if a size is unknown."""
        return None if not self.is_fully_defined() else count(self)

    def is_fully_defined(self) -> bool:
        """Whether every size is known."""
        return self.rank is not None and None not in self

    def is_compatible_with(self, other: Any) -> bool:
        """Whether some shape fits this one and `other`."""
        other = TensorShape(other)
        if None in (self.rank, other.rank):
            return True
        return len(self) == len(other) and all(None in (a, b) or a == b for a, b in zip(self, other))

    def concatenate(self, other: Any) -> "TensorShape":
        """The axes of this shape and then those of `other`."""
        other = TensorShape(other)
        return TensorShape(None if None in (self.rank, other.rank) else [*self, *other])

    __add__ = concatenate

    def __radd__(self, other: Any) -> "TensorShape":
        return TensorShape(other).concatenate(self)

    def __getitem__(self, index: Any) -> Any:
        found = tuple.__getitem__(self, index)
        return TensorShape(found) if isinstance(index, slice) else found

    def __repr__(self) -> str:
        return f"TensorShape({None if self.rank is None else self.as_list()})"

    def __str__(self) -> str:
        return "<unknown>" if self.rank is None else str(tuple(self.as_list()))

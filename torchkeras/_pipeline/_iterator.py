"""Going through a data set."""

from typing import Any

from torchkeras._pipeline import _elements, _nodes


class DatasetIterator:
    """The elements of a data set, once."""

    def __init__(self, node: _nodes.Node) -> None:
        self._node = node
        self._elements = iter(node)

    def __iter__(self) -> "DatasetIterator":
        return self

    def __next__(self) -> Any:
        return next(self._elements)

    def next(self) -> Any:
        """The next element."""
        return next(self)

    def get_next(self) -> Any:
        """The next element.

        Raises:
            StopIteration: there is none.
        """
        return next(self)

    @property
    def element_spec(self) -> Any:
        """Shapes and dtypes of an element."""
        return self._node.spec()

    @property
    def _generators(self) -> Any:
        return _nodes.generators(self._node)


class NumpyIterator(DatasetIterator):
    """The elements of a data set as NumPy arrays and scalars, once."""

    def __next__(self) -> Any:
        return _elements.as_numpy(next(self._elements))


class Options:
    """TensorFlow's options for its own engine: they can be set, and change nothing here."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = Options()
        object.__setattr__(self, name, value)
        return value

"""``tf.data.Dataset`` on torch tensors."""

from collections.abc import Callable, Iterator
from typing import Any

import torch

from torchkeras._errors import brief, nearest
from torchkeras._pipeline import _batching, _elements, _mapping, _nodes, _selection
from torchkeras._pipeline._ahead import prefetched
from torchkeras._pipeline._file_cache import FileCached, read, stored, write
from torchkeras._pipeline._grouping import Grouping
from torchkeras._pipeline._iterator import DatasetIterator, NumpyIterator, Options
from torchkeras._pipeline._sources import Sources
from torchkeras._structures import map_leaves

AUTOTUNE = -1


def _count(name: str, value: Any, least: int = 1) -> int:
    """`value` as an integer.

    Raises:
        ValueError: it is none, or too small.
    """
    if isinstance(value, bool) or not (hasattr(value, "__index__") or hasattr(value, "__int__")) or int(value) < least:
        raise ValueError(f"`{name}`: expected an integer from {least} on, got {brief(value)}.")
    return int(value)


class Dataset(Sources, Grouping):
    """Elements (tensors, or tuples and dicts of them) that come one after the other, anew each time it is iterated.

    Methods return new data sets and load nothing; iterating does. Picking (``shuffle``, ``take``, ``repeat``, ...)
    over rows of tensors moves row numbers alone, so that ``batch`` gathers each batch at once. Numbers drawn for
    ``shuffle`` come from its seed, or else from torch's global generator.

    Example:
        >>> dataset = Dataset.from_tensor_slices(([1, 2, 3, 4], [0.0, 1.0, 0.0, 1.0])).map(lambda x, y: (x * 10, y))
        >>> [x.tolist() for x, _ in dataset.batch(3)]
        [[10, 20, 30], [40]]
    """

    @classmethod
    def _of(cls, node: _nodes.Node) -> "Dataset":
        made = Dataset.__new__(Dataset)
        made._node = node
        return made

    def _select(self, kind: Any, *args: Any) -> "Dataset":
        return self._of(_selection.select(self._node, kind, *args))

    # Iterating

    def __iter__(self) -> DatasetIterator:
        return DatasetIterator(self._node)

    def as_numpy_iterator(self) -> NumpyIterator:
        """The elements with NumPy arrays and scalars for tensors."""
        return NumpyIterator(self._node)

    def make_one_shot_iterator(self) -> DatasetIterator:
        """An iterator, whose ``get_next()`` gives the next element: TensorFlow 1's spelling of ``iter``."""
        return iter(self)

    def cardinality(self) -> torch.Tensor:
        """How many elements there are; -1 if it never ends, -2 if only counting would tell."""
        return torch.tensor(self._node.cardinality())

    def __len__(self) -> int:
        size = self._node.cardinality()
        if size == _nodes.INFINITE:
            raise TypeError("The dataset is infinite, and has no length.")
        if size == _nodes.UNKNOWN:
            raise TypeError("The dataset length is unknown: only counting its elements would tell.")
        return size

    def __bool__(self) -> bool:
        return True

    @property
    def endless(self) -> bool:
        """Whether it never ends."""
        return self._node.cardinality() == _nodes.INFINITE

    @property
    def _generators(self) -> list[torch.Generator]:
        """The seeded random generators within, for who wants to come back to a place in the data."""
        return _nodes.generators(self._node)

    @property
    def element_spec(self) -> Any:
        """Shapes and dtypes of an element. Where only a function of the user's tells, one element is made."""
        return self._node.spec()

    def glance(self) -> Any:
        """An element to see what they look like: shuffling buffers are not filled for it, and no order is drawn."""
        return self._node.first()

    # Picking

    def take(self, count: Any, name: str | None = None) -> "Dataset":
        """The first `count` elements; all for -1."""
        return self._select(_selection.Taken, _count("count", count, -1))

    def skip(self, count: Any, name: str | None = None) -> "Dataset":
        """All but the first `count` elements; none for -1."""
        return self._select(_selection.Skipped, _count("count", count, -1))

    def shard(self, num_shards: Any, index: Any, name: str | None = None) -> "Dataset":
        """Every `num_shards`-th element, from number `index` on."""
        shards, index = _count("num_shards", num_shards), _count("index", index, 0)
        if index >= shards:
            raise ValueError(f"`index`: expected less than the {shards} of `num_shards`, got {index}.")
        return self._select(_selection.Sharded, shards, index)

    def repeat(self, count: Any = None, name: str | None = None) -> "Dataset":
        """The elements `count` times over; without end if it is None or -1."""
        return self._select(_selection.Repeated, None if count is None else _count("count", count, -1))

    def shuffle(
        self,
        buffer_size: Any,
        seed: Any = None,
        reshuffle_each_iteration: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """In random order, through a buffer of so many elements; another order each time, unless told otherwise."""
        reshuffle = reshuffle_each_iteration is None or bool(reshuffle_each_iteration)
        size = self._node.cardinality() if int(buffer_size) == AUTOTUNE else _count("buffer_size", buffer_size)
        return self._select(_selection.Shuffled, max(1, size), None if seed is None else int(seed), reshuffle)

    def cache(self, filename: Any = "", name: str | None = None) -> "Dataset":
        """Keep the elements after their first full iteration: in memory, or in the file ``filename + ".pt"``.

        A file that is there already is read instead of what is below, also by another process: remove it when the
        data or the functions before this change.
        """
        kept = str(filename.numpy().decode() if hasattr(filename, "numpy") else filename or "")
        return self._of(FileCached(self._node, kept)) if kept else self._select(_selection.Cached)

    def prefetch(self, buffer_size: Any = AUTOTUNE, name: str | None = None) -> "Dataset":
        """Make up to `buffer_size` elements ahead, by a thread, if making them is slow and draws no random numbers."""
        size = _count("buffer_size", buffer_size, -1)
        if size == 0 or isinstance(self._node, _nodes.Indexed):
            return self._of(self._node)
        node = self._node
        return self._of(_Prefetched(node, 2 if size == AUTOTUNE else size))

    def concatenate(self, dataset: Any, name: str | None = None) -> "Dataset":
        """These elements, and then those of `dataset`."""
        return self._of(_selection.Concatenated(self._node, dataset._node))

    # Batches

    def batch(
        self,
        batch_size: Any,
        drop_remainder: bool = False,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """So many elements together: ``(...) -> (batch_size, ...)``; the last batch may be smaller, or is dropped."""
        size = _count("batch_size", batch_size)
        return self._of(_batching.Batched(self._node, size, bool(drop_remainder)))

    def padded_batch(
        self,
        batch_size: Any,
        padded_shapes: Any = None,
        padding_values: Any = None,
        drop_remainder: bool = False,
        name: str | None = None,
    ) -> "Dataset":
        """Batches of elements that are padded at their ends.

        Args:
            batch_size: elements a batch.
            padded_shapes: shapes in the structure of an element; None or -1 along an axis is the longest of the batch.
            padding_values: 0 or an empty text by default.
            drop_remainder: drop a smaller last batch.
            name: accepted, and not used.

        Raises:
            ValueError: when iterated, an element that does not fit `padded_shapes`.
        """
        size = _count("batch_size", batch_size)
        shapes = padded_shapes
        return self._of(_batching.PaddedBatched(self._node, size, shapes, padding_values, bool(drop_remainder)))

    def ragged_batch(
        self,
        batch_size: Any,
        drop_remainder: bool = False,
        row_splits_dtype: Any = torch.int64,
        name: str | None = None,
    ) -> "Dataset":
        """Batches in which elements keep their lengths, as ``RaggedTensor``."""
        size = _count("batch_size", batch_size)
        return self._of(_batching.Batched(self._node, size, bool(drop_remainder), _batching.ragged))

    def unbatch(self, name: str | None = None) -> "Dataset":
        """The rows of each element, one after the other."""
        return self._of(_batching.Unbatched(self._node))

    def window(
        self, size: Any, shift: Any = None, stride: Any = 1, drop_remainder: bool = False, name: str | None = None
    ) -> "Dataset":
        """Data sets of `size` elements each, in the structure of an element; `flat_map` makes tensors of them.

        Args:
            size: elements a window.
            shift: from the begin of a window to that of the next; `size` by default.
            stride: from an element of a window to the next.
            drop_remainder: drop windows that are not full.
            name: accepted, and not used.
        """
        size, stride = _count("size", size), _count("stride", stride)
        shape = size, size if shift is None else _count("shift", shift), stride, bool(drop_remainder)
        node = self._node

        def windows() -> Iterator[Any]:
            return (self._window(*each) for each in _batching.windows(node, *shape))

        return self._of(_nodes.FromFunction(windows, _batching.window_count(node.cardinality(), *shape)))

    def _window(self, rows: Any, block: Any) -> Any:
        if rows is not None:
            index = _nodes.Listed(block)
            return map_leaves(lambda part: self._of(_nodes.Indexed(part, index)), rows.parts())
        return _elements.combined(lambda items: self._of(_nodes.Listed(items)), block)

    # Functions

    def map(
        self,
        map_func: Callable[..., Any],
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        synchronous: bool | None = None,
        use_unbounded_threadpool: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """What `map_func` makes of each element; a tuple is taken apart into its arguments.

        Args:
            map_func: called for every element, without gradients; its result becomes tensors.
            num_parallel_calls: threads. They are used only if the function is slow (over a millisecond) and draws no
                random numbers; the order stays.
            deterministic, synchronous, use_unbounded_threadpool, name: accepted, and not used.
        """
        workers = None if num_parallel_calls is None else int(num_parallel_calls)
        return self._of(_mapping.Mapped(self._node, map_func, workers))

    def filter(self, predicate: Callable[..., Any], name: str | None = None) -> "Dataset":
        """The elements for which `predicate` holds."""
        return self._of(_mapping.Filtered(self._node, predicate))

    def take_while(self, predicate: Callable[..., Any], name: str | None = None) -> "Dataset":
        """The elements before the first for which `predicate` does not hold."""
        return self._of(_mapping.Filtered(self._node, predicate, until=True))

    def flat_map(self, map_func: Callable[..., Any], name: str | None = None) -> "Dataset":
        """The elements of the data sets that `map_func` makes of each element."""
        return self._of(_mapping.FlatMapped(self._node, map_func))

    def interleave(
        self,
        map_func: Callable[..., Any],
        cycle_length: Any = None,
        block_length: Any = None,
        num_parallel_calls: Any = None,
        deterministic: bool | None = None,
        name: str | None = None,
    ) -> "Dataset":
        """Like `flat_map`, from `cycle_length` data sets in turn, `block_length` elements each."""
        cycle = 10 if cycle_length is None or int(cycle_length) == AUTOTUNE else _count("cycle_length", cycle_length)
        block = 1 if block_length is None else _count("block_length", block_length)
        return self._of(_mapping.Interleaved(self._node, map_func, cycle, block))

    def enumerate(self, start: Any = 0, name: str | None = None) -> "Dataset":
        """Pairs ``(number, element)``."""
        return self.zip((Dataset.counter(int(start)), self))

    def apply(self, transformation_func: Callable[["Dataset"], Any]) -> Any:
        """What a function makes of this data set."""
        return _mapping.made(transformation_func(self), "apply")

    def scan(self, initial_state: Any, scan_func: Callable[..., Any], name: str | None = None) -> "Dataset":
        """Elements with a memory: ``scan_func(state, element) -> (state, new element)``."""
        return self._of(_mapping.Scanned(self._node, initial_state, scan_func))

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any], name: str | None = None) -> Any:
        """One value of all elements: ``reduce_func(state, element) -> state`` from `initial_state` on."""
        state = _elements.as_element(initial_state)
        with torch.no_grad():
            for element in self:
                state = _elements.as_element(reduce_func(state, element))
        return state

    def get_single_element(self, name: str | None = None) -> Any:
        """The only element.

        Raises:
            ValueError: there is none, or more than one.
        """
        found = list(self.take(2))
        if len(found) != 1:
            raise ValueError(f"get_single_element: expected one element, got {'none' if not found else 'more'}.")
        return found[0]

    # Files

    def save(self, path: Any, compression: Any = None, shard_func: Any = None, checkpoint_args: Any = None) -> None:
        """Write all elements into the file ``elements.pt`` of a folder, for :meth:`load`.

        Args:
            path: the folder, made if it is missing.
            compression, shard_func, checkpoint_args: accepted, and not used.
        """
        for _ in write(iter(self._node), stored(path)):
            pass

    @classmethod
    def load(
        cls, path: Any, element_spec: Any = None, compression: Any = None, reader_func: Any = None, wait: bool = False
    ) -> "Dataset":
        """The elements that :meth:`save` wrote; nothing that the file holds is run.

        Args:
            path: the folder.
            element_spec, compression, reader_func, wait: accepted, and not used.

        Raises:
            FileNotFoundError: there is no such file.
        """
        return cls.of_elements(list(read(stored(path))))

    # Options

    def options(self) -> Options:
        """TensorFlow's options for its own engine."""
        return Options()

    def with_options(self, options: Any, name: str | None = None) -> "Dataset":
        """The same data set: TensorFlow's options concern its own engine, and none changes what comes."""
        return self._of(self._node)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        hint = nearest(name, (known for known in dir(Dataset) if not known.startswith("_")))
        raise AttributeError(f"Dataset has no {name!r}: it serves the common part of tf.data.Dataset.{hint}", name=name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} element_spec={self.element_spec}>"


class _Prefetched(_nodes.Above):
    """Made ahead by a thread, if that pays."""

    def __init__(self, below: _nodes.Node, size: int) -> None:
        super().__init__(below)
        self.size = size

    def __iter__(self) -> Iterator[Any]:
        return prefetched(iter(self.below), self.size)

    def cardinality(self) -> int:
        return self.below.cardinality()

"""Where data sets begin: tensors, generators, ranges, files, other data sets."""

import glob
import inspect
import itertools
import os
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._pipeline import _elements, _nodes
from torchkeras._pipeline._mapping import Sampled
from torchkeras._pipeline._ragged import RaggedTensor
from torchkeras._pipeline._selection import Shuffled, select
from torchkeras._pipeline._spec import TensorSpec, as_dtype
from torchkeras._strings import StringTensor, string
from torchkeras._structures import leaves, map_leaves

Self = TypeVar("Self", bound="Sources")


class Sources:
    """The constructors of data sets."""

    _node: _nodes.Node

    def __init__(self, node: _nodes.Node) -> None:
        self._node = node

    @classmethod
    def _of(cls, node: _nodes.Node) -> Any:
        """A plain data set over a node, also where `cls` is one of files."""
        raise NotImplementedError

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: str | None = None) -> Any:
        """The rows of arrays, tensors or text, in a tuple, a dict or alone; batches of them are gathered at once."""
        return cls._of(_nodes.slices(_elements.as_element(_as_columns(tensors))))

    @classmethod
    def from_tensors(cls, tensors: Any, name: str | None = None) -> Any:
        """One element: `tensors`."""
        return cls._of(_nodes.Listed([_elements.as_element(_as_columns(tensors))]))

    @classmethod
    def of_elements(cls, elements: list[Any]) -> Any:
        """Elements that are there already: structures of tensors."""
        return cls._of(_nodes.Listed(elements))

    @classmethod
    def from_generator(
        cls,
        generator: Callable[..., Any],
        output_types: Any = None,
        output_shapes: Any = None,
        args: Any = None,
        output_signature: Any = None,
        name: str | None = None,
    ) -> Any:
        """What a function, called anew for each iteration, yields.

        Args:
            generator: a function that returns something iterable, a generator function say.
            output_types: dtypes, in the structure of an element.
            output_shapes: shapes, in the same structure.
            args: for `generator`, as tensors.
            output_signature: instead of the two: ``TensorSpec`` in the structure of an element.
            name: accepted, and not used.

        Raises:
            TypeError: `generator` cannot be called, or nothing says what it yields.
        """
        if not callable(generator):
            raise TypeError(
                "from_generator: `generator` must be a function that returns an iterable, got "
                f"{brief(generator)}. Pass the generator function itself, not what it returns."
            )
        told = output_signature if output_signature is not None else _signature(output_types, output_shapes)
        spec = _own(told)
        given = tuple(_elements.as_element(item) for item in args or ())
        return cls._of(_nodes.FromFunction(lambda: _checked(generator(*given), spec), spec=spec))

    @classmethod
    def range(cls, *args: Any, **kwargs: Any) -> Any:
        """``range(stop)``, ``range(start, stop)``, ``range(start, stop, step)`` as scalars.

        Args:
            *args: as for Python's range.
            **kwargs: ``output_type``, int64 by default; ``name``.
        """
        dtype = as_dtype(kwargs.pop("output_type", torch.int64))
        kwargs.pop("name", None)
        if kwargs or not 1 <= len(args) <= 3:
            raise TypeError(f"Dataset.range: expected one to three numbers, got {args} and {kwargs}.")
        numbers = range(*(int(number) for number in args))
        return cls._of(_nodes.counted(numbers.start, numbers.stop, numbers.step, dtype))

    @classmethod
    def zip(cls, *args: Any, datasets: Any = None, name: str | None = None) -> Any:
        """Elements of several data sets side by side, in the tuple or dict in which the data sets are."""
        if datasets is None:
            datasets = args[0] if len(args) == 1 else tuple(args)
        for dataset in leaves(datasets):
            if not isinstance(dataset, Sources):
                raise TypeError(f"Dataset.zip: expected data sets in a tuple or dict, got {brief(dataset)}.")
        if isinstance(datasets, list):
            datasets = tuple(datasets)
        return cls._of(_nodes.zipped(map_leaves(lambda dataset: dataset._node, datasets)))

    @classmethod
    def list_files(
        cls, file_pattern: Any, shuffle: bool | None = None, seed: int | None = None, name: str | None = None
    ) -> Any:
        """The names of the files that match one or several patterns, shuffled unless told otherwise.

        Raises:
            ValueError: no file matches.
        """
        patterns = [os.fsdecode(each) for each in StringTensor(_names(file_pattern)).reshape(-1).numpy()]
        files = sorted(file for pattern in patterns for file in glob.glob(pattern))
        if not files:
            raise ValueError(f"list_files: no file matches {', '.join(map(repr, patterns))}.")
        node = _nodes.slices(StringTensor(files))
        shuffled = shuffle is None or shuffle
        return cls._of(select(node, Shuffled, len(files), seed, True) if shuffled else node)

    @classmethod
    def random(
        cls, seed: int | None = None, rerandomize_each_iteration: bool | None = None, name: str | None = None
    ) -> Any:
        """Random 32-bit integers without end, as int64; with a seed the same ones each time, unless told otherwise."""

        def numbers() -> Iterator[Tensor]:
            source = torch.Generator()
            again = seed is None or rerandomize_each_iteration
            source.manual_seed(int(torch.randint(2**62, ())) if again else int(seed))  # type: ignore[arg-type]
            while True:
                yield from torch.randint(2**32, (256,), generator=source).unbind()

        return cls._of(_nodes.FromFunction(numbers, _nodes.INFINITE, TensorSpec((), "int64")))

    @classmethod
    def counter(cls, start: int = 0, step: int = 1, dtype: Any = torch.int64, name: str | None = None) -> Any:
        """Numbers from `start` on, without end."""
        kind = as_dtype(dtype)

        def numbers() -> Iterator[Tensor]:
            return (torch.tensor(number, dtype=kind) for number in itertools.count(int(start), int(step)))

        return cls._of(_nodes.FromFunction(numbers, _nodes.INFINITE, TensorSpec((), kind)))

    @classmethod
    def sample_from_datasets(
        cls,
        datasets: Any,
        weights: Any = None,
        seed: int | None = None,
        stop_on_empty_dataset: bool = False,
        rerandomize_each_iteration: bool | None = None,
    ) -> Any:
        """Elements of several data sets, each time from one drawn with the given weights (even ones by default)."""
        nodes = [dataset._node for dataset in datasets]
        chances = torch.ones(len(nodes)) if weights is None else torch.as_tensor(weights, dtype=torch.float32)
        if len(chances) != len(nodes):
            raise ValueError(
                f"sample_from_datasets: expected a weight for each of the {len(nodes)} data sets, got {len(chances)}."
            )

        def choices() -> Iterator[int]:
            source = torch.Generator().manual_seed(int(torch.randint(2**62, ())) if seed is None else int(seed))
            while True:
                yield from torch.multinomial(chances, 64, replacement=True, generator=source).tolist()

        return cls._of(Sampled(nodes, choices, stop_on_empty_dataset))

    @classmethod
    def choose_from_datasets(cls, datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = True) -> Any:
        """Elements of several data sets, each time from the one whose number `choice_dataset` gives."""
        nodes = [dataset._node for dataset in datasets]
        return cls._of(Sampled(nodes, lambda: map(int, iter(choice_dataset)), stop_on_empty_dataset))


def _names(pattern: Any) -> Any:
    return (
        [os.fspath(each) for each in pattern]
        if isinstance(pattern, (list, tuple))
        else (os.fspath(pattern) if isinstance(pattern, os.PathLike) else pattern)
    )


def _as_columns(value: Any) -> Any:
    """A frame of pandas is a matrix; its ``dict`` is columns, and a mapping of another kind a dict."""
    if hasattr(value, "items") and not isinstance(value, dict) and not hasattr(value, "to_numpy"):
        return dict(value.items())
    return value


def _signature(types: Any, shapes: Any) -> Any:
    if types is None:
        raise TypeError(
            "from_generator: pass `output_signature`, or `output_types`, to say what an element looks like."
        )
    if isinstance(types, dict):
        return {key: _signature(item, None if shapes is None else shapes[key]) for key, item in types.items()}
    if isinstance(types, (tuple, list)):
        parts = [None] * len(types) if shapes is None else shapes
        return tuple(_signature(*pair) for pair in zip(types, parts))
    return TensorSpec(shapes, types)


def _own(spec: Any) -> Any:
    """A signature in our specs, of which another ``TensorSpec`` may be the begin."""
    if isinstance(spec, dict):
        return {key: _own(item) for key, item in spec.items()}
    if isinstance(spec, (tuple, list)):
        return tuple(map(_own, spec))
    if isinstance(spec, TensorSpec):
        return spec
    if not hasattr(spec, "shape") or not hasattr(spec, "dtype"):
        raise TypeError(f"from_generator: `output_signature` must hold TensorSpec, got {brief(spec)}.")
    unknown = spec.shape is None or getattr(spec.shape, "rank", 0) is None
    return TensorSpec(None if unknown else spec.shape, spec.dtype)


def _checked(made: Any, spec: Any) -> Iterator[Any]:
    if inspect.isgenerator(made) or hasattr(made, "__iter__"):
        return (_as_told(element, spec) for element in made)
    raise TypeError(f"from_generator: the function must return an iterable, got {brief(made)}.")


def _as_told(value: Any, spec: Any) -> Any:
    """What a generator yielded, as the element that the signature describes."""
    if isinstance(spec, dict):
        return {key: _as_told(value[key], item) for key, item in spec.items()}
    if isinstance(spec, (tuple, list)):
        if not isinstance(value, (tuple, list)) or len(value) != len(spec):
            raise TypeError(f"from_generator: expected a tuple of {len(spec)}, the generator yielded {brief(value)}.")
        return tuple(_as_told(*pair) for pair in zip(value, spec))
    tensor = _elements.as_tensor(list(value) if isinstance(value, tuple) else value)
    if isinstance(tensor, RaggedTensor):
        return tensor
    if (tensor.dtype == string) != (spec.dtype == string):
        raise TypeError(f"from_generator: expected {spec}, the generator yielded {brief(value)}.")
    if not spec.accepts(tensor.shape):
        raise TypeError(
            f"from_generator: expected shape {spec.shape}, the generator yielded an element of shape "
            f"{tuple(tensor.shape)}."
        )
    return tensor if isinstance(tensor, StringTensor) else tensor.to(spec.dtype)

"""Symbolic tensors and the graph that calls on them leave behind (D4, D5).

:class:`KerasTensor` has a shape with ``None`` for unknown sizes, and *probes*: the shape with two
different choices for every unknown size. To learn what a function does to shapes it is run on meta
tensors of both; sizes on which the two results differ are unknown. Nothing here knows a layer.
"""

import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._dtypes import standardize_dtype, to_torch_dtype
from torchkeras._probing import AXIS_PROBES, Probes, probes_of, probing, size_was_asked
from torchkeras._shapes import standardize
from torchkeras._structures import leaves, map_leaves


class History(NamedTuple):
    """Where a symbolic tensor comes from: the operation, which of its calls, which of the outputs."""

    operation: "Operation"
    node_index: int
    tensor_index: int


def _fixed(name: str, advice: str = "") -> Any:
    """A property that says how to get another tensor when it is set."""

    def read(self: Any) -> Any:
        return self.__dict__["_" + name]

    def refuse(self: Any, value: Any) -> None:
        raise AttributeError(f"The `{name}` attribute of KerasTensor is immutable.{advice}")

    return property(read, refuse)


class KerasTensor:
    """A tensor yet without values: the argument and result of calls that build a model.

    Args:
        shape: sizes, ``None`` where unknown.
        dtype: the dtype's name.
        name: the name; automatic if not given.
    """

    # Set by the graph, by layers and by configs that are read; absent until then.
    _keras_history: History
    _keras_mask: Any
    _stands_for: "KerasTensor"
    _pre_serialized_keras_history: Any
    optional: bool

    def __init__(
        self,
        shape: Any,
        dtype: Any = "float32",
        sparse: bool = False,
        ragged: bool = False,
        record_history: bool = True,
        name: str | None = None,
        probes: Sequence[tuple[int, ...]] | None = None,
        ragged_rank: int | None = None,
        row_splits_dtype: str | None = None,
        **kwargs: Any,
    ) -> None:
        for extra in kwargs:
            raise TypeError(f"KerasTensor: unexpected argument {extra!r}.")
        self._shape = standardize(shape)
        self._dtype = standardize_dtype(dtype)
        if sparse and ragged:
            raise ValueError("KerasTensor cannot have `sparse=True` and `ragged=True` at the same time.")
        self._sparse = bool(sparse)
        self._ragged = bool(ragged)
        self._ragged_rank = ragged_rank
        self._row_splits_dtype = row_splits_dtype
        self.name = name or _registry.auto_name("keras_tensor")
        self.record_history = record_history
        self._probes = tuple(probes) if probes is not None else probes_of(self._shape)

    shape = _fixed("shape", " Use `keras.ops.reshape`.")
    dtype = _fixed("dtype", " Use `keras.ops.cast`.")
    sparse = _fixed("sparse")
    ragged = _fixed("ragged")
    ragged_rank = _fixed("ragged_rank")
    row_splits_dtype = _fixed("row_splits_dtype")

    @property
    def ndim(self) -> int:
        return len(self._shape)

    def probe(self, index: int) -> Tensor:
        """A meta tensor of the shape, with the `index`-th stand-in for unknown sizes."""
        return torch.empty(self._probes[index], dtype=to_torch_dtype(self._dtype), device="meta")

    @classmethod
    def __torch_function__(
        cls, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """Plain torch functions on symbolic tensors are recorded like any operation."""
        known = AS_OP.get(function) if not kwargs else None
        return record(function, args, kwargs or {}) if known is None else known(*args)

    def __getattr__(self, name: str) -> Any:
        method = None if name.startswith("_") or name in _NEEDS_VALUES else getattr(Tensor, name, None)
        if method is None:
            raise AttributeError(f"KerasTensor has no attribute {name!r}.")
        if not callable(method):  # a property such as `.T` or `.mT`
            return record(_TensorProperty(name), (self,), {})
        return lambda *args, **kwargs: record(method, (self, *args), kwargs)

    def __bool__(self) -> bool:
        raise TypeError(
            "A symbolic KerasTensor cannot be used as a boolean. Use `keras.ops.where` or `keras.ops.cond`."
        )

    def __float__(self) -> float:
        raise TypeError("A symbolic KerasTensor has no values yet, so it cannot become a number.")

    __int__ = __index__ = __float__

    def __len__(self) -> int:
        raise TypeError("A symbolic KerasTensor has no length. Look at its `shape`.")

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise ValueError(
            "A KerasTensor is symbolic: it stands for a shape and a dtype and has no values yet, so NumPy cannot "
            "use it. Use `keras.ops` or torch functions instead, or put the NumPy call into a Lambda layer."
        )

    def __iter__(self) -> Any:
        raise NotImplementedError("Iterating over a symbolic KerasTensor is not supported: it has no values yet.")

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        kind = f"sparse={self.sparse}, ragged={self.ragged}"
        return f"<KerasTensor shape={self.shape}, dtype={self.dtype}, {kind}, name={self.name}>"


# torch's operators (``tensor + symbol``) -> the op under which they are recorded; `ops` fills it
AS_OP: dict[Callable[..., Any], Callable[..., Any]] = {}
_NEEDS_VALUES = {
    "numpy",
    "item",
    "tolist",
    "data_ptr",
    "backward",
    "grad",
    "data",
    "is_cuda",
    "device",
    "name",
    "names",
}
_NEEDS_VALUES |= {"H", "storage", "requires_grad", "grad_fn", "layout", "is_meta", "cpu", "cuda", "detach_"}


class _TensorProperty:
    """``tensor.T`` as a function, so that it can be recorded, copied and pickled."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, tensor: Any) -> Any:
        return getattr(tensor, self.__name__)


def is_keras_tensor(x: Any) -> bool:
    """Whether `x` is a symbolic tensor."""
    return isinstance(x, KerasTensor)


def symbols(*values: Any) -> list[KerasTensor]:
    """The symbolic tensors among the leaves."""
    return [leaf for leaf in leaves(values) if isinstance(leaf, KerasTensor)]


def any_symbolic(args: tuple[Any, ...], kwargs: dict[str, Any] | None = None) -> bool:
    """Whether a symbolic tensor is among the arguments, also inside tuples, lists and dicts."""
    for value in (*args, *kwargs.values()) if kwargs else args:
        if isinstance(value, KerasTensor):
            return True
        if isinstance(value, (list, tuple, dict)) and any(isinstance(leaf, KerasTensor) for leaf in leaves(value)):
            return True
    return False


# Shapes by running.


def infer(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """What `function` returns for symbolic arguments: a structure of new symbolic tensors.

    Where unknown sizes must go with known ones, or with each other, the first stand-ins fail: then an unknown
    size is taken for the known one that another argument has there, or all unknown sizes for equal ones.
    """
    try:
        return _probed(function, args, kwargs, lambda symbol: symbol._probes)
    except (RuntimeError, ValueError, IndexError):
        found = symbols(args, kwargs)
        leading, every = (functools.partial(_aligned, found, every=every) for every in (False, True))
        for choose in (_alike, leading, every):
            if any(choose(symbol) != symbol._probes for symbol in found):
                with contextlib.suppress(RuntimeError, ValueError, IndexError):
                    return _probed(function, args, kwargs, choose)
        raise


def _probed(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any], choose: Callable[[KerasTensor], Probes]
) -> Any:
    runs = max((len(choose(symbol)) for symbol in symbols(args, kwargs)), default=1)
    results: list[Any] = []
    while len(results) < runs:
        index = len(results)

        def stand_in(leaf: Any, index: int = index) -> Any:
            if not isinstance(leaf, KerasTensor):
                return leaf
            probes = choose(leaf)
            return torch.empty(probes[min(index, len(probes) - 1)], dtype=to_torch_dtype(leaf._dtype), device="meta")

        probe_args, probe_kwargs = map_leaves(stand_in, args), map_leaves(stand_in, kwargs)
        with probing(index):
            results.append(function(*probe_args, **probe_kwargs))
        if size_was_asked():
            runs = 2
    return join_probes(results)


def _aligned(others: list[KerasTensor], symbol: KerasTensor, every: bool) -> Probes:
    """Unknown sizes, of the first axis or of every one, become the known ones of `others`, as in broadcasting."""
    shape = list(symbol.shape)
    for axis in range(1 if every else max(len(shape), 1), len(shape) + 1):
        known = {other.shape[-axis] for other in others if axis <= other.ndim} - {None, 1}
        if shape[-axis] is None and len(known) == 1:
            shape[-axis] = known.pop()
    return symbol._probes if shape == list(symbol.shape) else probes_of(tuple(shape))


def _alike(symbol: KerasTensor) -> Probes:
    """The same stand-in, which many numbers divide, for all unknown sizes."""
    if None not in symbol.shape:
        return symbol._probes
    return tuple(tuple(size if size is not None else probe for size in symbol.shape) for probe in AXIS_PROBES)


def join_probes(results: list[Any]) -> Any:
    """Symbolic tensors out of the structures of meta tensors that one or two runs gave."""
    flat = [list(leaves(result)) for result in results]
    joined = iter([_join(run) for run in zip(*flat, strict=True)])
    return map_leaves(lambda _: next(joined), results[0])


def _join(tensors: tuple[Any, ...]) -> Any:
    first = tensors[0]
    if not isinstance(first, Tensor):
        return first
    shapes = tuple(tuple(tensor.shape) for tensor in tensors)
    shape = tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*shapes, strict=True))
    return KerasTensor(shape, first.dtype, probes=shapes if None in shape else shapes[:1])


# The graph.


class Node:
    """One call of an operation: its arguments, some of them symbolic, and its results.

    `args` and `kwargs` are what Keras writes into a config. `running` is what the call is run with, where
    that is something else: masks that Keras routes without writing them, no arguments that say nothing.
    """

    def __init__(
        self,
        operation: "Operation",
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        outputs: Any,
        running: dict[str, Any] | None = None,
    ) -> None:
        self.operation = operation
        self.args = args
        self.kwargs = kwargs
        self.running = kwargs if running is None else running
        self.outputs = outputs
        self.input_tensors = symbols(args, kwargs)
        self.output_tensors = symbols(outputs)
        operation._inbound_nodes.append(self)
        index = len(operation._inbound_nodes) - 1
        for position, tensor in enumerate(self.output_tensors):
            tensor._keras_history = History(operation, index, position)

    @property
    def running_tensors(self) -> list[KerasTensor]:
        """The symbolic tensors that running the call needs."""
        return symbols(self.args, self.running)

    @property
    def is_input(self) -> bool:
        return not self.input_tensors


def node_of(tensor: KerasTensor) -> Node:
    """The call that made a symbolic tensor."""
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


class Operation:
    """Something that can be called and leaves a :class:`Node` when called on symbolic tensors.

    Args:
        name: the name; made from the class' name if not given.
    """

    name: str
    _inbound_nodes: list[Node]

    def __init__(self, name: str | None = None) -> None:
        if name is None:
            name = _registry.auto_name(_registry.to_snake_case(type(self).__name__))
        if not isinstance(name, str) or "/" in name:
            raise ValueError(f"{type(self).__name__}: `name` must be a string without '/', got {name!r}.")
        self.__dict__["name"] = name
        self.__dict__["_inbound_nodes"] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """The computation; subclasses write it."""
        raise NotImplementedError(f"{type(self).__name__} has no `call` method.")

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """The result for symbolic arguments, recorded in the graph."""
        outputs = self.compute_output_spec(*args, **kwargs)
        Node(self, args, kwargs, outputs)
        return outputs

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """The symbolic results for symbolic arguments; by default `call` is run on meta tensors."""
        return infer(self.call, args, kwargs)

    @property
    def input(self) -> Any:
        """The symbolic arguments of the first call."""
        tensors = self._first_node("input").input_tensors
        return tensors[0] if len(tensors) == 1 else tensors

    @property
    def output(self) -> Any:
        """The symbolic results of the first call."""
        tensors = self._first_node("output").output_tensors
        return tensors[0] if len(tensors) == 1 else tensors

    def _first_node(self, what: str) -> Node:
        if not self._inbound_nodes:
            raise AttributeError(
                f"The layer {self.name} has never been called on symbolic tensors and thus has no defined {what}."
            )
        return self._inbound_nodes[0]


class FunctionOperation(Operation):
    """A plain function in the graph: one of ``keras.ops`` or of torch."""

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        called = getattr(function, "_node_name", None) or getattr(function, "__name__", "function").strip("_")
        super().__init__(name or _registry.auto_name(called))
        self.function = function

    def call(self, *args: Any, **kwargs: Any) -> Any:
        return self.function(*args, **kwargs)

    def __repr__(self) -> str:
        return f"<Operation {self.function.__name__} name={self.name}>"


# gives symbolic tensors their values while a function is called that reads tensors of a running model (`_eras`)
value_of: Callable[[Any], Any] | None = None


def record(function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Call `function` on symbolic arguments: infer the results and put the call into the graph."""
    if value_of is not None:
        return function(*map_leaves(value_of, args), **map_leaves(value_of, kwargs))
    return FunctionOperation(function).symbolic_call(*args, **kwargs)

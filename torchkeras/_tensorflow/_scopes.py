"""Contexts: devices and names, and those that only graphs of TensorFlow need."""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras import _scopes
from torchkeras._tensorflow._rows import own, publish


class name_scope(contextlib.ContextDecorator):
    """Variables made inside have `name` in their path. Slashes part several names.

    Args:
        name: the name; what TensorFlow 1 took beside it is accepted.
    """

    def __init__(self, name: str | None = None, default_name: str | None = None, values: Any = None) -> None:
        self.name = name or default_name or "scope"

    def __enter__(self) -> str:
        self._open = contextlib.ExitStack()
        for part in filter(None, self.name.split("/")):
            self._open.enter_context(_scopes.name_scope(part))
        return f"{self.name}/"

    def __exit__(self, *error: Any) -> None:
        self._open.close()


class variable_scope(name_scope):
    """TensorFlow 1's scope of names: ``reuse=`` and kin are accepted, variables are objects here."""

    def __init__(self, name_or_scope: Any = None, default_name: str | None = None, **kwargs: Any) -> None:
        super().__init__(getattr(name_or_scope, "name", name_or_scope), default_name)


@contextlib.contextmanager
def device(device_name: Any) -> Iterator[None]:
    """Tensors and weights made inside are there: ``"/GPU:0"``, ``"/cpu:0"``. Without such a device nothing changes."""
    chosen = _device(str(device_name or ""))
    if chosen is None:
        yield
    else:
        with _scopes.device(chosen):
            yield


def _device(name: str) -> str | None:
    """torch's name of TensorFlow's device, None if there is none."""
    kind, _, index = name.lower().rpartition("device:")[2].strip("/").partition(":")
    if kind == "cpu":
        return "cpu"
    number = int(index) if index.isdigit() else 0
    return f"cuda:{number}" if kind == "gpu" and number < torch.cuda.device_count() else None


@own
def control_dependencies(control_inputs: Any = None) -> Any:
    """A context that changes nothing: everything runs in the order of the script."""
    return contextlib.nullcontext()


@own
def init_scope() -> Any:
    """A context that changes nothing."""
    return contextlib.nullcontext()


class Graph:
    """A context that changes nothing, ``with tf.Graph().as_default():``. There are no graphs of TensorFlow here."""

    finalized = False

    def as_default(self) -> Any:
        """The context."""
        return contextlib.nullcontext(self)

    def device(self, name: Any) -> Any:
        """:func:`device`."""
        return device(name)

    def name_scope(self, name: str) -> name_scope:
        """:class:`name_scope`."""
        return name_scope(name)

    def finalize(self) -> None:
        """Nothing to do."""

    def get_operations(self) -> list[Any]:
        """No operations."""
        return []


_GRAPH = Graph()


def get_default_graph() -> Graph:
    """The one :class:`Graph`, which holds nothing."""
    return _GRAPH


@own
def group(*inputs: Any) -> None:
    """None: what is grouped has already run."""


@own
def no_op() -> None:
    """None."""


@own
def identity_n(input: Any) -> list[Any]:
    """The tensors as they are."""
    return list(input)


@own
def tuple(tensors: Any, control_inputs: Any = None) -> list[Any]:
    """The tensors as they are."""
    return list(tensors)


publish(globals(), "Graph", "device", "get_default_graph", "name_scope")

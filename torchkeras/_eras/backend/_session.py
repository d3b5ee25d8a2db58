"""TensorFlow's sessions and graphs, as far as scripts handle them through ``keras.backend``.

There is no session here: tensors have their values at once. What only prepares or ends one does nothing; what computes
(``run``) computes.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras import _registry, _scopes
from torchkeras._eras.backend import _random
from torchkeras._eras.backend._function import GraphFunction
from torchkeras._eras.backend._values import get_value
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras._variable import Variable


class Graph:
    """The one graph: entering it, fixing it or making it the default changes nothing."""

    @contextlib.contextmanager
    def as_default(self) -> Iterator["Graph"]:
        """Nothing: there is one graph."""
        yield self

    def finalize(self) -> None:
        """Nothing: a graph of symbolic tensors can always grow."""

    def __enter__(self) -> "Graph":
        return self

    def __exit__(self, *error: Any) -> None:
        return None


class Session:
    """What :func:`get_session` gives."""

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        self.graph = graph if graph is not None else get_graph()

    def run(self, fetches: Any, feed_dict: dict[Any, Any] | None = None, options: Any = None) -> Any:
        """The values of symbolic tensors, variables and tensors, in their structure, as arrays.

        Args:
            fetches: what to compute; what TensorFlow calls an operation (an initializer, None) gives None.
            feed_dict: the values of the symbolic tensors from which it is computed.
            options: accepted for compatibility.
        """
        if any(isinstance(leaf, KerasTensor) for leaf in leaves(fetches)):
            fed = dict(feed_dict or {})
            return GraphFunction(list(fed), map_leaves(_known, fetches))(list(fed.values()))
        return map_leaves(lambda leaf: get_value(_known(leaf)), fetches)

    @contextlib.contextmanager
    def as_default(self) -> Iterator["Session"]:
        """Nothing: there is one session."""
        yield self

    def list_devices(self) -> list[str]:
        """The names of the devices, in TensorFlow's words."""
        return ["/device:CPU:0", *_get_available_gpus()]

    def close(self) -> None:
        """Nothing: there is nothing to free."""

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *error: Any) -> None:
        return None


def _known(leaf: Any) -> Any:
    return leaf if isinstance(leaf, (KerasTensor, Variable, torch.Tensor, int, float)) else None


_graph = Graph()
_session: Any = None


def get_graph() -> Graph:
    """The one graph."""
    return _graph


def get_session(op_input_list: Any = ()) -> Any:
    """The session that :func:`set_session` set, else one that computes what it is asked to ``run``."""
    global _session
    if _session is None:
        _session = Session()
    return _session


def set_session(session: Any) -> None:
    """Keep `session` for :func:`get_session`; its options for devices and memory have no effect here."""
    global _session
    _session = session


def manual_variable_initialization(value: bool) -> None:
    """Nothing: variables have their first value from the beginning."""


def _get_available_gpus() -> list[str]:
    """The GPUs, in TensorFlow's words: ``["/device:GPU:0"]``."""
    return [f"/device:GPU:{index}" for index in range(torch.cuda.device_count())]


def reset_uids() -> None:
    """Start automatic names anew."""
    _registry.reset_uids()
    _random.restart()


def name_scope(name: str) -> Any:
    """Variables made inside have `name` in their path: ``with K.name_scope("block"): ...``."""
    return _scopes.name_scope(name.replace("/", "_"))


__all__ = [
    "_get_available_gpus",
    "get_graph",
    "get_session",
    "manual_variable_initialization",
    "name_scope",
    "reset_uids",
]
__all__ += ["set_session"]

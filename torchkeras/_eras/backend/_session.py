"""TensorFlow's sessions and graphs, as far as scripts handle them through ``keras.backend``, and names.

There is no session here: tensors have their values at once. What only prepares or ends one does nothing; what computes
(``run``) computes.
"""

from typing import Any

import torch

from torchkeras import _registry, _scopes
from torchkeras._eras.backend import _random
from torchkeras._eras.backend._function import GraphFunction
from torchkeras._tensorflow import _scopes as _graphs
from torchkeras._tensorflow.compat.v1 import _session as _sessions

_session: Any = None


def _compute(fed: dict[Any, Any], symbolic: list[Any]) -> list[Any]:
    found: list[Any] = GraphFunction(list(fed), symbolic)(list(fed.values()))
    return found


_sessions.compute = _compute


def get_graph() -> Any:
    """The one graph."""
    return _graphs.get_default_graph()


def get_session(op_input_list: Any = ()) -> Any:
    """The session that :func:`set_session` set, else one that computes what it is asked to ``run``.

    ``run(fetches, feed_dict)`` gives the values of symbolic tensors, variables and tensors, in their structure, as
    arrays, and None for what TensorFlow calls an operation: an initializer has nothing left to do.
    """
    return _session if _session is not None else _sessions.get_default_session()


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

"""Sessions: tensors have their values at once, so running one only hands them out."""

import types
from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras import ops
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._scopes import Graph, get_default_graph
from torchkeras._variable import Variable
from torchkeras.models._function import Function


class ConfigProto:
    """Options of a session; any may be given, read and set, none changes anything here."""

    def __init__(self, **options: Any) -> None:
        self.gpu_options = GPUOptions()
        self.graph_options = types.SimpleNamespace(optimizer_options=types.SimpleNamespace())
        self.experimental = types.SimpleNamespace()
        vars(self).update(options)


class GPUOptions:
    """Options of GPUs: torch takes their memory as it needs it, always."""

    def __init__(self, **options: Any) -> None:
        self.allow_growth = True
        self.per_process_gpu_memory_fraction = 1.0
        self.visible_device_list = ""
        vars(self).update(options)


class RunOptions(ConfigProto):
    """Options of a run; none changes anything here."""

    FULL_TRACE = 3


def _computed(fed: dict[Any, Any], symbolic: list[Any]) -> list[Any]:
    results: list[Any] = Function(list(fed), symbolic)([ops.convert_to_tensor(value) for value in fed.values()])
    return results


# how symbolic tensors are computed from values of others; `keras.backend` of Keras 2 knows phases and gradients, too
compute: Callable[[dict[Any, Any], list[Any]], list[Any]] = _computed


class Session:
    """Hands out values: :meth:`run` of a tensor or variable gives an array, of an initializer or None nothing.

    Args:
        target, graph, config: accepted, and change nothing.
    """

    def __init__(self, target: str = "", graph: Any = None, config: Any = None) -> None:
        self.graph: Graph = graph or get_default_graph()

    def run(self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None) -> Any:
        """The values of tensors, variables and symbolic tensors, in their structure, as arrays.

        Args:
            fetches: what to compute; anything else than these gives None.
            feed_dict: values of the symbolic tensors (``tf.keras.Input``) from which others are computed.
        """
        symbolic = [item for item in leaves(fetches) if isinstance(item, KerasTensor)]
        found = {}
        if symbolic:
            fed = {key: value for key, value in (feed_dict or {}).items() if isinstance(key, KerasTensor)}
            found = dict(zip(map(id, symbolic), compute(fed, symbolic)))
        return map_leaves(lambda item: _value(found.get(id(item), item)), fetches)

    def close(self) -> None:
        """Nothing to free."""

    def as_default(self) -> "Session":
        """Itself, as a context."""
        return self

    def list_devices(self) -> list[Any]:
        """No devices of TensorFlow."""
        return []

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *error: Any) -> None:
        return None


InteractiveSession = Session
_session = Session()


def _value(item: Any) -> Any:
    if isinstance(item, np.ndarray | np.generic):
        return item
    if isinstance(item, (Tensor, Variable)):
        return ops.convert_to_numpy(item)
    return item if isinstance(item, (int, float)) else None


@own
def get_default_session() -> Session:
    """A session."""
    return _session


publish(globals(), "ConfigProto", "GPUOptions", "InteractiveSession", "RunOptions", "Session")

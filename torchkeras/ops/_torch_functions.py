"""torch's functions in a graph's config, which Keras' own configs do not hold.

The table is what torch itself lets others override: functions of tensors, without those that work in place.
"""

import functools
from typing import Any

import torch

from torchkeras._errors import nearest
from torchkeras._symbolic import FunctionOperation, _TensorProperty
from torchkeras.ops._op import Op

# methods that do more than compute, or hand out what lies below a tensor
_BARRED: tuple[str, ...] = (
    "backward",
    "module_load",
    "numpy",
    "register_hook",
    "register_post_accumulate_grad_hook",
    "retain_grad",
)
_BARRED += ("storage", "storage_offset", "storage_type", "untyped_storage")
_PROPERTIES = ("H", "T", "imag", "mH", "mT", "real")


# Functions beside torch's that configs may name: the stand-in for tensorflow enters its own, when it is imported.
OTHERS: dict[str, Op] = {}


def torch_entry(operation: FunctionOperation) -> dict[str, Any]:
    """The entry of a call of a torch function, by its name.

    Raises:
        TypeError: a function that torch does not have.
    """
    function = operation.function
    known = {item: name for name, item in _known().items()}
    name = f"torch.Tensor.{function.__name__}" if isinstance(function, _TensorProperty) else known.get(function)
    if name is None:
        name = next((other for other, item in OTHERS.items() if item is function), None)
    if name is None:
        raise TypeError(
            f"{function!r} in the graph cannot be written into a config: it is no op and no torch function."
        )
    config = {"name": operation.name, "function": name}
    return {"module": "torch", "class_name": "function", "config": config, "registered_name": None}


def torch_function(name: str) -> Op:
    """The torch function of that name, out of the closed table: nothing is imported (D10)."""
    found = _known().get(name) or OTHERS.get(name)
    if found is None and name.removeprefix("torch.Tensor.") in _PROPERTIES:
        return _TensorProperty(name.removeprefix("torch.Tensor."))
    if found is None and name.startswith("tensorflow."):
        raise ValueError(
            f"The model has {name!r} in its graph, one of TensorFlow's functions: load it in a script that has "
            "imported tensorflow under the runner (`python -m torchkeras script.py`)."
        )
    if found is None:
        raise ValueError(f"Unknown torch function in the config: {name!r}.{nearest(name, _known())}")
    return found


@functools.cache
def _known() -> dict[str, Op]:
    places = torch.overrides.get_overridable_functions()
    named = {
        f"{place.__module__ + '.' if isinstance(place, type) else ''}{place.__name__}.{function.__name__}": function
        for place, functions in places.items()
        for function in functions
        if hasattr(place, "__name__") and hasattr(function, "__name__")
    }
    return {name: item for name, item in named.items() if _is_computation(name.rpartition(".")[2])}


def _is_computation(name: str) -> bool:
    return not (name.startswith("_") or name.endswith("_") or name in _BARRED)

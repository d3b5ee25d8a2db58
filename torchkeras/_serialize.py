"""Objects as plain values, in the form that Keras 3 writes.

An object becomes ``{"module", "class_name", "config", "registered_name"}``; what JSON has no word for
(arrays, slices, symbolic tensors, lambdas) becomes ``{"class_name": "__numpy__", "config": {...}}``.
"""

import inspect
import types
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras import _lambda_code, _own_functions, _registry
from torchkeras._dtypes import standardize_dtype
from torchkeras._errors import brief
from torchkeras._symbolic import KerasTensor

PLAIN = (str, bool, int, float, types.NoneType)


def serialize_keras_object(obj: Any) -> Any:
    """`obj` as plain values: numbers, texts, lists and dictionaries, as in ``keras.saving``.

    Raises:
        TypeError: an object without ``get_config()``.
    """
    if isinstance(obj, PLAIN):
        return obj
    if isinstance(obj, dict):
        return {key: serialize_keras_object(value) for key, value in obj.items()}
    if isinstance(obj, (list, tuple)):
        items = [serialize_keras_object(item) for item in obj]
        return tuple(items) if isinstance(obj, tuple) else items
    for kind, write in _WRITERS.items():
        if isinstance(obj, kind):
            return write(obj)
    if hasattr(obj, "get_config") and not inspect.isclass(obj):
        return _serialize_object(obj)
    if callable(obj) and hasattr(obj, "__name__") and not inspect.isclass(obj):
        return _serialize_function(obj)
    raise TypeError(
        f"Cannot serialize {brief(obj)} of type {type(obj)}. To be serializable, a class must implement the "
        "`get_config()` method."
    )


def _serialize_object(obj: Any) -> dict[str, Any]:
    module, name, registered = identity(type(obj))
    written = {"module": module, "class_name": name, "config": _config_of(obj), "registered_name": registered}
    for key, method in (("build_config", "get_build_config"), ("compile_config", "get_compile_config")):
        found = getattr(obj, method)() if hasattr(obj, method) else None
        if found is not None:
            written[key] = serialize_dict(found)
    return written


def _config_of(obj: Any) -> dict[str, Any]:
    config = obj.get_config()
    if not isinstance(config, dict):
        raise TypeError(
            f"The `get_config()` method of {type(obj).__name__} should return a dict. It returned: {config!r}"
        )
    return serialize_dict(config)


def serialize_dict(values: dict[str, Any]) -> dict[str, Any]:
    """Every value of the dictionary serialized."""
    return {key: serialize_keras_object(value) for key, value in values.items()}


def identity(cls: type) -> tuple[str | None, str, str | None]:
    """How configs name a class: its module, its name, and the name it is registered under."""
    found = _registry.PATHS.get(cls)
    if found is not None:
        module, name = found
        # Keras knows what is not public by its own module and a registered name
        return module, name, name if module.startswith("keras.src") else None
    own = None if cls.__module__ in ("__main__", "builtins") else cls.__module__
    return own, cls.__name__, _registry.get_registered_name(cls)


def _serialize_function(function: Callable[..., Any]) -> dict[str, Any]:
    if getattr(function, "__name__", "") == "<lambda>":
        warnings.warn(
            "The object being serialized includes a `lambda`. This is unsafe: to reload the object, one has to pass "
            "`safe_mode=False` to the loading function. Please avoid lambdas and use named Python functions instead.",
            UserWarning,
            stacklevel=3,
        )
        code, *parts = written = _lambda_code.dump(function)
        _own_functions.wrote(code, parts, function)
        return {"class_name": "__lambda__", "config": {"value": written}}
    name = _registry.get_registered_name(function)
    _own_functions.wrote(name, None, function)
    return {"module": "builtins", "class_name": "function", "config": name, "registered_name": "function"}


def _special(name: str, **config: Any) -> dict[str, Any]:
    return {"class_name": f"__{name}__", "config": config}


def _serialize_symbol(symbol: KerasTensor) -> dict[str, Any]:
    history = getattr(symbol, "_keras_history", None)
    place = None if history is None else [history.operation.name, history.node_index, history.tensor_index]
    return _special("keras_tensor", shape=symbol.shape, dtype=symbol.dtype, keras_history=place)


def _serialize_tensor(value: Tensor) -> dict[str, Any]:
    return _special("tensor", value=value.detach().cpu().tolist(), dtype=standardize_dtype(value.dtype))


_WRITERS: dict[Any, Callable[[Any], Any]] = {
    bytes: lambda value: _special("bytes", value=value.decode("utf-8")),
    np.generic: lambda value: value.item(),
    np.ndarray: lambda value: _special("numpy", value=value.tolist(), dtype=value.dtype.name),
    Tensor: _serialize_tensor,
    KerasTensor: _serialize_symbol,
    slice: lambda value: _special("slice", **serialize_dict({k: getattr(value, k) for k in ("start", "stop", "step")})),
    types.EllipsisType: lambda value: _special("ellipsis"),
}

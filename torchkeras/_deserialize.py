"""Objects out of the plain values that :mod:`torchkeras._serialize` wrote (D10).

A name is looked up among the custom objects and in the registry. Nothing is imported, and no code that
came with the values runs unless the caller said so.
"""

import contextlib
import contextvars
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras import _lambda_code, _own_functions, _registry, _settings
from torchkeras._errors import brief, nearest
from torchkeras._file_errors import BadConfigError, FileError, UnknownNameError, UnsafeFileError
from torchkeras._serialize import PLAIN
from torchkeras._symbolic import KerasTensor
from torchkeras.ops._op import tensor

_safe_mode: contextvars.ContextVar[bool | None] = contextvars.ContextVar("torchkeras_safe_mode", default=None)


def safe_mode() -> bool | None:
    """Whether lambdas are refused, as the call that loads said; None outside of such a call."""
    return _safe_mode.get()


def lambdas_allowed(safe: bool | None = None) -> bool:
    """Whether code in a config may be run: only where `safe` or the loading call says False, or the setting does."""
    chosen = _safe_mode.get() if safe is None else safe
    return chosen is False or _settings.unsafe_deserialization


@contextlib.contextmanager
def safe_mode_scope(safe: bool | None) -> Iterator[None]:
    """Inside, :func:`safe_mode` is `safe`."""
    token = _safe_mode.set(safe)
    try:
        yield
    finally:
        _safe_mode.reset(token)


def deserialize_keras_object(
    config: Any, custom_objects: dict[str, Any] | None = None, safe_mode: bool = True, **kwargs: Any
) -> Any:
    """The object that :func:`serialize_keras_object` wrote.

    Args:
        config: what was written.
        custom_objects: names of the users' classes and functions that it may hold.
        safe_mode: whether to refuse lambdas, which are code.

    Raises:
        UnknownNameError: a name that is neither built in nor registered; also a TypeError, as in Keras.
        UnsafeFileError: a lambda in safe mode.
    """
    module_objects = kwargs.pop("module_objects", None)
    if kwargs:
        raise TypeError(f"deserialize_keras_object: unexpected arguments {list(kwargs)}.")
    # an enclosing load decides for everything inside it
    enclosing = _safe_mode.get()
    with _registry.CustomObjectScope(custom_objects), safe_mode_scope(safe_mode if enclosing is None else enclosing):
        return _read(config, module_objects or {})


def _shown(config: Any) -> str:
    """A config in a message: not all of a large one, and the messages of nested ones hold each other."""
    text = str(config)
    return text if len(text) <= 1000 else f"{text[:997]}..."


def _read(config: Any, table: dict[str, Any]) -> Any:
    if isinstance(config, str):
        found = _registry.get_registered_object(config)
        return config if found is None else found
    if isinstance(config, (*PLAIN, KerasTensor, Tensor, np.ndarray)):
        return config
    if isinstance(config, (list, tuple)):
        return [_read(item, table) for item in config]
    if not isinstance(config, dict):
        raise TypeError(f"Could not parse config: {brief(config)}")
    if "class_name" not in config or "config" not in config:
        return {key: _read(value, table) for key, value in config.items()}
    special = _READERS.get(config["class_name"]) if isinstance(config["class_name"], str) else None
    if special is not None:
        return special(config["config"])
    if config["class_name"] == "function":
        return _find_function(config, table)
    return _read_object(config, table)


def _read_object(config: dict[str, Any], table: dict[str, Any]) -> Any:
    name, inner = config["class_name"], config["config"]
    if not isinstance(name, str):
        raise BadConfigError(f"Expected 'class_name' to be a string, instead got {type(name)}.")
    if not isinstance(inner, dict):
        raise TypeError(
            f"Expected 'config' to be a dict for {name}, instead got {type(inner)}. Full config: {_shown(config)}"
        )
    cls: Any = _find_class(config, table)
    if not isinstance(cls, type):  # `{"class_name": "mse", "config": {}}`, as Keras 2 wrote functions
        return cls
    if not hasattr(cls, "from_config"):
        raise TypeError(
            f"Unable to reconstruct an instance of '{name}': the class has no `from_config()` method. "
            f"Full object config: {_shown(config)}"
        )
    try:
        obj = cls.from_config(inner)
    except FileError:
        raise
    except TypeError as error:
        raise BadConfigError(
            f"{cls} could not be deserialized properly. Please ensure that components that are Python object "
            "instances (layers, models, etc.) returned by `get_config()` are explicitly deserialized in the model's "
            f"`from_config()` method.\n\nconfig={_shown(config)}.\n\nException encountered: {_shown(error)}"
        ) from error
    if config.get("build_config") and hasattr(obj, "build_from_config"):
        obj.build_from_config(config["build_config"])
    if config.get("compile_config") and hasattr(obj, "compile_from_config"):
        obj.compile_from_config(config["compile_config"])
    return obj


def _find_class(config: dict[str, Any], table: dict[str, Any]) -> Any:
    name, module = config["class_name"], config.get("module")
    for key in (config.get("registered_name"), name):
        found = _registry.get_registered_object(key) if isinstance(key, str) else None
        if found is not None:
            return found
    found = _registry.built_in(module, name) if module else table.get(name)
    if found is None and isinstance(module, str) and module.startswith(("keras.", "tf_keras.", "tensorflow.")):
        found = _registry.by_name(name, module)
    if found is None:
        raise _not_found("class", name, config, table)
    _refuse_registered_name(config, name)
    return found


def _refuse_registered_name(config: dict[str, Any], name: str) -> None:
    """A name under which users register, where one of ours was found: the file wants to pass for something else."""
    registered = config.get("registered_name")
    if registered not in (None, "", name, "function"):
        raise UnsafeFileError(
            f"`registered_name={registered!r}` was provided in the config, but '{config.get('module')}.{name}' "
            "resolved to a Keras built-in, which has no registered name. Remove `registered_name` from the config, or "
            f"register the object that is meant. Full object config: {_shown(config)}"
        )


def _find_function(config: dict[str, Any], table: dict[str, Any]) -> Any:
    name = config["config"]
    if not isinstance(name, str):
        raise TypeError(
            f"Expected 'config' to be a non-null string, the name of a function, got {brief(name)}. "
            f"Full object config: {_shown(config)}"
        )
    found = _registry.get_registered_object(name)
    if found is None:
        found = table.get(name) or _registry.function(name)
        if found is not None:
            _refuse_registered_name(config, name)
    if found is None:
        # Keras up to 3.6 wrote a registered function without its package
        found = next((item for key, item in _registry.get_custom_objects().items() if key.endswith(f">{name}")), None)
    found = _own_functions.find(name) if found is None else found
    if found is None:
        raise _not_found("function", name, config, table)
    return found


def _not_found(kind: str, name: str, config: dict[str, Any], table: dict[str, Any]) -> TypeError:
    known = {entry for entry in table or (entry for _, entry in _registry.BUILT_IN) if entry != name}
    return UnknownNameError(
        f"Could not locate {kind} '{name}'.{nearest(str(name), known)} Make sure custom classes and functions are "
        "decorated with `@keras.saving.register_keras_serializable()`, or pass them as `custom_objects`. If they are "
        "already decorated, make sure they are all imported so that the decorator is run before trying to load them. "
        f"Full object config: {_shown(config)}"
    )


def _read_lambda(config: dict[str, Any]) -> Any:
    value = config["value"]
    if isinstance(value, (list, tuple)) and (own := _own_functions.find(value[0], value[1:])) is not None:
        return own
    if not lambdas_allowed():
        raise UnsafeFileError(
            "Requested the deserialization of a Python lambda. This carries a potential risk of arbitrary code "
            "execution and thus it is disallowed by default. If you trust the source of the artifact, you can override "
            "this error by passing `safe_mode=False` to the loading function, or calling "
            "`keras.config.enable_unsafe_deserialization()`."
        )
    return _lambda_code.load(value)


def _read_type_spec(config: Any) -> Any:
    if not isinstance(config, list | tuple):
        raise TypeError(f"Expected 'config' to be a list or a tuple for a __typespec__, instead got {type(config)}.")
    raise ValueError("A TensorFlow type specification (`__typespec__`) cannot be read without TensorFlow.")


def _read_symbol(config: dict[str, Any]) -> KerasTensor:
    symbol = KerasTensor(config["shape"], dtype=config["dtype"])
    symbol._pre_serialized_keras_history = config.get("keras_history")
    return symbol


_READERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "__bytes__": lambda config: config["value"].encode("utf-8"),
    "__numpy__": lambda config: np.array(config["value"], dtype=config["dtype"]),
    "__tensor__": lambda config: tensor(config["value"], config["dtype"]),
    "__keras_tensor__": _read_symbol,
    "__slice__": lambda config: slice(*(_read(config[k], {}) for k in ("start", "stop", "step"))),
    "__ellipsis__": lambda config: Ellipsis,
    "__lambda__": _read_lambda,
    "__typespec__": _read_type_spec,
}

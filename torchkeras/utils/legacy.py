"""Configs in Keras 2's form: ``{"class_name": ..., "config": ...}``, without module and registered name."""

from typing import Any

from torchkeras._errors import brief, unknown
from torchkeras._registry import get_registered_name, get_registered_object


def serialize_keras_object(instance: Any) -> Any:
    """An object as ``{"class_name": ..., "config": ...}``, a function as its name, None as None.

    Raises:
        ValueError: it is neither a function nor has it a ``get_config()``.
    """
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        return {"class_name": get_registered_name(type(instance)), "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return get_registered_name(instance)
    raise ValueError(f"Cannot serialize {brief(instance)} because it doesn't implement `get_config()`.")


def deserialize_keras_object(
    identifier: Any,
    module_objects: dict[str, Any] | None = None,
    custom_objects: dict[str, Any] | None = None,
    printable_module_name: str = "object",
) -> Any:
    """What `serialize_keras_object` wrote, as an object.

    Names are looked up in enclosing custom object scopes, registered objects, `custom_objects` and
    `module_objects`; nothing is imported.

    Args:
        identifier: a config, the name of a class (one without arguments is made) or of a function.
        module_objects: known classes and functions by name.
        custom_objects: further ones.
        printable_module_name: what kind of thing it is, for messages.

    Raises:
        ValueError: an unknown name, or not a config.
    """
    if identifier is None:
        return None
    if isinstance(identifier, str):
        found = _find(identifier, module_objects, custom_objects, printable_module_name)
        return found() if isinstance(found, type) else found
    if not isinstance(identifier, dict):
        raise ValueError(f"Could not interpret serialized {printable_module_name}: {brief(identifier)}")
    if "class_name" not in identifier or "config" not in identifier:
        raise ValueError(
            f"Improper config format for {brief(identifier)}. A dictionary with `class_name` and `config` was expected."
        )
    cls = _find(identifier["class_name"], module_objects, custom_objects, printable_module_name)
    config = identifier["config"]
    return cls.from_config(config) if hasattr(cls, "from_config") else cls(**config)


def _find(name: str, module_objects: dict[str, Any] | None, custom_objects: dict[str, Any] | None, kind: str) -> Any:
    found = get_registered_object(name, custom_objects, module_objects)
    if found is None:
        error = unknown(kind, name, {**(module_objects or {}), **(custom_objects or {})})
        raise ValueError(f"{error} Is it in a `keras.utils.custom_object_scope`, or registered?")
    return found

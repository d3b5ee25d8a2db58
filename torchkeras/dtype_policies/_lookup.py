"""Policies by name and config."""

from typing import Any

from torchkeras import _registry
from torchkeras._dtypes import standardize_dtype
from torchkeras._errors import brief
from torchkeras.dtype_policies._policy import DTypePolicy, FloatDTypePolicy, dtype_policy
from torchkeras.dtype_policies._quantized import MODES, quantized


def as_config(policy: Any) -> dict[str, Any]:
    """The policy in the form in which every config holds it."""
    module, name = _registry.PATHS.get(type(policy), (type(policy).__module__, type(policy).__name__))
    known = type(policy) in _registry.PATHS
    registered = None if known else _registry.get_registered_name(type(policy))
    return {"module": module, "class_name": name, "config": policy.get_config(), "registered_name": registered}


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The policy that :func:`serialize` wrote.

    Raises:
        ValueError: no such class of policies.
    """
    if isinstance(config, DTypePolicy):
        return config
    if not isinstance(config, dict) or "class_name" not in config:
        raise ValueError(f"Unknown `config` of a dtype policy: {brief(config)}. Expected what `serialize` returns.")
    name: str = config["class_name"]
    found: Any = _registry.get_registered_object(config.get("registered_name") or name, custom_objects)
    found = found or _registry.built_in("keras.dtype_policies", {"Policy": "DTypePolicy"}.get(name, name))
    if found is None:
        raise ValueError(f"Unknown dtype policy class: {name!r}. Pass it as `custom_objects`, or register it.")
    return found.from_config(config["config"])


def serialize(dtype_policy: Any) -> dict[str, Any]:
    """The policy as plain values."""
    return as_config(dtype_policy)


def get(identifier: Any) -> Any:
    """A policy out of a name, a dtype, a config or a policy; None is the global one.

    Raises:
        ValueError: none of these.
    """
    if identifier is None:
        return dtype_policy()
    if isinstance(identifier, DTypePolicy):
        return identifier
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return quantized(identifier) if identifier.startswith(MODES) else DTypePolicy(identifier)
    try:
        return DTypePolicy(standardize_dtype(identifier))
    except (ValueError, TypeError):
        raise ValueError(
            "Cannot interpret `dtype` argument. Expected a string or an instance of DTypePolicy. "
            f"Received: dtype={brief(identifier)}"
        ) from None


# Keras names these two by its root
_registry.written_as(DTypePolicy, "keras", "DTypePolicy")
_registry.written_as(FloatDTypePolicy, "keras", "FloatDTypePolicy")

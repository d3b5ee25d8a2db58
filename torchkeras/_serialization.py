"""``get``, ``serialize`` and ``deserialize`` of one kind of object: every catalogue has them from here."""

import inspect
from typing import Any

from torchkeras import _registry
from torchkeras._deserialize import deserialize_keras_object, lambdas_allowed, safe_mode, safe_mode_scope
from torchkeras._errors import brief, nearest
from torchkeras._serialize import serialize_dict, serialize_keras_object

__all__ = [
    "Family",
    "deserialize_keras_object",
    "lambdas_allowed",
    "safe_mode",
    "safe_mode_scope",
    "serialize_dict",
    "serialize_keras_object",
]


class Family:
    """The objects of one Keras module, found by name, config or as they are.

    Args:
        module: Keras' module, for example ``"losses"``; its entries are those of the registry.
        kind: the word for one of them in messages.
        base: the class of which instances pass through.
        aliases: further strings that stand for an entry, for example ``mse``.
        fold: whether letter case counts for nothing.
        none: what ``get(None)`` returns.
    """

    def __init__(
        self,
        module: str,
        kind: str,
        base: type | tuple[type, ...] = (),
        aliases: dict[str, Any] | None = None,
        fold: bool = False,
        none: Any = None,
    ) -> None:
        self.module = module
        self.kind = kind
        self.base = base
        self.aliases = aliases or {}
        self.fold = fold
        self.none = none

    def table(self) -> dict[str, Any]:
        """All names of the family, aliases included."""
        found = {**_registry.names(self.module), **self.aliases}
        return found if not self.fold else {**{name.lower(): item for name, item in found.items()}, **found}

    def get(self, identifier: Any) -> Any:
        """An object of the family out of a name, a config, a class, an object or a function; None stays None.

        Raises:
            ValueError: nothing of that name, or something else altogether.
        """
        if identifier is None:
            return self.none
        if isinstance(identifier, self.base):
            return identifier
        found = identifier
        if isinstance(identifier, str):
            found = self._named(identifier)
        elif isinstance(identifier, dict):
            found = self.deserialize(identifier)
        if inspect.isclass(found):
            found = found()
        if callable(found) or isinstance(found, self.base):
            return found
        raise self._unknown(identifier)

    def _named(self, name: str) -> Any:
        found = _registry.get_registered_object(name)
        if found is None:
            found = self.aliases.get(name) or _registry.built_in(f"keras.{self.module}", name)
        if found is None and self.fold:
            found = self.table().get(name.lower())
        return found

    def _unknown(self, identifier: Any) -> ValueError:
        hint = nearest(identifier, self.table()) if isinstance(identifier, str) else ""
        return ValueError(
            f"Could not interpret {self.kind} identifier: {brief(identifier)}.{hint} Expected a name, a config "
            f"dictionary, an object of `keras.{self.module}` or a function."
        )

    def serialize(self, item: Any) -> Any:
        """`item` as plain values; see :func:`serialize_keras_object`."""
        return serialize_keras_object(item)

    def deserialize(self, config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
        """The object that :meth:`serialize` wrote, or the one of that name."""
        if isinstance(config, str):
            with _registry.CustomObjectScope(custom_objects):
                return self.get(config)
        return deserialize_keras_object(config, custom_objects=custom_objects, module_objects=self.table())

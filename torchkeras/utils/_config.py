"""A dictionary with attributes."""

import json
from collections.abc import ItemsView, Iterator, KeysView, ValuesView
from typing import Any


class Config:
    """Settings that read as attributes and as a dictionary, and can be frozen.

    >>> config = Config(units=32, rate=0.5)
    >>> config.units, config["rate"], len(config)
    (32, 0.5, 2)
    >>> config.freeze()
    >>> config.units = 64
    Traceback (most recent call last):
    ValueError: Cannot mutate attribute(s) because the config is frozen.
    """

    def __init__(self, **kwargs: Any) -> None:
        # Past our own __setattr__, which would put them among the settings.
        object.__setattr__(self, "_config", {})
        object.__setattr__(self, "_frozen", False)
        self.update(kwargs)

    @property
    def frozen(self) -> bool:
        """Whether changes are refused."""
        return self._frozen

    def freeze(self) -> None:
        """Refuse changes from now on."""
        object.__setattr__(self, "_frozen", True)

    def unfreeze(self) -> None:
        """Allow changes again."""
        object.__setattr__(self, "_frozen", False)

    def as_dict(self) -> dict[str, Any]:
        """A copy as plain dictionary."""
        return dict(self._config)

    def to_json(self) -> str:
        """The settings as JSON text."""
        return json.dumps(self._config)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """As `dict.update`."""
        self._check_mutable()
        self._config.update(*args, **kwargs)

    def pop(self, *args: Any) -> Any:
        """As `dict.pop`."""
        self._check_mutable()
        return self._config.pop(*args)

    def get(self, name: str, default: Any = None) -> Any:
        """As `dict.get`."""
        return self._config.get(name, default)

    def keys(self) -> KeysView[str]:
        return self._config.keys()

    def values(self) -> ValuesView[Any]:
        return self._config.values()

    def items(self) -> ItemsView[str, Any]:
        return self._config.items()

    def __getitem__(self, name: str) -> Any:
        return self._config[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._check_mutable()
        self._config[name] = value

    def __delitem__(self, name: str) -> None:
        self._check_mutable()
        del self._config[name]

    def __getattr__(self, name: str) -> Any:
        # Found neither on the object nor on the class; `_config` itself is missing while being unpickled.
        config = self.__dict__.get("_config", {})
        if name not in config:
            raise AttributeError(f"Unknown attribute: '{name}'.")
        return config[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self._config:
            raise AttributeError(f"Unknown attribute: '{name}'.")
        del self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._config)

    def __len__(self) -> int:
        return len(self._config)

    def __contains__(self, name: object) -> bool:
        return name in self._config

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._config]

    def __repr__(self) -> str:
        return f"<Config {self._config}>"

    def _check_mutable(self) -> None:
        if self._frozen:
            raise ValueError("Cannot mutate attribute(s) because the config is frozen.")

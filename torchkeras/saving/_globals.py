"""What loading draws on and may not change: the counters of automatic names, the users' classes."""

import contextlib
from collections.abc import Iterator
from typing import Any

from torchkeras import _registry


@contextlib.contextmanager
def kept_names() -> Iterator[None]:
    """Automatic names go on as if nothing had been made inside."""
    names = dict(_registry._uids.counts)
    try:
        yield
    finally:
        _put_back(names)


@contextlib.contextmanager
def kept_names_on_failure() -> Iterator[None]:
    """The same if an error comes out."""
    names = dict(_registry._uids.counts)
    try:
        yield
    except BaseException:
        _put_back(names)
        raise


def _put_back(names: dict[str, int]) -> None:
    _registry._uids.counts.clear()
    _registry._uids.counts.update(names)


def mentions_custom(config: Any) -> bool:
    """Whether a config names a class or function of the user's, whose code is trusted."""
    if isinstance(config, list):
        return any(map(mentions_custom, config))
    if not isinstance(config, dict):
        return False
    names = [config.get(key) for key in ("registered_name", "class_name")]
    names += [config.get("config")] if config.get("class_name") == "function" else []
    if any(isinstance(name, str) and _registry.get_registered_object(name) is not None for name in names):
        return True
    return any(map(mentions_custom, config.values()))

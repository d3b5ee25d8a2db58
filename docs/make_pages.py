"""Makes the pages that follow from the code: the table of differences and the API reference.

docs/compatibility.md is committed (it is read on its own, and a test keeps it up to date); docs/api/ is not.
"""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from torchkeras._missing import keras_names

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
COMPATIBILITY = ROOT / "docs" / "compatibility.md"
API = ROOT / "docs" / "api"

DIFFERENCES = """\
# Compatibility

torchkeras follows Keras 3.15.1: its names, arguments, defaults, numbers and configs, checked against real Keras by the
tests. What differs on purpose is this list. (Made from `tests/differences.toml` by `docs/make_pages.py`.)

| API | Keras | torchkeras | Why |
|---|---|---|---|
"""
NAMESPACES = ["models", "layers", "losses", "metrics", "optimizers", "optimizers.schedules", "callbacks", "ops"]
NAMESPACES += ["activations", "initializers", "regularizers", "constraints", "saving", "utils", "random", "config"]
NAMESPACES += ["distribution"]
INDEX = """\
# API

The names are Keras 3's, each at the same path: Keras' `keras.layers.Dense` is `torchkeras.layers.Dense`, and under
[the runner](../guide/runner.md) `keras.layers.Dense` as well. These pages list what torchkeras has so far; a name that
Keras has and torchkeras does not have yet says so when it is looked up.

```{eval-rst}
.. autofunction:: torchkeras.install_as_keras
```

```{toctree}
:maxdepth: 1

"""
PAGE = """\
# keras.{name}

```{{eval-rst}}
.. automodule:: torchkeras.{name}
   :members: {members}
```
"""


def compatibility() -> str:
    """The text of docs/compatibility.md."""
    table = tomllib.loads((ROOT / "tests" / "differences.toml").read_text(encoding="utf-8"))
    rows = ([row[column] for column in ("api", "keras", "torchkeras", "reason")] for row in table["difference"])
    return DIFFERENCES + "".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows
    )


def main() -> None:
    """Write the pages."""
    COMPATIBILITY.write_text(compatibility(), encoding="utf-8")
    API.mkdir(exist_ok=True)
    (API / "index.md").write_text(INDEX + "\n".join(NAMESPACES) + "\n```\n", encoding="utf-8")
    seen: dict[int, str] = {}
    for name in NAMESPACES:
        (API / f"{name}.md").write_text(reference(name, seen), encoding="utf-8")


def reference(namespace: str, seen: dict[int, str]) -> str:
    """The page of a namespace: what it has first, then which names stand for something in `seen`."""
    module = importlib.import_module(f"torchkeras.{namespace}")
    members, aliases = [], []
    for name in sorted(keras_names()[f"keras.{namespace}"], key=_is_alias_of(module)):
        item = getattr(module, name, None)
        if item is None:
            continue
        if id(item) in seen:
            aliases.append(f"- `{name}` is `{seen[id(item)]}`")
        else:
            seen[id(item)] = f"keras.{namespace}.{name}"
            members.append(name)
    page = PAGE.format(name=namespace, members=", ".join(sorted(members)))
    return page + ("\n## Other names\n\n" + "\n".join(aliases) + "\n" if aliases else "")


def _is_alias_of(module: Any) -> Callable[[str], tuple[bool, str]]:
    """Sorts an object's own name before its other ones."""
    return lambda name: (getattr(getattr(module, name, None), "__name__", name) != name, name)


if __name__ == "__main__":
    main()

"""Makes the pages that follow from the code: the table of differences and the API reference.

docs/compatibility.md is committed (it is read on its own, and a test keeps it up to date); docs/api/ is not.
"""

import importlib
import sys
from pathlib import Path

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
NAMESPACES += ["activations", "initializers", "regularizers", "constraints", "utils", "random", "config", "saving"]
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
    for name in NAMESPACES:
        module = importlib.import_module(f"torchkeras.{name}")
        members = [member for member in sorted(keras_names()[f"keras.{name}"]) if hasattr(module, member)]
        (API / f"{name}.md").write_text(PAGE.format(name=name, members=", ".join(members)), encoding="utf-8")


if __name__ == "__main__":
    main()

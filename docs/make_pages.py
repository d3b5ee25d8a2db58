"""Makes the pages that follow from the code: the table of differences and the API reference.

docs/compatibility.md is committed (it is read on its own, and a test keeps it up to date); docs/api/ is not.
"""

import importlib
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from torchkeras._missing import keras_names

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parents[1]
COMPATIBILITY = ROOT / "docs" / "compatibility.md"
TENSORFLOW = ROOT / "docs" / "tensorflow.md"
API = ROOT / "docs" / "api"

DIFFERENCES = """\
# Compatibility

torchkeras follows Keras 3.15.1: its names, arguments, defaults, numbers and configs, checked against real Keras by the
tests. What differs on purpose is this list. (Made from `tests/differences.toml` by `docs/make_pages.py`.)

| API | Keras | torchkeras | Why |
|---|---|---|---|
"""
BESIDE = """\
# TensorFlow beside tf.keras

Under [the runner](guide/runner.md), `import tensorflow as tf` gives a small stand-in: `tf.keras` is torchkeras,
tensors are torch's, and the functions below do on them what TensorFlow does; their numbers were compared with
TensorFlow 2.21. Every other name raises an `AttributeError` that says it is TensorFlow proper. With
`TORCHKERAS_TENSORFLOW=real` in the environment, `import tensorflow` gives the real one. (The lists are made by
`docs/make_pages.py`.)

What to know:

- Everything runs eagerly. `tf.function` hands arrays over as tensors and otherwise calls the function, also with
  `jit_compile=True` or a signature; Python's side effects happen at every call. `get_concrete_function`, SavedModel
  and TFLite are refused.
- The functions also take symbolic tensors: `tf.concat([a, b], -1)` between layers records itself. `tf.shape(x)[0]` of
  a symbolic tensor may stand in a shape.
- `tf.GradientTape` gives torch's gradients in Keras' layout, for `optimizer.apply_gradients(zip(gradients,
  variables))`. As in TensorFlow, what was computed before the tape is constant, weights may change between two
  gradients, and losses do not keep the graph. Gradients of embeddings are dense: none is a `tf.IndexedSlices`.
  `watched_variables` is refused.
- `tf.float32` and kin are torch's data types. Beside a tensor, Python numbers and arrays of other types are converted
  where TensorFlow raises an error; a quotient of integers is float32 (TensorFlow: float64).
- Random numbers are torch's. `tf.random.set_seed` repeats a run, weights of models included, with other numbers than
  TensorFlow's.
- `tf.train.Checkpoint` writes files of torchkeras, and cannot read TensorFlow's. Models must be built before they are
  restored.
- Strategies of `tf.distribute` compute on one device; `torchrun --nproc-per-node=N -m torchkeras script.py` uses
  several. `TPUClusterResolver` raises the `ValueError` that scripts expect where there is no TPU.
- `tf.__version__` is "2.9.3", so that the usual checks of scripts pass.
- Names of TensorFlow 1 (`tf.Session`, `tf.log`, `tf.set_random_seed`, `tf.logging`) work for what scripts do around
  Keras, here and in `tf.compat.v1`; `tf.placeholder` and what trains through graphs is refused.
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


def beside_keras() -> str:
    """The text of docs/tensorflow.md."""
    return BESIDE + "".join(
        f"\n## {path}\n\n{', '.join(f'`{name}`' for name in names)}\n"
        for path, names in _served("torchkeras._tensorflow")
    )


def _served(module_name: str) -> list[tuple[str, list[str]]]:
    """The public names of a module of the stand-in, and those of the modules below it."""
    module = importlib.import_module(module_name)
    path = module_name.replace("torchkeras._tensorflow", "tf", 1)
    own = [
        name for name in dir(module) if not name.startswith("_") and not isinstance(vars(module).get(name), ModuleType)
    ]
    listed = [name for name in getattr(module, "__all__", own) if name in own]
    below = sorted(
        entry.name for entry in pkgutil.iter_modules(getattr(module, "__path__", [])) if entry.name[0] != "_"
    )
    hidden = {"Any", "ModuleType", *(set(below) if path == "tf" else ())}
    found = [(path, sorted(set(listed) - hidden))] if listed else []
    return found + [each for name in below for each in _served(f"{module_name}.{name}")]


def main() -> None:
    """Write the pages."""
    TENSORFLOW.write_text(beside_keras(), encoding="utf-8")
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

"""Names that a namespace of torchkeras has not: Keras' former ones, and submodules that nobody imported yet."""

import importlib
from typing import Any

from torchkeras._eras._finder import module_at
from torchkeras._eras._old_module import former


def find(namespace: str, name: str) -> Any:
    """What Keras once had as ``namespace.name`` (``keras.layers``, ``CuDNNLSTM``).

    Raises:
        AttributeError: nothing is known under this name.
    """
    try:
        return former(namespace, name)
    except AttributeError:
        path = f"{namespace}.{name}"
        if module_at(path) is None:
            raise
        return importlib.import_module(path)  # `import keras` alone, then `keras.objectives.mse`

"""Keras on PyTorch: the layers, models and training loop of Keras as real ``torch.nn`` modules.

The names a model needs are here; the rest of Keras' namespaces load on first touch.
"""

import importlib
from typing import TYPE_CHECKING, Any

from torchkeras import _conflict

_conflict.check()

from torchkeras import (  # noqa: E402  (after the check, so that its message comes first)
    activations,
    callbacks,
    config,
    constraints,
    dtype_policies,
    initializers,
    layers,
    losses,
    metrics,
    models,
    ops,
    optimizers,
    random,
    regularizers,
    tree,
)
from torchkeras._alias import install_as_keras  # noqa: E402
from torchkeras._scopes import (  # noqa: E402
    RematScope,
    StatelessScope,
    SymbolicScope,
    device,
    name_scope,
    remat,
)
from torchkeras._symbolic import KerasTensor, Operation  # noqa: E402
from torchkeras._variable import Variable  # noqa: E402
from torchkeras._version import __version__  # noqa: E402
from torchkeras.dtype_policies import DTypePolicy, FloatDTypePolicy  # noqa: E402
from torchkeras.initializers import Initializer  # noqa: E402
from torchkeras.layers import Input, InputSpec, Layer  # noqa: E402
from torchkeras.losses import Loss  # noqa: E402
from torchkeras.metrics import Metric  # noqa: E402
from torchkeras.models import Model, Sequential  # noqa: E402
from torchkeras.optimizers import Optimizer  # noqa: E402
from torchkeras.regularizers import Regularizer  # noqa: E402

if TYPE_CHECKING:
    from torchkeras import applications, backend, datasets, preprocessing, saving, utils, visualization  # noqa: F401

# Namespaces that few scripts touch, or that cost time to import.
_SHELF = ("applications", "backend", "datasets", "distribution", "export", "legacy", "mixed_precision", "preprocessing")
_SHELF += ("quantizers", "saving", "utils", "visualization", "wrappers")


def version() -> str:
    """The version of torchkeras."""
    return __version__


def __getattr__(name: str) -> Any:
    if name in _SHELF:
        try:
            return importlib.import_module(f"torchkeras.{name}")
        except ModuleNotFoundError as error:
            if error.name != f"torchkeras.{name}":
                raise
    raise AttributeError(f"module 'torchkeras' has no attribute {name!r}")

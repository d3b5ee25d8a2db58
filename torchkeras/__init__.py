"""Keras on PyTorch: the layers, models and training loop of Keras as real ``torch.nn`` modules.

The names a model needs are here; the rest of Keras' namespaces load on first touch.
"""

import gc
import importlib
from typing import TYPE_CHECKING, Any

from torchkeras import _conflict

_conflict.check()

# A collection in the middle would go over all of torch's objects, and take as long as the imports themselves.
_collecting = gc.isenabled()
gc.disable()
try:
    from torchkeras import (
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
    from torchkeras._alias import install_as_keras
    from torchkeras._scopes import (
        RematScope,
        StatelessScope,
        SymbolicScope,
        device,
        name_scope,
        remat,
    )
    from torchkeras._symbolic import KerasTensor, Operation
    from torchkeras._variable import Variable
    from torchkeras._version import __version__
    from torchkeras.dtype_policies import DTypePolicy, FloatDTypePolicy
    from torchkeras.initializers import Initializer
    from torchkeras.layers import Input, InputSpec, Layer
    from torchkeras.losses import Loss
    from torchkeras.metrics import Metric
    from torchkeras.models import Model, Sequential
    from torchkeras.models._function import Function
    from torchkeras.optimizers import Optimizer
    from torchkeras.regularizers import Regularizer
finally:
    if _collecting:
        gc.enable()

if TYPE_CHECKING:
    from torchkeras import backend, datasets, preprocessing, saving, utils

# Namespaces that few scripts touch, or that cost time to import.
_SHELF: tuple[str, ...] = (
    "applications",
    "backend",
    "datasets",
    "distillation",
    "distribution",
    "export",
    "extras",
    "legacy",
    "mixed_precision",
    "preprocessing",
)
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

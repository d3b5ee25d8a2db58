"""What `import tensorflow as tf` gives under the runner: a small, honest stand-in for what stands beside ``tf.keras``.

Tensors are torch's, ``tf.keras`` is torchkeras, and everything runs eagerly. The place is the row: a public
name of one of the modules starred below is ``tf.name``; a public submodule (``nn``, ``math``, ``data``) is
``tf.submodule`` and loads on first touch. All other names are TensorFlow proper, and say so.
"""

import gc
import importlib
import pkgutil
import sys
import warnings
from types import ModuleType
from typing import Any

# A collection in the middle would go over all of torch's objects, and take longer than the imports themselves.
_collecting = gc.isenabled()
gc.disable()
try:
    from torchkeras._tensorflow import _methods, _refused, _tensorboard
    from torchkeras._tensorflow._control import *
    from torchkeras._tensorflow._creation import *
    from torchkeras._tensorflow._dtypes import *
    from torchkeras._tensorflow._function import *
    from torchkeras._tensorflow._gradient_tape import *
    from torchkeras._tensorflow._indexing import *
    from torchkeras._tensorflow._module import *
    from torchkeras._tensorflow._printing import *
    from torchkeras._tensorflow._scopes import *
    from torchkeras._tensorflow._shaping import *
    from torchkeras._tensorflow._tensor_array import *
    from torchkeras._tensorflow._tensors import *
    from torchkeras._tensorflow._variable import (  # type: ignore[assignment]  # mypy sees names that __all__ hides
        Variable,
        VariableAggregation,
        VariableSynchronization,
    )
    from torchkeras._tensorflow.debugging import Assert, assert_equal, assert_greater, assert_less, assert_rank
    from torchkeras._tensorflow.linalg import *
    from torchkeras._tensorflow.math import *
    from torchkeras._tensorflow.version import VERSION as __version__
finally:
    if _collecting:
        gc.enable()

_methods.install()
_tensorboard.install()

# Names of the root that live in a public submodule: the submodule -> its names.
_IN_SUBMODULES: dict[str, str] = {
    "io": "FixedLenFeature FixedLenSequenceFeature VarLenFeature decode_base64 decode_csv decode_raw encode_base64 "
    "matching_files parse_example parse_single_example read_file write_file",
    "image": "random_crop",
    "ragged": "RaggedTensor RaggedTensorSpec",
    "sparse": "SparseTensor SparseTensorSpec",
}
_PLACES = {name: module for module, names in _IN_SUBMODULES.items() for name in names.split()}

# Namespaces of ``tf`` that are ``tf.keras``' own.
_KERAS = ("initializers", "losses", "metrics", "optimizers")


def _lazily(name: str) -> Any:
    found = None if name.startswith("_") else _find(name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    globals()[name] = found
    return found


def _of_version_1(name: str) -> Any:
    """A name of TensorFlow 1, which today is in ``tf.compat.v1`` alone."""
    v1 = importlib.import_module(f"{__name__}.compat.v1")
    if name not in vars(v1):
        return None
    warnings.warn(f"tf.{name} is TensorFlow 1's: today it is tf.compat.v1.{name}.", DeprecationWarning, stacklevel=6)
    return vars(v1)[name]


def _find(name: str) -> Any:
    if name == "keras":
        return sys.modules["torchkeras"]
    if name in _KERAS:
        return getattr(sys.modules["torchkeras"], name)
    if name in _PLACES:
        module = _submodule(_PLACES[name])
        return getattr(module, name, None)
    return _submodule(name) or _of_version_1(name)


def _submodule(name: str) -> ModuleType | None:
    path = f"{__name__}.{name}"
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise  # something that the submodule needs is not installed
        return None


def __dir__() -> list[str]:
    submodules = (entry.name for entry in pkgutil.iter_modules(globals()["__path__"]) if not entry.name.startswith("_"))
    public = (name for name in globals() if not name.startswith("_"))
    hidden = {"gc", "importlib", "pkgutil", "sys", "warnings", "ModuleType", "Any"}
    return sorted({*submodules, *public, *_PLACES, *_KERAS, "keras"} - hidden)


__getattr__ = _refused.lookup("tf", globals(), _lazily)

"""Whole models in one HDF5 file, as Keras 1, 2 and 3 write them: ``model.h5``, ``model.hdf5``."""

import copy
from typing import Any

from torchkeras import _registry
from torchkeras._data._random_states import random_state_kept
from torchkeras._file_errors import CorruptFileError, FileError, UnsafeFileError
from torchkeras._scopes import device
from torchkeras._serialization import deserialize_keras_object, safe_mode_scope
from torchkeras.layers import Layer
from torchkeras.saving._errors import reading
from torchkeras.saving._globals import kept_names, kept_names_on_failure, mentions_custom
from torchkeras.saving._hdf5_reader import Group, open_hdf5
from torchkeras.saving._json_reader import read_json
from torchkeras.saving._legacy_config import modern_config
from torchkeras.saving._legacy_training import compile_arguments, optimizer_plan
from torchkeras.saving._legacy_weights import assign, weights_plan


def load_legacy_h5(
    path: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """The model in a legacy HDF5 file, compiled as it was when it was saved.

    Args:
        path: the file.
        custom_objects: the user's classes and functions, by name.
        compile: whether to compile it and to take the optimizer's state.
        safe_mode: whether to refuse lambdas, which are code.

    Raises:
        UnsafeFileError: the file asks for code, another file, or more memory than it may.
        CorruptFileError: it is damaged, or no such file.
    """
    with (
        reading(path),
        open_hdf5(path) as root,
        _registry.CustomObjectScope(custom_objects),
        safe_mode_scope(bool(safe_mode)),
        random_state_kept(),
        kept_names_on_failure(),
    ):
        if "model_config" not in root.attrs:
            raise CorruptFileError("There is no model in it; is it a file of weights, for `load_weights`?")
        version = str(root.attrs.get("keras_version", _weights(root).attrs.get("keras_version", "")))
        with reading(path="model_config"):
            config = modern_config(read_json(root.attrs["model_config"]), version)
            _check_fit(config, root)
            model = deserialize_keras_object(config)
        plan = weights_plan(model, _weights(root))
        if compile and "training_config" in root.attrs:
            _compile(model, root)
            plan += _optimizer_state(model, root)
        assign(plan)
    return model


def _weights(root: Group) -> Group:
    return root.group("model_weights") if "model_weights" in root else root


def _check_fit(config: Any, root: Group) -> None:
    """Make the model once without memory, and compare: a config may ask for more than the file holds."""
    try:
        with device("meta"), kept_names():
            model = deserialize_keras_object(copy.deepcopy(config))  # users' `from_config` may change it
            if not isinstance(model, Layer):
                raise UnsafeFileError(expected="a model", found=type(model).__name__)
        weights_plan(model, _weights(root))
    except FileError:
        raise
    except Exception:
        if not mentions_custom(config):
            raise
        # a user's layer may need real numbers; the user's own code is trusted with memory


def _compile(model: Any, root: Group) -> None:
    if "compile_config" in root.attrs:  # what torchkeras writes beside Keras' form
        with reading(path="compile_config"):
            model.compile_from_config(read_json(root.attrs["compile_config"]))
        return
    with reading(path="training_config"):
        model.compile(**compile_arguments(model, read_json(root.attrs["training_config"])))


def _optimizer_state(model: Any, root: Group) -> list[Any]:
    if "optimizer_weights" not in root or model.optimizer is None:
        return []
    model.optimizer.build(model.trainable_variables)
    return optimizer_plan(model.optimizer, root.group("optimizer_weights"))

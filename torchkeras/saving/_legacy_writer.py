"""Writing whole models and weights into legacy HDF5 files, which Keras 2 and 3 read."""

import json
import os
from typing import Any

import numpy as np

from torchkeras._serialization import serialize_keras_object
from torchkeras.saving._atomic import replacing
from torchkeras.saving._hdf5_writer import new_hdf5
from torchkeras.saving._legacy_weights import legacy_weights
from torchkeras.saving._legacy_words import old_config, old_losses, old_optimizer
from torchkeras.saving._numbers import sha256

_HEADER = 64_000  # bytes that the header of an HDF5 object holds
VERSION = "3.15.1"  # the Keras whose form this is


def save_legacy_h5(model: Any, path: Any, include_optimizer: bool = True) -> None:
    """Write the model into a legacy HDF5 file, in one step: the old file stays whole until the new one is.

    Args:
        model: a functional or sequential model.
        path: the file.
        include_optimizer: whether the compile settings and the optimizer's state are written, too.

    Raises:
        NotImplementedError: a subclassed model, whose code is not in its config.
    """
    config = serialize_keras_object(model)
    if not isinstance(config.get("config"), dict) or "layers" not in config["config"]:
        raise NotImplementedError(
            f'Saving model "{model.name}" in an HDF5 file needs a functional or sequential model: the code of a '
            "subclassed one is not part of a config. Use the `.keras` format, or `save_weights`."
        )
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with replacing(path) as temporary, new_hdf5(temporary) as file:
        _note_origin(file)
        file.attrs["model_config"] = json.dumps(old_config(config, in_model=True))
        write_weights(model, file.create_group("model_weights"))
        if include_optimizer and getattr(model, "optimizer", None) is not None:
            compiled = model.get_compile_config()
            file.attrs["training_config"] = json.dumps(_training_config(compiled))
            file.attrs["compile_config"] = json.dumps(compiled)  # exact; only torchkeras looks for it
            if model.optimizer.built:
                _write_arrays(file.create_group("optimizer_weights"), model.optimizer.variables)


def save_legacy_weights(model: Any, path: Any) -> None:
    """Write the weights alone into a legacy HDF5 file, in one step."""
    with replacing(path) as temporary, new_hdf5(temporary) as file:
        write_weights(model, file)


def write_weights(model: Any, group: Any) -> None:
    """Write the weights layer by layer into an HDF5 group."""
    _note_origin(group)
    _write_names(group, "layer_names", [layer.name for layer in model.layers])
    for layer in sorted(model.layers, key=lambda layer: layer.name):
        _write_arrays(group.create_group(layer.name), legacy_weights(layer))
    inside = {id(variable) for layer in model.layers for variable in layer.weights}
    own = [variable for variable in legacy_weights(model) if id(variable) not in inside]
    _write_arrays(group.create_group("top_level_model_weights"), own)


def _note_origin(group: Any) -> None:
    group.attrs["backend"] = "torch"
    group.attrs["keras_version"] = VERSION


def _write_arrays(group: Any, variables: list[Any]) -> None:
    names: list[str] = []
    for variable in variables:
        path = variable.path
        while path in names:
            path += "_"
        names.append(path)
        values = np.asarray(variable.numpy(), order="C")
        stored = group.create_dataset(path, data=values)
        stored.attrs["sha256"] = sha256(values)
    _write_names(group, "weight_names", names)


def _write_names(group: Any, attribute: str, names: list[str]) -> None:
    """A list of names, in several attributes where one object's header would overflow."""
    encoded = [name.encode("utf-8") for name in names]
    longest = max(map(len, encoded), default=1)
    each = max(1, _HEADER // longest)
    if len(encoded) <= each:
        group.attrs[attribute] = np.array(encoded, dtype=f"S{longest}") if encoded else encoded
        return
    for index, start in enumerate(range(0, len(encoded), each)):
        group.attrs[f"{attribute}{index}"] = np.array(encoded[start : start + each], dtype=f"S{longest}")


def _training_config(config: dict[str, Any]) -> dict[str, Any]:
    written = {key: config[key] for key in ("loss_weights", "run_eagerly", "steps_per_execution", "jit_compile")}
    written |= {"optimizer_config": old_optimizer(config["optimizer"]), "loss": old_losses(config["loss"])}
    written |= {key: old_losses(config[key]) for key in ("metrics", "weighted_metrics")}
    return written

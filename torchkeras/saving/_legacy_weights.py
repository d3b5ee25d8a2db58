"""Weights in legacy HDF5 files: a group a layer, the arrays in the order that the attribute ``weight_names`` tells."""

import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from torchkeras._file_errors import CorruptFileError
from torchkeras.saving._errors import reading
from torchkeras.saving._hdf5_reader import Dataset, Group, open_hdf5
from torchkeras.saving._legacy_layouts import modern_weights
from torchkeras.saving._legacy_resnet import todays_name

Plan = list[tuple[Any, Any]]  # variables and what they get
_PARTS = 10_000
_TOP = "top_level_model_weights"


def load_legacy_weights(model: Any, path: Any, by_name: bool = False, skip_mismatch: bool = False) -> None:
    """Set the model's weights to those in a legacy file, of weights or of a whole model.

    Args:
        model: a built model.
        path: the file, as Keras 1, 2 or 3 wrote it.
        by_name: whether layers are found by name, and those that the file does not have stay; else by order.
        skip_mismatch: whether weights of other shapes are left out, with a warning.

    Raises:
        ValueError: the weights do not fit the model; then nothing has changed.
    """
    with reading(path), open_hdf5(path) as root:
        group = root.group("model_weights") if "layer_names" not in root.attrs and "model_weights" in root else root
        plan = weights_plan(model, group, by_name=by_name, skip_mismatch=skip_mismatch)
    assign(plan)


def weights_plan(model: Any, group: Group, by_name: bool = False, skip_mismatch: bool = False) -> Plan:
    """Which variable of the model gets which array of the group; all of them read and checked."""
    version, backend = str(group.attrs.get("keras_version", "")), str(group.attrs.get("backend", ""))
    if not by_name and not skip_mismatch:
        _check_counts(model, group)
    pairs = list((_pairs_by_name if by_name else _pairs_in_order)(model, group))
    plan: Plan = []
    for index, (layer, name, datasets) in enumerate(pairs):
        arrays = [_read(dataset) for dataset in datasets]
        with _about(layer):
            arrays = modern_weights(layer, arrays, version, backend)
        plan += _fitted(index, layer, name, legacy_weights(layer), arrays, by_name, skip_mismatch)
    if _TOP in group:
        arrays = [_read(dataset) for dataset in layer_datasets(group.group(_TOP))]
        plan += _fitted(len(pairs), model, _TOP, _top_weights(model), arrays, by_name, skip_mismatch)
    return plan


def assign(plan: Plan) -> None:
    """Give the variables what the plan says."""
    for variable, array in plan:
        variable.assign(array)


def legacy_weights(layer: Any) -> list[Any]:
    """A layer's weights in the order of these files: trainable ones, then the others, through all layers inside."""
    return [*layer.trainable_weights, *layer.non_trainable_weights]


def _top_weights(model: Any) -> list[Any]:
    """Weights that the model itself owns, and no layer of it."""
    inside = {id(variable) for layer in model.layers for variable in layer.weights}
    return [variable for variable in legacy_weights(model) if id(variable) not in inside]


def named(group: Group, attribute: str) -> list[str]:
    """A list of names; Keras splits long ones into ``layer_names0``, ``layer_names1``, ..."""
    attrs = group.attrs
    if attribute in attrs:
        return _texts(attrs[attribute], group, attribute)
    names: list[str] = []
    for part in (f"{attribute}{index}" for index in range(_PARTS)):
        if part not in attrs:
            break
        names += _texts(attrs[part], group, part)
    return names


def _texts(value: Any, group: Group, attribute: str) -> list[str]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return value
    if value is None or (isinstance(value, np.ndarray) and value.size == 0):
        return []
    raise CorruptFileError(path=f"{group.path} (attribute {attribute!r})", expected="a list of names")


def layer_datasets(group: Group) -> list[Dataset]:
    """The arrays of one layer, in order."""
    return [group.dataset(name) for name in named(group, "weight_names")]


def _read(dataset: Dataset) -> Any:
    array = dataset.read()
    dataset.verify(array)
    if array.dtype.kind != "V":
        return array
    return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)


def _pairs_in_order(model: Any, group: Group) -> Iterator[tuple[Any, str, list[Dataset]]]:
    layers = [layer for layer in model.layers if layer.weights]
    names = _with_weights(group)
    renamed = {todays_name(name): name for name in names}
    if renamed.keys() != set(names) and renamed.keys() == {layer.name for layer in layers}:
        names = [renamed[layer.name] for layer in layers]
    for layer, name in zip(layers, names, strict=False):
        yield layer, name, layer_datasets(group.group(name))


def _pairs_by_name(model: Any, group: Group) -> Iterator[tuple[Any, str, list[Dataset]]]:
    layers: dict[str, list[Any]] = {}
    for layer in model.layers:
        layers.setdefault(layer.name, []).append(layer)
    for name in named(group, "layer_names"):
        for layer in layers.get(name, layers.get(todays_name(name), [])):
            yield layer, name, layer_datasets(group.group(name))


def _with_weights(group: Group) -> list[str]:
    return [name for name in named(group, "layer_names") if named(group.group(name), "weight_names")]


def _check_counts(model: Any, group: Group) -> None:
    mine = [layer for layer in model.layers if layer.weights]
    if not model.built or (not mine and not model.weights and _with_weights(group)):
        raise ValueError(
            f'Model "{model.name}" has no weights yet: call it, or build it with an input shape, before weights are '
            "loaded into it."
        )
    saved = _with_weights(group)
    if len(mine) != len(saved):
        raise ValueError(
            f"Layer count mismatch when loading weights from file. Model expected {len(mine)} layers, found "
            f"{len(saved)} saved layers."
        )


def _fitted(
    index: int, layer: Any, name: str, variables: list[Any], arrays: list[Any], by_name: bool, skip: bool
) -> Plan:
    if len(variables) != len(arrays):
        text = (
            f"Weight count mismatch for layer #{index} (named {layer.name} in the current model, {name} in the save "
            f"file). Layer expects {len(variables)} weight(s). Received {len(arrays)} saved weight(s)"
        )
        if not skip:
            raise ValueError(f"{text}.")
        warnings.warn(f"Skipping loading of weights for layer #{index} (named {layer.name}): {text}.", stacklevel=5)
        return []
    plan: Plan = []
    for variable, array in zip(variables, arrays, strict=True):
        if tuple(array.shape) == tuple(variable.shape):
            plan.append((variable, array))
            continue
        text = (
            f"Shape mismatch in layer #{index} (named {layer.name}) for weight {variable.path}. Weight expects shape "
            f"{variable.shape}. Received saved weight with shape {tuple(array.shape)}"
        )
        if not skip:
            raise ValueError(text)
        warnings.warn(f"Skipping loading weights for layer #{index}: {text}.", stacklevel=5)
    return plan


def _about(layer: Any) -> Any:
    return reading(path=f"layer {layer.name!r}")

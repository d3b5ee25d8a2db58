"""Ops in graphs are written as Keras writes them, and read back."""

import warnings
from typing import Any

import keras
import numpy as np
import pytest
import torch

from torchkeras import ops
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor, node_of
from torchkeras.ops._keras_classes import (
    call_arguments,
    class_name,
    full_arguments,
    operation_config,
    operation_from_config,
)

# Keras' own functions of functions cannot be written; what is left out of a signature cannot be compared
FUNCTIONS = {"cond", "switch", "while_loop", "fori_loop", "map", "scan", "associative_scan", "jvp", "vectorized_map"}
# recorded by Keras under arguments that it has changed before: sizes as tuples
STANDARDIZED = {"adaptive_average_pool", "adaptive_max_pool", "image.extract_patches_3d", "image.extract_patches"}


def find(module: Any, name: str) -> Any:
    for part in name.split("."):
        module = getattr(module, part)
    return module


def symbolic(row: Any, make: Any) -> tuple[Any, Any]:
    change = lambda leaf: make(leaf) if isinstance(leaf, np.ndarray) else leaf
    return map_leaves(change, row[1]), map_leaves(change, row[2])


def first_symbol(values: Any, kind: type) -> Any:
    return next((leaf for leaf in leaves(values) if isinstance(leaf, kind)), None)


def plain(value: Any) -> Any:
    """Values as a JSON file would hold them, symbolic tensors by shape."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return ("tensor", tuple(value.shape), str(value.dtype).removeprefix("torch."))
    return value


def keras_record(row: Any) -> Any:
    args, kwargs = symbolic(row, lambda a: keras.Input(batch_shape=a.shape, dtype=a.dtype.name))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        output = first_symbol(find(keras.ops, row[0])(*args, **kwargs), keras.KerasTensor)
    if output is None or not hasattr(output, "_keras_history"):
        return None
    operation = output._keras_history.operation
    if isinstance(operation, keras.layers.InputLayer):
        return None
    arguments = operation._inbound_nodes[-1].arguments
    return operation, plain(arguments.args), plain(arguments.kwargs)


def our_node(row: Any) -> Any:
    args, kwargs = symbolic(row, lambda a: KerasTensor(a.shape, a.dtype.name))
    output = first_symbol(find(ops, row[0])(*args, **kwargs), KerasTensor)
    return node_of(output)


def test_a_call_is_written_as_keras_writes_it(row: Any) -> None:
    name = row[0]
    if name in FUNCTIONS or not any(isinstance(leaf, np.ndarray) for leaf in leaves(row[1:])):
        pytest.skip("holds functions, or nothing symbolic")
    try:
        want = keras_record(row)
    except Exception as error:
        pytest.skip(f"Keras cannot record it: {error}")
    if want is None:
        pytest.skip("Keras does not record it")
    operation, args, kwargs = want
    try:
        theirs = plain(operation.get_config())
    except NotImplementedError:
        pytest.skip("Keras cannot write it")
    node = our_node(row)
    entry = operation_config(node.operation, node)
    assert entry["class_name"] == type(operation).__name__
    assert entry["module"] == type(operation).__module__
    ours = plain(entry["config"])
    assert ours.pop("name", "").rstrip("_0123456789") == theirs.pop("name", "").rstrip("_0123456789")
    if name not in STANDARDIZED:
        assert ours == theirs
    our_args, our_kwargs = call_arguments(node)
    assert [plain(our_args), plain(our_kwargs)] == [args, kwargs]


def test_a_written_call_is_read_back(row: Any) -> None:
    name = row[0]
    if name in FUNCTIONS or not any(isinstance(leaf, np.ndarray) for leaf in leaves(row[1:])):
        pytest.skip("holds functions, or nothing symbolic")
    try:
        node = our_node(row)
    except (ValueError, AttributeError) as error:
        pytest.skip(f"not recorded: {error}")
    entry = operation_config(node.operation, node)
    operation = operation_from_config(entry)
    assert operation is not None
    args, kwargs = full_arguments(operation, *call_arguments(node))
    outputs = operation(*args, **kwargs)
    shapes = [(leaf.shape, leaf.dtype) for leaf in leaves(outputs) if isinstance(leaf, KerasTensor)]
    assert shapes == [(leaf.shape, leaf.dtype) for leaf in node.output_tensors]
    again = operation._inbound_nodes[-1]
    assert operation_config(operation, again) == entry
    assert plain(call_arguments(again)) == plain(call_arguments(node))


@pytest.mark.parametrize("function", [torch.nn.functional.relu, torch.fft.rfft, torch.tanh, lambda x: x.sum(-1)])
def test_a_torch_function_is_read_back_by_its_name(function: Any) -> None:
    node = node_of(function(KerasTensor((None, 4))))
    entry = operation_config(node.operation, node)
    assert entry["module"] == "torch"
    operation = operation_from_config(entry)
    assert operation is not None
    assert operation.function is node.operation.function


def test_a_property_of_a_symbolic_tensor_is_read_back() -> None:
    node = node_of(KerasTensor((2, 3)).mT)
    operation = operation_from_config(operation_config(node.operation, node))
    assert operation is not None
    assert operation(torch.ones(2, 3)).shape == (3, 2)


@pytest.mark.parametrize("name", ["os.system", "torch.load", "torch.Tensor.__class__", "torch.hub.load", "eval"])
def test_a_config_names_nothing_else(name: str) -> None:
    with pytest.raises(ValueError, match="Unknown torch function"):
        operation_from_config({"module": "torch", "class_name": "function", "config": {"name": "x", "function": name}})


def test_an_unknown_operation_suggests_the_nearest() -> None:
    with pytest.raises(ValueError, match="Did you mean 'Softmax'"):
        operation_from_config({"module": "keras.src.ops.nn", "class_name": "Softmaxx", "config": {}})


def test_other_entries_are_left_to_others() -> None:
    assert operation_from_config({"module": "keras.layers", "class_name": "Dense", "config": {}}) is None


def test_class_names() -> None:
    assert class_name("get_item") == "GetItem"
    assert class_name("rms_normalization") == "RMSNorm"

"""Every op of the catalogue against real Keras: values, dtypes, gradients, symbolic shapes, signatures."""

import inspect
import warnings
from typing import Any

import keras
import numpy as np
import pytest
import torch

from torchkeras import ops
from torchkeras._dtypes import of
from torchkeras._structures import leaves, map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.ops._op import OPS

# compared up to the sign of each vector, which is nobody's to choose
UP_TO_SIGN = {"eig", "eigh", "qr", "svd"}
# tested in test_against_numpy.py: Keras on torch refuses them, errs, or returns something else than it documents
AGAINST_NUMPY_ONLY = {"argpartition", "elastic_transform", "gaussian_blur", "nonzero", "sparsemax"}
# values that nobody promised
ARBITRARY = {"empty", "empty_like"}
# int32 here, as Keras' symbolic tensors say; on torch it gives int64
INDICES = {"top_k", "unique", "size"}
# where Keras on torch narrows 64-bit numbers and we keep them
KEEPS_64_BITS = {"float64", "int64", "complex128"}


def find(module: Any, name: str) -> Any:
    for part in name.split("."):
        module = getattr(module, part)
    return module


def arguments(row: Any, function: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    _, args, kwargs = row
    change = lambda leaf: function(leaf) if isinstance(leaf, np.ndarray) else leaf
    return map_leaves(change, args), map_leaves(change, kwargs)


def fresh(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(array.copy())


def host(value: Any) -> np.ndarray:
    return value.detach().resolve_conj().numpy() if isinstance(value, torch.Tensor) else np.asarray(value)


def run_keras(name: str, args: Any, kwargs: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return find(keras.ops, name)(*args, **kwargs)


def test_every_op_has_sample_arguments(rows: dict[str, Any]) -> None:
    assert set(OPS) - {name.rpartition(".")[2] for name in rows} - AGAINST_NUMPY_ONLY == set()


def test_values_and_dtypes(row: Any) -> None:
    name = row[0]
    args, kwargs = arguments(row, fresh)  # Keras changes some arguments in place
    want = list(leaves(run_keras(name, args, kwargs)))
    args, kwargs = arguments(row, fresh)
    got = list(leaves(find(ops, name)(*args, **kwargs)))
    assert len(got) == len(want)
    for ours, theirs in zip(got, want, strict=True):
        a, b = host(ours), host(theirs)
        assert a.shape == b.shape
        if name in UP_TO_SIGN:
            a, b = np.abs(a), np.abs(b)
        if name not in ARBITRARY:
            np.testing.assert_allclose(a, b, rtol=2e-5, atol=2e-5)
        if isinstance(theirs, torch.Tensor) and of(ours) not in KEEPS_64_BITS and name not in INDICES:
            assert of(ours) == of(theirs)


def test_arrays_are_taken_as_tensors(row: Any) -> None:
    name, args, kwargs = row
    if name in {"vectorized_map", "jvp"}:
        pytest.skip("the sample's function is of tensors")
    tensors_args, tensors_kwargs = arguments(row, fresh)
    from_tensors = leaves(find(ops, name)(*tensors_args, **tensors_kwargs))
    for ours, same in zip(leaves(find(ops, name)(*args, **kwargs)), from_tensors, strict=True):
        np.testing.assert_array_equal(host(ours), host(same))


def floating_leaves(values: Any) -> list[torch.Tensor]:
    return [leaf for leaf in leaves(values) if isinstance(leaf, torch.Tensor) and leaf.requires_grad]


def gradients(function: Any, row: Any) -> list[torch.Tensor] | None:
    """The gradients of a fixed combination of the results, or None where there is nothing to differentiate."""

    def trainable(array: np.ndarray) -> torch.Tensor:
        tensor = torch.from_numpy(array.copy())
        return tensor.requires_grad_() if tensor.is_floating_point() else tensor

    args, kwargs = arguments(row, trainable)
    inputs = floating_leaves([args, kwargs])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        results = [leaf for leaf in leaves(function(*args, **kwargs)) if isinstance(leaf, torch.Tensor)]
    results = [item for item in results if item.requires_grad and item.is_floating_point()]
    if not results or not inputs:
        return None
    total = sum((item.double() * torch.linspace(-1, 1, item.numel()).reshape(item.shape)).sum() for item in results)
    return torch.autograd.grad(total, inputs, allow_unused=True)


# at points where a function has no one gradient, or up to the sign of vectors
NO_SINGLE_GRADIENT = UP_TO_SIGN | ARBITRARY | {"while_loop", "nanmax", "nanmin"}
# torch has no derivative, or Keras' way to it fails
NOT_DIFFERENTIABLE = {
    "ctc_decode",
    "heaviside",
    "floor_divide",
    "bincount",
    "histogram",
    "vander",
    "image.affine_transform",
}
# Keras gives NaN for all where one slice has nothing but NaN
ONE_EMPTY_SLICE = {"nanmean", "nanvar", "nanstd"}


def test_gradients(row: Any) -> None:
    name = row[0]
    if name in NO_SINGLE_GRADIENT | NOT_DIFFERENTIABLE:
        pytest.skip("no single gradient")
    if name == "scatter_update" and row[2].get("reduction") in ("max", "min", "mul"):
        pytest.skip("Keras changes in place what its gradient needs")
    want = gradients(find(keras.ops, name), row)
    got = gradients(find(ops, name), row)
    if want is None:
        return
    assert got is not None
    for ours, theirs in zip(got, want, strict=True):
        assert (ours is None) == (theirs is None) or not bool((theirs if ours is None else ours).any())
        if ours is not None and theirs is not None:
            known = ~np.isnan(host(theirs)) if name in ONE_EMPTY_SLICE else ...
            np.testing.assert_allclose(host(ours)[known], host(theirs)[known], rtol=1e-4, atol=1e-4)


# shapes that depend on values, or samples whose functions are of arrays
NOT_SYMBOLIC = {"cond", "switch", "jvp", "bincount", "repeat", "unique", "nonzero", "scan", "map", "fori_loop"}
NOT_SYMBOLIC |= {"vectorized_map", "associative_scan", "while_loop"}


def symbolic(row: Any, kind: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return arguments(row, lambda array: kind(array.shape, dtype=array.dtype.name))


def spec(values: Any) -> list[Any]:
    return [(leaf.shape, leaf.dtype) for leaf in leaves(values) if hasattr(leaf, "shape")]


def test_symbolic_shapes(row: Any) -> None:
    name = row[0]
    args, kwargs = symbolic(row, KerasTensor)
    if name in NOT_SYMBOLIC or not any(isinstance(leaf, KerasTensor) for leaf in leaves([args, kwargs])):
        pytest.skip("not on symbolic tensors")
    real_args, real_kwargs = arguments(row, fresh)
    real = [(tuple(t.shape), of(t)) for t in leaves(find(ops, name)(*real_args, **real_kwargs)) if hasattr(t, "shape")]
    found = find(ops, name)(*args, **kwargs)
    if name.startswith("segment_") and "num_segments" not in row[2]:  # as many as the largest number says
        real = [((None, *shape[1:]), dtype) for shape, dtype in real]
    assert spec(found) == real


def test_signatures_are_those_of_keras(rows: dict[str, Any]) -> None:
    for name in rows:
        want = inspect.signature(find(keras.ops, name)).parameters.values()
        got = inspect.signature(find(ops, name)).parameters.values()
        assert [(p.name, p.default, p.kind) for p in got] == [(p.name, p.default, p.kind) for p in want], name

"""Every layer under mixed policies against real Keras: dtypes of outputs, symbols and weights, values, gradients.

The rows are those of ``tests/layers/rows``; see ``tests/layers/test_parity.py``.
"""

import importlib.util
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers

pytestmark = [
    # NumPy 2 tells real Keras' variables off
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:You passed `rms_scaling=True`:UserWarning"),
]


def _parity() -> Any:
    path = Path(__file__).parents[1] / "layers" / "test_parity.py"
    spec = importlib.util.spec_from_file_location("parity_of_layers", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


parity = _parity()
TOLERANCE = {"mixed_bfloat16": 3e-2, "mixed_float16": 4e-3, "bfloat16": 3e-2, "float16": 4e-3, "float64": 1e-5}
FIRST = list({row["layer"]: row for row in reversed(parity.ROWS)}.values())
CASES = [("mixed_bfloat16", row) for row in parity.ROWS] + [("mixed_float16", row) for row in FIRST]
PURE = [(policy, row) for policy in ("float64", "bfloat16", "float16") for row in FIRST]
# Keras' own outputs have another dtype than the symbols and the policy say
DTYPE_DIFFERS = {"CategoryEncoding": "Keras gives the weights' dtype on values, the compute dtype on symbols"}
DTYPE_DIFFERS |= {"RandomCrop": "Keras leaves crops in the dtype in which they came"}
# torch has no kernel of 16 bits on CPU, and Keras raises an error
WITHOUT_KERNEL = {"AveragePooling3D", "STFTSpectrogram"}
# values that 16 bits leave open
VALUE_DIFFERS = {
    "RandomHue": "Keras turns colours in 16 bits, torchkeras in float32",
    "Solarization": "Keras compares with the threshold in 16 bits, torchkeras in float32",
    "SpectralNormalization": "Keras iterates with the kernel in 16 bits, torchkeras with the stored one",
    "Normalization": "Keras takes statistics that `set_weights` gave only after `finalize_state`",
}


def _ids(case: Any) -> str:
    policy, row = case
    return f"{policy}-{parity._title(row)}"


def _make(package: Any, row: dict[str, Any], policy: str) -> Any:
    package.config.set_dtype_policy(policy)
    return parity._make(package.layers, row)


def _run(layer: Any, row: dict[str, Any], weights: Any = None) -> tuple[list[Any], list[Any], list[Any]]:
    """Outputs, gradients of the inputs, and the weights before: drawn if not given."""
    inputs = parity._inputs(row)
    layer(inputs, **parity._call(row))
    if weights is None:
        draw = np.random.default_rng(1)
        weights = [draw.uniform(0.1, 0.9, tuple(w.shape)).astype(str(w.dtype)) for w in layer.weights]
    layer.set_weights(weights)
    outputs = [out for out in parity._flat(layer(inputs, **parity._call(row))) if isinstance(out, torch.Tensor)]
    draw = np.random.default_rng(2)
    factors = [torch.as_tensor(draw.normal(size=tuple(out.shape)), dtype=torch.float32) for out in outputs]
    losses = [(out.float() * factor).sum() for out, factor in zip(outputs, factors) if out.is_floating_point()]
    if losses and sum(losses).requires_grad:
        sum(losses).backward()
    return outputs, [x.grad for x in parity._flat(inputs)], weights


def _symbolic(layer: Any, module: Any, row: dict[str, Any]) -> list[str]:
    return [tensor.dtype for tensor in parity._flat(layer(parity._symbols(module, row)))]


def _close(got: torch.Tensor, wanted: torch.Tensor, tolerance: float) -> None:
    got, wanted = got.detach().double(), wanted.detach().double()
    if wanted.isfinite().all():
        scale = float(wanted.abs().max().clamp(min=1e-2)) if wanted.numel() else 1.0
        np.testing.assert_allclose(got.numpy() / scale, wanted.numpy() / scale, atol=tolerance, rtol=0)


def _all_close(got: list[Any], wanted: list[Any], tolerance: float) -> None:
    for mine, theirs in zip(got, wanted, strict=True):
        if mine is not None and theirs is not None:
            _close(mine, theirs, tolerance)


@pytest.mark.parametrize("case", CASES, ids=map(_ids, CASES))
def test_dtypes_and_values(case: Any) -> None:
    policy, row = case
    theirs, ours = _make(keras, row, policy), _make(torchkeras, row, policy)
    if row["layer"] in WITHOUT_KERNEL:
        theirs = _make(keras, row, "float32")
    expected, expected_grads, weights = _run(theirs, row)
    if row["layer"] in WITHOUT_KERNEL:
        expected = [out.to(ours._compute) for out in expected]
    outputs, grads, _ = _run(ours, row, weights)
    assert [w.dtype for w in ours.weights] == [w.dtype for w in theirs.weights]
    if row["layer"] not in DTYPE_DIFFERS:
        assert [out.dtype for out in outputs] == [out.dtype for out in expected]
    if "call" not in row and row["layer"] not in WITHOUT_KERNEL:
        assert _symbolic(ours, layers, row) == _symbolic(theirs, keras.layers, row)
    if row["layer"] in VALUE_DIFFERS or "outputs" in row.get("differs", ()):
        return
    _all_close(outputs, expected, TOLERANCE[policy])
    _all_close(grads, expected_grads, 4 * TOLERANCE[policy])


@pytest.mark.parametrize("case", PURE, ids=map(_ids, PURE))
def test_one_dtype_for_everything(case: Any) -> None:
    policy, row = case
    ours = _make(torchkeras, row, policy)
    theirs = _make(keras, row, "float32")  # on CPU it lacks kernels of 16 bits where torchkeras has a way around
    theirs(parity._inputs(row), **parity._call(row))
    draw = np.random.default_rng(1)
    weights = [draw.uniform(0.1, 0.9, tuple(w.shape)).astype(str(w.dtype)) for w in theirs.weights]
    expected, _, _ = _run(theirs, row, weights)
    outputs, _, _ = _run(ours, row, weights)
    floating = [out for out in outputs if out.is_floating_point()]
    assert {str(w.dtype) for w in ours.weights} <= {policy, "int32"}
    assert {out.dtype for out in floating} <= {getattr(torch, policy)}
    if row["layer"] not in VALUE_DIFFERS and "outputs" not in row.get("differs", ()):
        _all_close(outputs, expected, 2 * TOLERANCE[policy])

"""Names of dtypes, and what two of them join to, against real Keras."""

import itertools

import keras
import numpy as np
import pytest
import torch

from torchkeras import _dtypes, _settings

NARROW = {"int64": "int32", "uint64": "uint32", "float64": "float32", "complex128": "complex64"}
NAMES = [name for name in _dtypes.TORCH if not name.startswith("float8")]
WEAK = [int, float, bool, None]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_joins_are_keras_with_64_bits_kept(count):
    for dtypes in itertools.product([*NAMES, *WEAK], repeat=count):
        ours = _dtypes.result_type(*dtypes)
        assert NARROW.get(ours, ours) == keras.backend.result_type(*dtypes), dtypes


def test_joins_of_three():
    few = ["bool", "uint8", "int32", "uint64", "float16", "bfloat16", "complex64", int, float]
    for dtypes in itertools.product(few, repeat=3):
        ours = _dtypes.result_type(*dtypes)
        assert NARROW.get(ours, ours) == keras.backend.result_type(*dtypes), dtypes


def test_64_bits_are_kept():
    assert _dtypes.result_type("float64", "float32") == "float64"
    assert _dtypes.result_type("int64", "int32") == "int64"
    assert _dtypes.result_type("int64", "float32") == "float32"


def test_joins_follow_floatx():
    assert _dtypes.result_type("int32", float) == "float32"
    _settings.floatx = "float16"
    assert _dtypes.result_type("int32", float) == "float16"
    assert _dtypes.result_type("uint64", "int8") == "float16"


GIVEN = ["float32", "bfloat16", "int", float, int, bool, str, "torch.float32", "string", "int4"]
GIVEN += [torch.float32, torch.int64, torch.float8_e5m2, None, np.dtype("float32"), np.float16, "float8_e4m3fn"]


@pytest.mark.parametrize("given", GIVEN, ids=str)
def test_names_are_keras(given):
    if given == "int4":  # a name of Keras' quantized weights, for which torch has no dtype
        assert _dtypes.standardize_dtype(given) == "int4"
    elif given is float:  # Keras refuses it
        assert _dtypes.standardize_dtype(given) == "float32"
    else:
        assert _dtypes.standardize_dtype(given) == keras.backend.standardize_dtype(given)
        assert _dtypes.is_float_dtype(given) == keras.backend.is_float_dtype(given)
        assert _dtypes.is_int_dtype(given) == keras.backend.is_int_dtype(given)


def test_torch_dtypes_round_trip():
    for name, dtype in _dtypes.TORCH.items():
        assert _dtypes.to_torch_dtype(name) is dtype
        assert _dtypes.standardize_dtype(dtype) == name


@pytest.mark.parametrize("given", ["flaot32", 3, torch.quint8, object(), [1]], ids=lambda value: type(value).__name__)
def test_unknown_dtypes(given):
    with pytest.raises(ValueError, match="Unknown dtype: .*float32" if given == "flaot32" else "Unknown dtype"):
        _dtypes.standardize_dtype(given)


def test_dtype_of_values():
    assert _dtypes.of(torch.ones(1, dtype=torch.float16)) == "float16"
    assert _dtypes.of(np.ones(1)) == "float64"
    assert (_dtypes.of(1), _dtypes.of(1.0), _dtypes.of(True)) == ("int32", "float32", "bool")

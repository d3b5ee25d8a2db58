"""Dtype policies: in what a layer computes and keeps its weights."""

from torchkeras._registry import catalogue
from torchkeras.dtype_policies._lookup import deserialize, get, serialize
from torchkeras.dtype_policies._map import DTypePolicyMap
from torchkeras.dtype_policies._policy import DTypePolicy, FloatDTypePolicy, dtype_policy
from torchkeras.dtype_policies._quantized import (
    AWQDTypePolicy,
    GPTQDTypePolicy,
    Int4DTypePolicy,
    QuantizedDTypePolicy,
    QuantizedFloat8DTypePolicy,
)

catalogue("", DTypePolicy, FloatDTypePolicy)
catalogue("dtype_policies", DTypePolicy, FloatDTypePolicy, DTypePolicyMap, QuantizedDTypePolicy)
catalogue("dtype_policies", QuantizedFloat8DTypePolicy, Int4DTypePolicy, GPTQDTypePolicy, AWQDTypePolicy)

"""Activations, dropout and biases."""

from typing import Any

from torchkeras import ops, random
from torchkeras._tensorflow import linalg, math
from torchkeras._tensorflow._random_seeds import seed_for
from torchkeras._tensorflow._rows import own, publish, row, unary

# Renames

elu = unary(ops.elu)
leaky_relu = row(ops.leaky_relu, "features alpha")
log_softmax = math.log_softmax
relu = unary(ops.relu)
relu6 = unary(ops.relu6)
selu = unary(ops.selu)
sigmoid = unary(ops.sigmoid)
softmax = math.softmax
softplus = unary(ops.softplus)
softsign = unary(ops.softsign)
swish = silu = unary(ops.silu)
tanh = unary(ops.tanh)

l2_normalize = linalg.l2_normalize
in_top_k = math.in_top_k
top_k = math.top_k
zero_fraction = math.zero_fraction

# Own


@own
def gelu(features: Any, approximate: bool = False) -> Any:
    """``x * Phi(x)`` for the standard normal distribution, by default exact."""
    return ops.gelu(features, bool(approximate))


@own
def xw_plus_b(x: Any, weights: Any, biases: Any) -> Any:
    """``x @ weights + biases``"""
    return ops.add(ops.matmul(x, weights), biases)


@own
def crelu(features: Any, axis: int = -1) -> Any:
    """``relu(x)`` and ``relu(-x)`` joined along `axis`."""
    return ops.relu(ops.concatenate([features, ops.negative(features)], axis))


@own
def dropout(x: Any, rate: Any = None, noise_shape: Any = None, seed: Any = None, keep_prob: Any = None) -> Any:
    """A share `rate` of the elements (TensorFlow 1: all but `keep_prob`) set to 0, the rest scaled up."""
    share = 1 - float(keep_prob) if rate is None and keep_prob is not None else float(rate)
    return random.dropout(x, share, noise_shape, seed_for(seed))


@own
def bias_add(value: Any, bias: Any, data_format: str | None = None) -> Any:
    """`value` plus one number for each channel."""
    if data_format is not None and data_format.upper().startswith("NC"):
        bias = ops.reshape(bias, (-1, *[1] * (len(value.shape) - 2)))
    return ops.add(value, bias)


@own
def embedding_lookup(
    params: Any, ids: Any, partition_strategy: Any = None, validate_indices: Any = None, max_norm: Any = None
) -> Any:
    """The rows of `params` at `ids`, scaled down where their norm exceeds `max_norm`."""
    found = ops.take(params, ids, axis=0)
    return found if max_norm is None else math.clip_by_norm(found, max_norm, axes=[-1])


publish(globals())

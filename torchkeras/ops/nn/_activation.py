"""Activation functions."""

import warnings
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._probing import is_probing
from torchkeras.ops._op import floats, op, publish, tensor, unary

# Renames

hard_sigmoid = unary(F.hardsigmoid, floating=True)
hard_silu = unary(F.hardswish, floating=True)
hard_swish = hard_silu
hard_tanh = unary(F.hardtanh)
log_sigmoid = unary(F.logsigmoid, floating=True)
relu = unary(torch.relu)
relu6 = unary(F.relu6)
selu = unary(torch.selu, floating=True)
sigmoid = unary(torch.sigmoid, floating=True)
silu = unary(F.silu, floating=True)
swish = silu
softplus = unary(F.softplus, floating=True)
softsign = unary(F.softsign, floating=True)
tanh_shrink = unary(F.tanhshrink, floating=True)

# axis -> dim


@op
def softmax(x: Any, axis: Any = -1) -> Tensor:
    """``exp(x) / sum(exp(x))`` over `axis`: one, several, or None for all."""
    x = floats(x)
    if isinstance(axis, int) and x.ndim and -x.ndim <= axis < x.ndim and x.shape[axis] == 1 and not is_probing():
        warnings.warn(
            f"You are using a softmax over axis {axis} of a tensor of shape {tuple(x.shape)}, of size 1: the "
            "result is always 1. Did you mean to use a sigmoid instead?",
            stacklevel=3,
        )
    return _over(torch.softmax, x, axis)


@op
def log_softmax(x: Any, axis: Any = -1) -> Tensor:
    """The logarithm of :func:`softmax`, without overflow."""
    return _over(torch.log_softmax, floats(x), axis)


def _over(function: Any, x: Tensor, axis: Any) -> Tensor:
    """`function` along one axis, which several axes are laid out as for the call."""
    if isinstance(axis, int):
        return function(x, axis)
    if axis is None:
        return function(x.reshape(-1), 0).reshape(x.shape)
    if len(axis) == 1:
        return function(x, axis[0])
    last = tuple(range(-len(axis), 0))
    moved = torch.movedim(x, tuple(axis), last)
    found = function(moved.flatten(-len(axis)), -1).reshape(moved.shape)
    return torch.movedim(found, last, tuple(axis))


@op
def glu(x: Any, axis: int = -1) -> Tensor:
    """The first half along `axis` times the sigmoid of the second."""
    return F.glu(floats(x), axis)


@op
def sparsemax(x: Any, axis: int = -1) -> Tensor:
    """The nearest point of the simplex: like softmax, but with true zeros (Martins and Astudillo, 2016)."""
    x = floats(x)
    ordered = torch.sort(x, dim=axis, descending=True).values
    shape = [-1 if dim == axis % x.ndim else 1 for dim in range(x.ndim)]
    counts = torch.arange(1, x.shape[axis] + 1, dtype=x.dtype, device=x.device).reshape(shape)
    sums = torch.cumsum(ordered, axis)
    support = torch.sum(1 + counts * ordered > sums, axis, keepdim=True)
    threshold = (torch.take_along_dim(sums, support - 1, axis) - 1) / support
    return torch.clamp(x - threshold, min=0)


# Own (with a parameter, or unknown to torch)


@op
def celu(x: Any, alpha: float = 1.0) -> Tensor:
    """``max(0, x) + min(0, alpha * (exp(x / alpha) - 1))``."""
    return F.celu(floats(x), alpha)


@op
def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """`x` above zero, ``alpha * (exp(x) - 1)`` below."""
    return F.elu(floats(x), alpha)


@op
def gelu(x: Any, approximate: bool = True) -> Tensor:
    """`x` times the normal distribution function, or its approximation by ``tanh`` (torch: exact by default)."""
    return F.gelu(floats(x), approximate="tanh" if approximate else "none")


@op
def hard_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """`x`, and 0 where its absolute value is at most `threshold`."""
    return F.hardshrink(floats(x), threshold)


@op
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Tensor:
    """`x` above zero, ``negative_slope * x`` below (torch's default slope: 0.01)."""
    return F.leaky_relu(floats(x), negative_slope)


@op
def soft_shrink(x: Any, threshold: float = 0.5) -> Tensor:
    """`x` moved towards zero by `threshold`."""
    return F.softshrink(floats(x), threshold)


@op
def sparse_plus(x: Any) -> Tensor:
    """0 up to -1, ``(x + 1)**2 / 4`` up to 1, `x` above."""
    x = floats(x)
    return torch.where(x <= -1, torch.zeros_like(x), torch.where(x < 1, (x + 1) ** 2 / 4, x))


@op
def sparse_sigmoid(x: Any) -> Tensor:
    """0 up to -1, ``(x + 1) / 2`` up to 1, 1 above."""
    return torch.clamp((floats(x) + 1) / 2, 0, 1)


@op
def squareplus(x: Any, b: float = 4) -> Tensor:
    """``(x + sqrt(x**2 + b)) / 2``."""
    x = floats(x)
    return (x + torch.sqrt(x * x + b)) / 2


@op
def threshold(x: Any, threshold: float, default_value: float) -> Tensor:
    """`x` above `threshold`, `default_value` elsewhere."""
    return F.threshold(tensor(x), threshold, default_value)


publish(globals())

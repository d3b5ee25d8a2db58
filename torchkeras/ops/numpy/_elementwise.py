"""Functions of each element."""

from typing import Any

import torch
from torch import Tensor

from torchkeras.ops._op import floats, op, promote, publish, tensor, unary

# Renames

absolute = unary(torch.abs)
abs = absolute
angle = unary(torch.angle, floating=True)
arccos = unary(torch.acos, floating=True)
arccosh = unary(torch.acosh, floating=True)
arcsin = unary(torch.asin, floating=True)
arcsinh = unary(torch.asinh, floating=True)
arctan = unary(torch.atan, floating=True)
arctanh = unary(torch.atanh, floating=True)
ceil = unary(torch.ceil, floating=True)
conjugate = unary(torch.conj)
conj = conjugate
copy = unary(torch.clone)
cos = unary(torch.cos, floating=True)
cosh = unary(torch.cosh, floating=True)
deg2rad = unary(torch.deg2rad, floating=True)
exp = unary(torch.exp, floating=True)
exp2 = unary(torch.exp2, floating=True)
expm1 = unary(torch.expm1, floating=True)
fabs = unary(torch.abs, floating=True)
floor = unary(torch.floor, floating=True)
i0 = unary(torch.i0, floating=True)
isfinite = unary(torch.isfinite)
isinf = unary(torch.isinf)
isnan = unary(torch.isnan)
isneginf = unary(torch.isneginf)
isposinf = unary(torch.isposinf)
isreal = unary(torch.isreal)
log = unary(torch.log, floating=True)
log10 = unary(torch.log10, floating=True)
log1p = unary(torch.log1p, floating=True)
log2 = unary(torch.log2, floating=True)
negative = unary(torch.neg)
rad2deg = unary(torch.rad2deg, floating=True)
reciprocal = unary(torch.reciprocal, floating=True)
sign = unary(torch.sign)
signbit = unary(torch.signbit)
sin = unary(torch.sin, floating=True)
sinc = unary(torch.sinc, floating=True)
sinh = unary(torch.sinh, floating=True)
sqrt = unary(torch.sqrt, floating=True)
tan = unary(torch.tan, floating=True)
tanh = unary(torch.tanh, floating=True)

# Own


@op
def cbrt(x: Any) -> Tensor:
    """The real cube root of each element; torch has no negative base to a broken power."""
    x = floats(x)
    return torch.sign(x) * torch.abs(x).pow(1 / 3)


@op
def clip(x: Any, x_min: Any, x_max: Any) -> Tensor:
    """Each element kept between `x_min` and `x_max` (numbers or tensors, None for no bound)."""
    x = tensor(x)
    if x.dtype == torch.bool:
        x = x.to(torch.int32)
    if isinstance(x_min, Tensor) or isinstance(x_max, Tensor):
        x_min, x_max = (None if bound is None else tensor(bound).to(x) for bound in (x_min, x_max))
    elif not x.dtype.is_floating_point and (isinstance(x_min, float) or isinstance(x_max, float)):
        x = floats(x)
    return torch.clamp(x, x_min, x_max)


@op
def imag(x: Any) -> Tensor:
    """The imaginary part; zeros for real numbers, which torch refuses."""
    x = tensor(x)
    return torch.imag(x) if x.is_complex() else torch.zeros_like(x)


@op
def nan_to_num(x: Any, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """`x` with NaN, infinity and minus infinity replaced; by default the largest finite numbers."""
    return torch.nan_to_num(tensor(x), nan, posinf, neginf)


@op
def real(x: Any) -> Tensor:
    """The real part."""
    x = tensor(x)
    return torch.real(x) if x.is_complex() else x


@op
def round(x: Any, decimals: int = 0) -> Tensor:
    """Each element rounded to `decimals` digits, halves to the even neighbour."""
    x = tensor(x)
    if x.dtype.is_floating_point:
        return torch.round(x, decimals=decimals)
    if decimals >= 0:
        return x.to(torch.int32) if x.dtype == torch.bool else x
    return torch.round(floats(x), decimals=decimals).to(x.dtype)  # torch rounds integers to units only


@op
def square(x: Any) -> Tensor:
    """Each element times itself."""
    x = tensor(x)
    return torch.square(x.to(torch.int32) if x.dtype == torch.bool else x)


@op
def trunc(x: Any) -> Tensor:
    """The integer part."""
    x = tensor(x)
    return torch.trunc(x) if x.dtype.is_floating_point else x


@op
def view(x: Any, dtype: Any = None) -> Tensor:
    """The same bytes read as `dtype`: the last axis grows or shrinks with the size of an element."""
    return torch.Tensor.view(tensor(x), tensor(0, dtype or "float32").dtype) if dtype is not None else tensor(x)


@op
def heaviside(x1: Any, x2: Any) -> Tensor:
    """0 below zero, `x2` at zero, 1 above."""
    x1, x2 = promote(floats(x1), x2)
    return torch.heaviside(x1, tensor(x2, x1.dtype).to(x1.device))


publish(globals())

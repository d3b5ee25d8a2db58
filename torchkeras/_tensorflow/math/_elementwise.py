"""Functions of each element: ``tf.exp``, ``tf.add``, ``tf.greater`` and kin."""

import functools
import operator
from collections.abc import Callable
from typing import Any

import torch

from torchkeras import ops
from torchkeras._pipeline import StringTensor
from torchkeras._tensorflow._rows import Function, binary, own_op, publish, row, unary
from torchkeras.ops import _op
from torchkeras.ops._op import tensor, tensors


def _of_texts(function: Function, compare: Function) -> Function:
    """The comparison, also for text."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for value in args:
            if isinstance(value, StringTensor):
                return compare(value, args[1] if value is args[0] else args[0])
        return function(*args, **kwargs)

    return call


# Renames

abs = unary(ops.absolute)
acos = unary(ops.arccos)
acosh = unary(ops.arccosh)
angle = unary(ops.angle)
asin = unary(ops.arcsin)
asinh = unary(ops.arcsinh)
atan = unary(ops.arctan)
atanh = unary(ops.arctanh)
ceil = unary(ops.ceil)
conj = unary(ops.conj)
cos = unary(ops.cos)
cosh = unary(ops.cosh)
erf = unary(ops.erf)
erfc = unary(ops.erfc)
erfinv = unary(ops.erfinv)
exp = unary(ops.exp)
expm1 = unary(ops.expm1)
floor = unary(ops.floor)
imag = unary(ops.imag)
is_finite = unary(ops.isfinite)
is_inf = unary(ops.isinf)
is_nan = unary(ops.isnan)
log = unary(ops.log)
log1p = unary(ops.log1p)
log_sigmoid = unary(ops.log_sigmoid)
log_softmax = row(ops.log_softmax, "logits axis", dim="axis")
logical_not = unary(ops.logical_not)
negative = unary(ops.negative)
real = unary(ops.real)
reciprocal = unary(ops.reciprocal)
rint = round = unary(ops.round)
rsqrt = unary(ops.rsqrt)
sigmoid = unary(ops.sigmoid)
sign = unary(ops.sign)
sin = unary(ops.sin)
sinh = unary(ops.sinh)
softmax = row(ops.softmax, "logits axis", dim="axis")
softplus = unary(ops.softplus)
softsign = unary(ops.softsign)
sqrt = unary(ops.sqrt)
square = unary(ops.square)
tan = unary(ops.tan)
tanh = unary(ops.tanh)

add = binary(ops.add)
atan2 = binary(ops.arctan2, parameters="y x")
divide = truediv = realdiv = binary(ops.divide)
divide_no_nan = div_no_nan = binary(ops.divide_no_nan)
equal = _of_texts(binary(ops.equal), operator.eq)
floordiv = floor_div = binary(ops.floor_divide)
floormod = mod = binary(ops.mod)
greater = binary(ops.greater)
greater_equal = binary(ops.greater_equal)
less = binary(ops.less)
less_equal = binary(ops.less_equal)
logical_and = binary(ops.logical_and)
logical_or = binary(ops.logical_or)
logical_xor = binary(ops.logical_xor)
maximum = binary(ops.maximum)
minimum = binary(ops.minimum)
multiply = scalar_mul = binary(ops.multiply)
nextafter = binary(ops.nextafter, parameters="x1 x2")
not_equal = _of_texts(binary(ops.not_equal), operator.ne)
pow = binary(ops.power)
subtract = binary(ops.subtract)

# Of torch


def _of_torch(function: Callable[..., Any]) -> Function:
    kernel = _op.unary(function, floating=True)
    kernel.__name__ = function.__name__
    return unary(kernel)


bessel_i0 = _of_torch(torch.special.i0)
bessel_i0e = _of_torch(torch.special.i0e)
bessel_i1 = _of_torch(torch.special.i1)
bessel_i1e = _of_torch(torch.special.i1e)
digamma = _of_torch(torch.digamma)
lgamma = _of_torch(torch.lgamma)
ndtri = _of_torch(torch.special.ndtri)

# Own


@own_op
def div(x: Any, y: Any) -> Any:
    """TensorFlow 1's division: of integers it gives integers, rounded down."""
    x, y = tensors((x, y))
    return x / y if x.is_floating_point() or x.is_complex() else torch.div(x, y, rounding_mode="floor")


@own_op
def truncatediv(x: Any, y: Any) -> Any:
    """The quotient of integers, cut off towards 0."""
    return torch.div(*tensors((x, y)), rounding_mode="trunc")


@own_op
def truncatemod(x: Any, y: Any) -> Any:
    """What :func:`truncatediv` leaves: it has the sign of `x`."""
    return torch.fmod(*tensors((x, y)))


@own_op
def squared_difference(x: Any, y: Any) -> Any:
    """``(x - y) ** 2``"""
    x, y = tensors((x, y))
    return torch.square(x - y)


@own_op
def multiply_no_nan(x: Any, y: Any) -> Any:
    """The product, and 0 where `y` is 0, also for an infinite `x`."""
    x, y = tensors((x, y))
    return torch.where(y == 0, torch.zeros((), dtype=x.dtype, device=x.device), x * y)


@own_op
def reciprocal_no_nan(x: Any) -> Any:
    """``1 / x``, and 0 where `x` is 0."""
    x = tensor(x)
    return torch.where(x == 0, torch.zeros_like(x), 1 / torch.where(x == 0, torch.ones_like(x), x))


@own_op
def xlogy(x: Any, y: Any) -> Any:
    """``x * log(y)``, and 0 where `x` is 0."""
    return torch.xlogy(*tensors((x, y)))


@own_op
def xlog1py(x: Any, y: Any) -> Any:
    """``x * log(1 + y)``, and 0 where `x` is 0."""
    return torch.special.xlog1py(*tensors((x, y)))


@own_op
def xdivy(x: Any, y: Any) -> Any:
    """``x / y``, and 0 where `x` is 0."""
    x, y = tensors((x, y))
    return torch.where(x == 0, torch.zeros_like(x), x / torch.where(x == 0, torch.ones_like(y), y))


@own_op
def igamma(a: Any, x: Any) -> Any:
    """The lower regularized incomplete gamma function."""
    return torch.special.gammainc(*tensors((a, x)))


@own_op
def igammac(a: Any, x: Any) -> Any:
    """The upper regularized incomplete gamma function."""
    return torch.special.gammaincc(*tensors((a, x)))


@own_op
def polygamma(a: Any, x: Any) -> Any:
    """The `a`-th derivative of :func:`digamma`, for one whole number `a`."""
    return torch.special.polygamma(int(tensor(a).unique()), tensor(x))


@own_op
def zeta(x: Any, q: Any) -> Any:
    """Hurwitz' zeta function."""
    return torch.special.zeta(*tensors((x, q)))


@own_op
def polyval(coeffs: Any, x: Any) -> Any:
    """The polynomial at `x`; `coeffs` begins with that of the highest power."""
    total = torch.zeros_like(tensor(x))
    for coefficient in coeffs:
        total = total * x + coefficient
    return total


@own_op
def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any) -> Any:
    """`t`, cut to the range."""
    t = tensor(t)
    return torch.minimum(torch.maximum(t, tensor(clip_value_min, t.dtype)), tensor(clip_value_max, t.dtype))


publish(globals())

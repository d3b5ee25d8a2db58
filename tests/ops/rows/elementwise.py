"""Functions of each element, and of each two elements."""

import numpy as np

rng = np.random.default_rng(0)
x = rng.normal(0, 2, (3, 4)).astype("float32")
y = rng.normal(0, 2, (3, 4)).astype("float32")
unit = rng.uniform(-0.9, 0.9, (3, 4)).astype("float32")
positive = rng.uniform(0.2, 3, (3, 4)).astype("float32")
above_one = positive + 1
odd = np.array([0, 1, -1, np.inf, -np.inf, np.nan], "float32")
i = rng.integers(-5, 6, (3, 4)).astype("int32")
j = rng.integers(1, 6, (3, 4)).astype("int32")
bits = rng.integers(0, 200, (3, 4)).astype("uint8")
flags = rng.integers(0, 2, (3, 4)).astype(bool)
other_flags = rng.integers(0, 2, (3, 4)).astype(bool)
z = (x + 1j * y).astype("complex64")


def call(*args, **kwargs):
    return args, kwargs


def each(names, *calls):
    return {name: list(calls) for name in names.split()}


ROWS = {
    **each("abs absolute negative sign copy square", call(x), call(i), call(2.5), call([1, -2])),
    **each("cos cosh deg2rad exp exp2 rad2deg sin sinc sinh tan tanh arcsinh arctan", call(x), call(i)),
    **each("ceil floor fabs cbrt expm1 trunc reciprocal", call(above_one), call(-above_one), call(j)),
    **each("log log10 log1p log2 sqrt i0", call(positive), call(j)),
    **each("arccos arcsin arctanh", call(unit)),
    "arccosh": [call(above_one)],
    **each("isfinite isinf isnan isneginf isposinf", call(odd)),
    **each("signbit", call(x)),
    **each("isreal real conj conjugate angle", call(z), call(x)),
    "imag": [call(z)],
    "nan_to_num": [call(odd), call(odd, nan=2.0, posinf=3.0, neginf=-4.0), call(i)],
    "round": [call(x), call(x, 1), call(x, decimals=2), call(i)],
    "clip": [call(x, -1, 1), call(x, -1.0, y), call(i, 0, 3), call(x, x_min=0.0, x_max=2.0)],
    "heaviside": [call(x, y), call(np.array([-1, 0, 2.0], "float32"), 0.5)],
    "view": [call(x), call(x, "int32"), call(i, dtype="uint8")],
    **each("add subtract multiply", call(x, y), call(x, 2), call(2.5, x), call(i, 1.5), call(i, x), call(x, y[0])),
    **each("divide true_divide", call(x, y), call(i, j), call(1, x), call(x, 2), call(i, 2.0)),
    **each("maximum minimum fmax fmin", call(x, y), call(i, j), call(x, 0), call(0.5, x), call(i, 0.5)),
    **each("arctan2 hypot logaddexp logaddexp2 nextafter", call(x, y), call(i, j)),
    **each("floor_divide mod fmod", call(x, y), call(i, j), call(x, 2), call(7, j)),
    "power": [call(positive, y), call(x, 2), call(2.0, x), call(j, 2)],
    "divide_no_nan": [call(x, np.array([0, 1, 2, 0], "float32")), call(x, 0.0)],
    **each("gcd lcm", call(i, j)),
    "ldexp": [call(x, j)],
    **each("bitwise_and bitwise_or bitwise_xor", call(i, j), call(flags, other_flags), call(bits, bits[0])),
    **each("bitwise_left_shift left_shift bitwise_right_shift right_shift", call(bits, np.uint8(1)), call(j, j)),
    **each("bitwise_invert bitwise_not", call(i), call(flags)),
    **each("equal greater greater_equal less less_equal not_equal", call(x, y), call(i, 0), call(1.5, x), call(i, j)),
    **each("logical_and logical_or logical_xor", call(flags, other_flags), call(i, j), call(x, flags)),
    "logical_not": [call(flags), call(i)],
    **each("isclose allclose", call(x, x + 1e-6), call(x, y), call(odd, odd, equal_nan=True), call(x, y, rtol=2.0)),
    "isin": [call(i, j), call(i, [1, 2], invert=True), call(i, j, assume_unique=False)],
    **each("erf erfc rsqrt", call(positive), call(j)),
    "erfinv": [call(unit)],
    **each("relu relu6 hard_tanh", call(x)),
    "sigmoid": [call(x), call(i)],
    "hard_sigmoid": [call(x)],
    **each("silu swish hard_silu hard_swish log_sigmoid selu softplus softsign tanh_shrink", call(x)),
    **each("sparse_plus sparse_sigmoid", call(x)),
    **each("celu elu", call(x), call(x, 0.5), call(x, alpha=2.0)),
    "gelu": [call(x), call(x, False), call(x, approximate=True)],
    **each("hard_shrink soft_shrink", call(x), call(x, 0.2), call(x, threshold=1.0)),
    "leaky_relu": [call(x), call(x, 0.1), call(x, negative_slope=0.3)],
    "squareplus": [call(x), call(x, 2), call(x, b=1.0)],
    "threshold": [call(x, 0.5, -1.0)],
    **each("polar", call(positive, x)),
    **each("view_as_complex", call(rng.normal(size=(3, 2)).astype("float32"))),
    **each("view_as_real", call(z)),
}

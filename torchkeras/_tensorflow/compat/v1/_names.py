"""Functions that TensorFlow 2 gave other names."""

from collections.abc import Callable
from typing import Any

from torchkeras import initializers
from torchkeras._tensorflow import random, version
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._printing import print as _print
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._tensors import cast
from torchkeras._tensorflow._variable import Variable

# Renames

multinomial = random.categorical
random_gamma = random.gamma
random_normal = random.normal
random_poisson = random.poisson
random_shuffle = random.shuffle
random_uniform = random.uniform
set_random_seed = random.set_seed
truncated_normal = random.truncated_normal
glorot_normal_initializer = initializers.GlorotNormal
glorot_uniform_initializer = initializers.GlorotUniform
orthogonal_initializer = initializers.Orthogonal
truncated_normal_initializer = initializers.TruncatedNormal
uniform_unit_scaling_initializer = variance_scaling_initializer = initializers.VarianceScaling


def _to(dtype: str) -> Callable[..., Any]:
    def convert(x: Any) -> Any:
        return cast(x, dtype)

    convert.__doc__ = f"`x` as {dtype}."
    return own(convert)


to_bfloat16 = _to("bfloat16")
to_double = _to("float64")
to_float = _to("float32")
to_int32 = _to("int32")
to_int64 = _to("int64")

# Own


@own
def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = "float32",
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = None,
    constraint: Any = None,
    **kwargs: Any,
) -> Variable:
    """A new variable of that shape, from an initializer (glorot_uniform) or a value. Each call makes a new one."""
    make = initializers.get("glorot_uniform" if initializer is None else initializer)
    if shape is None or not callable(make):
        value = initializer
    else:
        value = make(tuple([shape] if isinstance(shape, int) else shape), dtype=as_dtype(dtype))
    made = Variable(value, trainable, name=name, dtype=dtype, constraint=constraint)
    made.regularizer = regularizer
    return made


@own
def assign(ref: Variable, value: Any, validate_shape: Any = None, use_locking: Any = None) -> Variable:
    """Store a new value; returns the variable."""
    ref.assign(value)
    return ref


@own
def assign_add(ref: Variable, value: Any, use_locking: Any = None) -> Variable:
    """Add to the variable; returns it."""
    ref.assign_add(value)
    return ref


@own
def assign_sub(ref: Variable, value: Any, use_locking: Any = None) -> Variable:
    """Subtract from the variable; returns it."""
    ref.assign_sub(value)
    return ref


@own
def Print(input_: Any, data: Any, message: str | None = None, first_n: Any = None, summarize: Any = 3) -> Any:
    """The tensor `input_`; `message` and `data` are written to stderr."""
    _print(message or "", *data, summarize=summarize or 3)
    return input_


VERSION = version.VERSION

_OTHERS = [name for name in list(globals()) if name.endswith("_initializer")]
publish(globals(), "VERSION", *_OTHERS)

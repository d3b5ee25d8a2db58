"""Functions that TensorFlow 2 gave other names."""

from collections.abc import Callable
from typing import Any

from torchkeras import initializers
from torchkeras._tensorflow import random
from torchkeras._tensorflow._dtypes import as_dtype
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


_OTHERS = [name for name in list(globals()) if name.endswith("_initializer")]
publish(globals(), *_OTHERS)

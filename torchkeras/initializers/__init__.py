"""First values of weights: objects called with a shape, ``(shape, dtype) -> tensor`` on the default device.

An initializer without a seed chooses one when it is made, so it gives the same numbers at every call,
as in Keras; with the same seed the numbers are those of Keras on torch's CPU.
"""

from typing import Annotated, Any

from torch import Tensor

from torchkeras._fields import Kind
from torchkeras._registry import catalogue, to_snake_case
from torchkeras._serialization import Family
from torchkeras.initializers._constant import STFT, Constant, Identity, Ones, Zeros
from torchkeras.initializers._initializer import Initializer
from torchkeras.initializers._random import (
    GlorotNormal,
    GlorotUniform,
    HeNormal,
    HeUniform,
    LecunNormal,
    LecunUniform,
    Orthogonal,
    RandomInitializer,
    RandomNormal,
    RandomUniform,
    TruncatedNormal,
    VarianceScaling,
    compute_fans,
)
from torchkeras.ops._op import tensor

IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT
constant, identity, ones, zeros, stft = Constant, Identity, Ones, Zeros, STFT
glorot_normal, glorot_uniform, he_normal, he_uniform = GlorotNormal, GlorotUniform, HeNormal, HeUniform
lecun_normal, lecun_uniform, orthogonal = LecunNormal, LecunUniform, Orthogonal
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling = VarianceScaling

_CLASSES = [Constant, GlorotNormal, GlorotUniform, HeNormal, HeUniform, Identity, LecunNormal, LecunUniform, Ones]
_CLASSES += [Orthogonal, RandomNormal, RandomUniform, STFT, TruncatedNormal, VarianceScaling, Zeros]

catalogue("initializers", Initializer, *_CLASSES)
catalogue("initializers", **{to_snake_case(cls.__name__): cls for cls in _CLASSES if cls is not STFT}, stft=STFT)
catalogue("initializers", IdentityInitializer=Identity, OrthogonalInitializer=Orthogonal, STFTInitializer=STFT)

_ALIASES = {"zero": Zeros, "one": Ones, "uniform": RandomUniform, "normal": RandomNormal}
_family = Family("initializers", "initializer", base=Initializer, aliases=_ALIASES)
deserialize = _family.deserialize


def serialize(initializer: Any) -> Any:
    """The initializer as plain values."""
    return _family.serialize(initializer)


def get(identifier: Any) -> Any:
    """An initializer out of a name, a config, a class, an object, a function, or a tensor-like value to start from.

    Raises:
        ValueError: nothing of that name, or something else altogether.
    """
    if hasattr(identifier, "shape") and hasattr(identifier, "dtype"):
        return _Value(identifier)
    return _family.get(identifier)


class _Value:
    """A ready value as initializer."""

    def __init__(self, value: Any) -> None:
        self.value = tensor(value)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        if tuple(shape) != tuple(self.value.shape):
            raise ValueError(
                f"Expected `shape` to be {tuple(self.value.shape)} for direct tensor as initializer. "
                f"Received shape={tuple(shape)}"
            )
        return tensor(self.value, dtype).clone()


InitializerField = Annotated[Any, Kind(get, serialize)]

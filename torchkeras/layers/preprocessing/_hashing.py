"""Hashing and HashedCrossing: numbers for values without a vocabulary."""

from typing import Annotated, Any

import numpy as np
from torch import Tensor

from torchkeras import _registry
from torchkeras._dtypes import to_torch_dtype
from torchkeras._errors import brief
from torchkeras._fields import Kind, PositiveInt, fields
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._layer import Layer
from torchkeras.layers.preprocessing._encoding import Mode, encoded, encoded_shape, mode, refuse_sparse
from torchkeras.layers.preprocessing._fingerprints import farm_fingerprint, joined_fingerprint, sip_hash
from torchkeras.layers.preprocessing._lookup import on_device
from torchkeras.layers.preprocessing._string_lookup import Name, Salt
from torchkeras.layers.preprocessing._texts import as_texts

__all__ = ["HashedCrossing", "Hashing"]


class _HashingLayer(Layer):
    """Gives int64 numbers, or vectors in floatx."""

    num_bins: int
    output_mode: str
    sparse: bool

    _takes_text = True

    def __init__(self, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(dtype=dtype, **kwargs)
        self._dtype_given = dtype is not None

    def __post_init__(self) -> None:
        if not self._dtype_given and self.output_mode == "int":
            self.dtype_policy = "int64"
        self._build_at_init()
        refuse_sparse(self)

    def _encoded(self, numbers: Tensor) -> Tensor:
        if self.output_mode == "int":
            return numbers
        return encoded(numbers, self.output_mode, self.num_bins, to_torch_dtype(self._vector_dtype()))

    def _vector_dtype(self) -> str:
        return "float32" if self.dtype.startswith("int") else self.dtype

    def compute_output_dtype(self, *args: Any) -> str:
        return "int64" if self.output_mode == "int" else self._vector_dtype()

    def _symbol(self, shape: Any) -> KerasTensor:
        shape = shape if self.output_mode == "int" else encoded_shape(shape, self.output_mode, self.num_bins)
        return KerasTensor(shape, self.compute_output_dtype())


@fields
class Hashing(_HashingLayer):
    """Strings or integers as numbers ``0 ... num_bins - 1`` by a hash of them: ``(...) -> (...)``, int64, or vectors.

    Args:
        num_bins: how many numbers there are, that of `mask_value` among them.
        mask_value: the value that becomes 0; the others then begin with 1.
        salt: one or two integers: SipHash with this key is the hash, else FarmHash.
        output_mode: ``"int"``, ``"one_hot"``, ``"multi_hot"`` or ``"count"``.
        sparse: not supported on torch.

    >>> Hashing(num_bins=3)([["A"], ["B"]])
    tensor([[1],
            [0]])
    """

    num_bins: PositiveInt
    mask_value: Any = None
    salt: Salt = None
    output_mode: Mode = "int"
    sparse: bool = False

    def call(self, inputs: Any) -> Tensor:
        texts = as_texts(inputs)
        made = farm_fingerprint if self.salt is None else sip_hash(tuple(self.salt))
        masked = self.mask_value is not None
        bins = self.num_bins - 1 if masked else self.num_bins
        table = {text: made(text.encode()) % bins + masked for text in set(texts.ravel().tolist())} if bins else {}
        if masked:
            table[str(self.mask_value)] = 0
        numbers = [table.get(text, 0) for text in texts.ravel().tolist()]
        return self._encoded(on_device(np.array(numbers, dtype="int64").reshape(texts.shape)))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._symbol(input_shape).shape

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        return self._symbol(inputs.shape)


@fields
class HashedCrossing(_HashingLayer):
    """Several features as one number ``0 ... num_bins - 1``, by a hash of all: ``n`` times ``(b,)`` or ``(b, 1)``.

    Args:
        num_bins: how many numbers there are.
        output_mode: ``"int"`` or ``"one_hot"``.
        sparse: not supported on torch.

    >>> HashedCrossing(num_bins=5)((["A", "B"], [101, 101]))
    tensor([1, 4])
    """

    num_bins: PositiveInt
    output_mode: Annotated[str, mode("int", "one_hot")] = "int"
    sparse: bool = False
    name: Name = None
    dtype: Annotated[Any, Kind(inherited=True)] = None

    def _from_numbers(self, value: Any) -> Any:
        return value  # features, which are not rows of one array

    def call(self, inputs: Any) -> Tensor:
        if not isinstance(inputs, (list, tuple)) or len(inputs) < 2:
            raise ValueError(
                f'HashedCrossing "{self.name}": expected a list of at least two features, got {brief(inputs)}.'
            )
        features = [_values(feature) for feature in inputs]
        shapes = {feature.shape for feature in features}
        shape = max(shapes, key=len)
        if any(len(found) > 2 or (len(found) == 2 and found[1] != 1) for found in shapes):
            raise ValueError(
                f'HashedCrossing "{self.name}": features must be scalars, (batch,) or (batch, 1), got shapes '
                f"{sorted(shapes)}."
            )
        numbers = [self._crossed(row) for row in zip(*(feature.ravel().tolist() for feature in features), strict=True)]
        return self._encoded(on_device(np.array(numbers, dtype="int64").reshape(shape)))

    def _crossed(self, values: tuple[Any, ...]) -> int:
        joined = 0xDECAFCAFFE  # TensorFlow's own start
        for value in values:
            joined = joined_fingerprint(joined, farm_fingerprint(value.encode()) if isinstance(value, str) else value)
        return joined % self.num_bins

    def compute_output_shape(self, input_shape: Any) -> Any:
        return self._symbol(max(map(tuple, input_shape), key=len)).shape

    def compute_output_spec(self, inputs: Any) -> KerasTensor:
        return self._symbol(max((feature.shape for feature in inputs), key=len))

    def get_config(self) -> dict[str, Any]:
        return {
            "num_bins": self.num_bins,
            "output_mode": self.output_mode,
            "sparse": self.sparse,
            "name": self.name,
            "dtype": self.dtype,
        }


def _values(feature: Any) -> np.ndarray:
    """Integers as they are, anything else as texts."""
    if isinstance(feature, Tensor):
        feature = feature.numpy(force=True)
    array = np.asarray(feature)
    return array.astype("int64") if array.dtype.kind in "iu" else as_texts(feature)


_registry.catalogue("layers", Hashing, HashedCrossing)

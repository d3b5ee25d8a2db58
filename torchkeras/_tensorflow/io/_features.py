"""Features out of serialized examples."""

from typing import Any

import torch

from torchkeras._pipeline import SparseTensor, StringTensor, string
from torchkeras._pipeline._elements import as_tensor, stacked
from torchkeras._pipeline._spec import as_dtype
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._texts import tensor_of
from torchkeras._tensorflow.train._examples import Example


class FixedLenFeature:
    """A feature of one shape.

    Args:
        shape: of its values.
        dtype: ``int64``, ``float32`` or ``string``.
        default_value: for examples that lack it.
    """

    def __init__(self, shape: Any, dtype: Any, default_value: Any = None) -> None:
        self.shape = tuple(int(size) for size in shape)
        self.dtype = as_dtype(dtype)
        self.default_value = default_value

    def take(self, values: list[Any] | None, name: str) -> Any:
        """The values of an example as a tensor.

        Raises:
            ValueError: there are none, or not as many as the shape has.
        """
        if not values:
            if self.default_value is None:
                raise ValueError(f"parse_example: the feature {name!r} is missing, and has no default value.")
            made = as_tensor(self.default_value)
            made = made if isinstance(made, StringTensor) else made.to(self.dtype)
            return (
                made.reshape(self.shape)
                if made.reshape(-1).shape[0] > 1 or not self.shape
                else _filled(made, self.shape)
            )
        made = _values(values, self.dtype)
        wanted = torch.Size(self.shape).numel()
        if len(made) != wanted:
            raise ValueError(f"parse_example: expected {wanted} values of the feature {name!r}, got {len(made)}.")
        return made.reshape(self.shape)


class VarLenFeature:
    """A feature of any number of values, which become a ``SparseTensor``.

    Args:
        dtype: ``int64``, ``float32`` or ``string``.
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = as_dtype(dtype)

    def take(self, values: list[Any] | None, name: str) -> Any:
        """The values of an example as a vector."""
        return _values(values or [], self.dtype)


class FixedLenSequenceFeature(FixedLenFeature):
    """A feature of any number of entries, each of one shape.

    Args:
        shape: of an entry.
        dtype: ``int64``, ``float32`` or ``string``.
        allow_missing: whether examples may lack it.
        default_value: accepted, and not used.
    """

    def __init__(self, shape: Any, dtype: Any, allow_missing: bool = False, default_value: Any = None) -> None:
        super().__init__(shape, dtype, default_value)
        self.allow_missing = allow_missing

    def take(self, values: list[Any] | None, name: str) -> Any:
        """The values of an example: ``(entries, *shape)``."""
        if not values and not self.allow_missing:
            raise ValueError(f"parse_example: the feature {name!r} is missing.")
        return _values(values or [], self.dtype).reshape((-1, *self.shape) if values else (0, *self.shape))


def _values(values: list[Any], dtype: Any) -> Any:
    if dtype == string:
        return StringTensor(values) if values else StringTensor.of(StringTensor([b""]).numpy()[:0])
    return torch.tensor(values, dtype=dtype)


def _filled(value: Any, shape: tuple[int, ...]) -> Any:
    if isinstance(value, StringTensor):
        return StringTensor([value.reshape(-1)[0].numpy()] * torch.Size(shape).numel()).reshape(shape)
    return value.reshape(-1)[0].expand(shape).clone()


@own
def parse_single_example(serialized: Any, features: dict[str, Any], example_names: Any = None) -> dict[str, Any]:
    """The features of one serialized ``tf.train.Example``.

    Args:
        serialized: its bytes.
        features: what is wanted, by name.
        example_names: accepted, and not used.

    Raises:
        ValueError: no example, or a feature that is missing or of another size.
    """
    rows = _parsed(tensor_of(serialized).numpy(), features)
    return {name: _single(rows[name], features[name]) for name in features}


def _single(value: Any, feature: Any) -> Any:
    if not isinstance(feature, VarLenFeature):
        return value
    places = torch.arange(len(value))[:, None]
    return SparseTensor(places, value, (len(value),))


@own
def parse_example(serialized: Any, features: dict[str, Any], example_names: Any = None) -> dict[str, Any]:
    """The features of a vector of serialized ``tf.train.Example``: ``(b,) -> (b, ...)`` each; see the single one."""
    texts = tensor_of(serialized)
    if not texts.ndim:
        return parse_single_example(serialized, features)
    rows = [_parsed(text, features) for text in texts.numpy()]
    return {name: _together([row[name] for row in rows], features[name]) for name in features}


def _together(values: list[Any], feature: Any) -> Any:
    if isinstance(feature, VarLenFeature):
        return SparseTensor.stacked([_single(value, feature) for value in values])
    return stacked(values)


def _parsed(data: bytes, features: dict[str, Any]) -> dict[str, Any]:
    found = Example.FromString(data).features.feature
    return {name: feature.take(_of(found.get(name)), name) for name, feature in features.items()}


def _of(feature: Any) -> list[Any] | None:
    return None if feature is None or feature._list is None else feature._list.value


publish(globals(), "FixedLenFeature", "FixedLenSequenceFeature", "VarLenFeature")

"""Normalization: features with mean 0 and variance 1, by statistics of the data."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry, _settings
from torchkeras._fields import Fields, fields
from torchkeras._variable import Variable
from torchkeras.layers._layer import Layer

__all__ = ["Normalization"]


@fields
class Normalization(Layer):
    """``(x - mean) / sqrt(variance)``, the same shape. Give the statistics, or let :meth:`adapt` find them.

    Args:
        axis: the axis or axes that have statistics of their own; None for one mean of everything.
        mean, variance: the statistics, if known.
        invert: whether to undo the normalization instead.

    >>> layer = Normalization(axis=None)
    >>> layer.adapt([1.0, 3.0])
    >>> layer([1.0, 3.0])
    tensor([-1.,  1.])
    """

    axis: Any
    invert: bool

    supports_masking = True

    def __init__(
        self, axis: Any = -1, mean: Any = None, variance: Any = None, invert: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.axis = () if axis is None else tuple(axis) if isinstance(axis, (list, tuple)) else (axis,)
        self.invert = invert
        if (mean is None) != (variance is None):
            raise ValueError(
                "When setting values directly, both `mean` and `variance` must be set. "
                f"Received: mean={mean} and variance={variance}"
            )
        self.input_mean, self.input_variance = mean, variance
        if mean is not None and np.shape(mean) != np.shape(variance):
            raise ValueError(
                "When setting values directly, `mean` and `variance` must have the same shape. Received: mean shape "
                f"{np.shape(mean)} and variance shape {np.shape(variance)}"
            )

    def build(self, input_shape: Any) -> None:
        rank = len(input_shape)
        bad = [axis for axis in self.axis if not -rank <= axis < rank]
        if bad:
            raise ValueError(
                f"All `axis` values must be in the range [-ndim, ndim). Received inputs with ndim={rank}, while "
                f"axis={self.axis}"
            )
        kept = sorted(axis % rank for axis in self.axis)
        if any(input_shape[axis] is None for axis in kept):
            raise ValueError(
                f"All `axis` values to be kept must have a known shape. Received axis={self.axis}, "
                f"inputs.shape={tuple(input_shape)}"
            )
        self._reduced = tuple(axis for axis in range(rank) if axis not in kept)
        self._broadcast = tuple(input_shape[axis] if axis in kept else 1 for axis in range(rank))
        if self.input_mean is None:
            self._make_weights(tuple(input_shape[axis] for axis in kept))
        else:
            for name, value in (("_given_mean", self.input_mean), ("_given_variance", self.input_variance)):
                given = torch.as_tensor(value, dtype=self._compute, device=_settings.device())
                given = given.expand([input_shape[axis] for axis in kept]).reshape(self._broadcast)
                self.register_buffer(name, given.clone(), persistent=False)

    def _make_weights(self, shape: tuple[int, ...]) -> None:
        make: dict[str, Any] = {"trainable": False}
        self.adapt_mean = self.add_weight(shape, "zeros", name="mean", **make)
        self.adapt_variance = self.add_weight(shape, "ones", name="variance", **make)
        self.count = self.add_weight((), "zeros", dtype="int32", name="count", **make)

    @property
    def mean(self) -> Tensor:
        """The mean, in a shape that broadcasts to the inputs."""
        return self._statistic("mean")

    @property
    def variance(self) -> Tensor:
        """The variance, in a shape that broadcasts to the inputs."""
        return self._statistic("variance")

    def _statistic(self, name: str) -> Tensor:
        given = self._buffers.get(f"_given_{name}")
        if given is not None:
            return given
        variable: Variable = getattr(self, f"adapt_{name}")
        return variable.tensor.reshape(self._broadcast).to(self._compute)

    def adapt(self, data: Any) -> None:
        """Take mean and variance from an array, a tensor or an iterable of batches."""
        if self.input_mean is not None:
            raise ValueError(
                f'Normalization "{self.name}": `mean` and `variance` were given; there is nothing to adapt.'
            )
        total = 0
        mean: Tensor | None = None
        moment: Tensor | None = None
        for batch in _batches(data):
            if not self.built:
                self.build(tuple(batch.shape))
            self._check_fits(batch)
            values = batch.to(self.adapt_mean.tensor.device).double()
            count = values.numel() // max(self.adapt_mean.tensor.numel(), 1)
            variance, center = torch.var_mean(values, self._reduced or None, correction=0)
            if mean is None or moment is None:
                total, mean, moment = count, center, variance * count
                continue
            shift = center - mean  # Chan, Golub and LeVeque 1979: joining the moments of two parts
            moment = moment + variance * count + shift**2 * (total * count / (total + count))
            mean = mean + shift * (count / (total + count))
            total += count
        if mean is None or moment is None:
            raise ValueError(f'Normalization "{self.name}": `adapt` got an empty iterable.')
        self.adapt_mean.assign(mean)
        self.adapt_variance.assign(moment / total)

    def _check_fits(self, batch: Tensor) -> None:
        kept = [axis for axis, size in enumerate(self._broadcast) if axis not in self._reduced]
        if batch.ndim != len(self._broadcast) or any(batch.shape[axis] != self._broadcast[axis] for axis in kept):
            raise ValueError(
                f'Normalization "{self.name}": `adapt` got data with an incompatible shape, {tuple(batch.shape)}. The '
                f"layer was built for {len(self._broadcast)} axes, with sizes "
                f"{[self._broadcast[axis] for axis in kept]} along the axes {kept}."
            )

    def finalize_state(self) -> None:
        """Nothing to do: mean and variance are read where they are kept."""

    def call(self, inputs: Tensor) -> Tensor:
        inputs = inputs.to(self._compute)
        mean, variance = self.mean.to(inputs.device), self.variance.to(inputs.device)
        scale = variance.sqrt().clamp(min=_settings.epsilon)
        return inputs * scale + mean if self.invert else (inputs - mean) / scale

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        given = {name: _plain(getattr(self, f"input_{name}")) for name in ("mean", "variance")}
        config = {"name": self.name, **self._base_config(), **Fields.get_config(self), **given}
        return {**config, "axis": self.axis}


def _batches(data: Any) -> Iterable[Tensor]:
    if isinstance(data, (np.ndarray, Tensor, Variable)) or (isinstance(data, (list, tuple)) and _is_numbers(data)):
        value = data.value if isinstance(data, Variable) else data
        yield value if isinstance(value, Tensor) else torch.as_tensor(np.asarray(value))
        return
    for batch in data:
        batch = batch[0] if isinstance(batch, (list, tuple)) else batch
        yield batch if isinstance(batch, Tensor) else torch.as_tensor(np.asarray(batch))


def _is_numbers(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value) and all(map(_is_numbers, value))
    return isinstance(value, (int, float))


def _plain(value: Any) -> Any:
    return value.tolist() if isinstance(value, (np.ndarray, Tensor)) else value


_registry.catalogue("layers", Normalization)

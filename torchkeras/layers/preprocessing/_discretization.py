"""Discretization: numbers sorted into bins."""

from typing import Annotated, Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._errors import brief
from torchkeras._fields import Fields, Kind, fields
from torchkeras.layers._layer import Layer
from torchkeras.layers.preprocessing._encoding import Mode, encoded, encoded_shape, refuse_sparse
from torchkeras.layers.preprocessing._string_lookup import Name
from torchkeras.layers.preprocessing._texts import data_batches

__all__ = ["Discretization"]


def _sorted(value: Any) -> Any:
    if value is None:
        return None
    bounds = [float(bound) for bound in (value.tolist() if hasattr(value, "tolist") else value)]
    if bounds != sorted(bounds):
        raise ValueError(f"expected boundaries in ascending order, got {brief(value)}.")
    return bounds


@fields
class Discretization(Layer):
    """Numbers as those of their bins: ``(...) -> (...)``, int32, or as vectors in the layer's dtype.

    Args:
        bin_boundaries: where bins end and the next begin: ``[0, 1]`` makes three, below 0, from 0 to below 1, from 1.
        num_bins: how many bins `adapt` shall find, so that each holds as many numbers.
        epsilon: ignored: the boundaries are exact quantiles.
        output_mode: ``"int"``, ``"one_hot"``, ``"multi_hot"`` or ``"count"``.
        sparse: not supported on torch.

    >>> Discretization([0.0, 1.0])([[-1.5, 0.0, 7.0]])
    tensor([[0, 1, 2]], dtype=torch.int32)
    """

    bin_boundaries: Annotated[Any, Kind(_sorted)] = None
    num_bins: int | None = None
    epsilon: float = 0.01
    output_mode: Mode = "int"
    sparse: bool = False
    dtype: Annotated[Any, Kind(inherited=True)] = None
    name: Name = None

    _keeps_shape = True

    def __post_init__(self) -> None:
        self._build_at_init()
        refuse_sparse(self)
        title = f'Discretization "{self.name}"'
        if self.bin_boundaries is None and self.num_bins is None:
            raise ValueError(f"{title}: set either `num_bins` or `bin_boundaries`.")
        if self.bin_boundaries is not None and self.num_bins is not None:
            raise ValueError(
                f"{title}: set `num_bins` or `bin_boundaries`, not both; got num_bins={self.num_bins} and "
                f"bin_boundaries={self.bin_boundaries}."
            )
        if self.num_bins is not None and self.num_bins < 1:
            raise ValueError(f"{title}: `num_bins` must be a positive integer, got {self.num_bins!r}.")
        self._given = self.bin_boundaries is not None
        self._seen: list[np.ndarray] = []

    def adapt(self, data: Any, steps: int | None = None) -> None:
        """Find boundaries between which lie as many numbers each.

        Args:
            data: numbers in an array, a list or a tensor, or an iterable of batches of them.
            steps: how many batches to take.
        """
        if self._given:
            raise ValueError(f'Discretization "{self.name}": `bin_boundaries` were given; there is nothing to adapt.')
        self.reset_state()
        for batch in data_batches(data, steps):
            self.update_state(batch)
        self.finalize_state()

    def reset_state(self) -> None:
        """Forget what was seen, and the boundaries found."""
        if not self._given:
            self._seen, self.bin_boundaries = [], None

    def update_state(self, data: Any) -> None:
        """Take the numbers of a batch into account."""
        values = data.numpy(force=True) if isinstance(data, Tensor) else np.asarray(data)
        self._seen.append(values.astype("float32").ravel())

    def finalize_state(self) -> None:
        """Find the boundaries of what was seen."""
        if self._given or not self._seen:
            return
        values = np.concatenate(self._seen)
        shares = np.linspace(0, 1, self.num_bins + 1)[1:-1]  # type: ignore[operator]
        self._seen, self.bin_boundaries = [], np.quantile(values, shares, method="inverted_cdf").tolist()

    def call(self, inputs: Tensor) -> Tensor:
        if self.bin_boundaries is None:
            raise RuntimeError(
                f'Discretization "{self.name}": there are no boundaries yet. Call `adapt(data)`, or give '
                "`bin_boundaries`."
            )
        values = inputs if inputs.is_floating_point() else inputs.float()
        bounds = torch.tensor(self.bin_boundaries, dtype=values.dtype, device=values.device)
        places = torch.bucketize(values, bounds, right=True)
        if self.output_mode == "int":
            return places.int()
        return encoded(places, self.output_mode, self._depth(), self._compute)

    def _depth(self) -> int:
        return len(self.bin_boundaries) + 1 if self.bin_boundaries is not None else int(self.num_bins or 1)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape if self.output_mode == "int" else encoded_shape(input_shape, self.output_mode, self._depth())

    def compute_output_dtype(self, *args: Any) -> str:
        return "int32" if self.output_mode == "int" else self.compute_dtype

    def get_config(self) -> dict[str, Any]:
        return {**Fields.get_config(self), "name": self.name, "dtype": self.dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Discretization":
        if config.get("bin_boundaries") is None or config.get("num_bins") is None:
            return cls(**config)
        made = cls(**{**config, "bin_boundaries": None})  # they were found by `adapt`
        made.bin_boundaries = _sorted(config["bin_boundaries"])
        return made


_registry.catalogue("layers", Discretization)

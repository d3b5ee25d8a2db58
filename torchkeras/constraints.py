"""Projections of weights onto a permitted set, applied after each optimizer step: ``(…) -> (…)``."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._fields import Fields, Kind, fields
from torchkeras._registry import catalogue
from torchkeras._serialization import Family
from torchkeras.ops._op import tensor


class Constraint(Fields):
    """Base of projections; subclasses write ``__call__(w)`` and, if they have arguments, ``get_config()``."""

    def __call__(self, w: Any) -> Any:
        """`w`, projected."""
        raise NotImplementedError(f"{type(self).__name__} has no `__call__` method.")


def _norm(w: Tensor, axis: Any) -> Tensor:
    return torch.sqrt(torch.sum(torch.square(w), dim=axis, keepdim=True))


@fields
class MaxNorm(Constraint):
    """Vectors along `axis` longer than `max_value` are cut to that length. Hinton et al., 2012, arXiv:1207.0580."""

    max_value: float = 2
    axis: Any = 0

    def __call__(self, w: Any) -> Tensor:
        w = tensor(w)
        norms = _norm(w, self.axis)
        return w * (torch.clamp(norms, 0, self.max_value) / (_settings.epsilon + norms))


class NonNeg(Constraint):
    """Negative weights become 0."""

    def __call__(self, w: Any) -> Tensor:
        return torch.relu(tensor(w))


@fields
class UnitNorm(Constraint):
    """Vectors along `axis` get length 1."""

    axis: Any = 0

    def __call__(self, w: Any) -> Tensor:
        w = tensor(w)
        return w / (_settings.epsilon + _norm(w, self.axis))


@fields
class MinMaxNorm(Constraint):
    """Vectors along `axis` get a length from `min_value` to `max_value`, or move a `rate` of the way there."""

    min_value: float = 0.0
    max_value: float = 1.0
    rate: float = 1.0
    axis: Any = 0

    def __call__(self, w: Any) -> Tensor:
        w = tensor(w)
        norms = _norm(w, self.axis)
        wanted = self.rate * torch.clamp(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (wanted / (_settings.epsilon + norms))


max_norm, non_neg, unit_norm, min_max_norm = MaxNorm, NonNeg, UnitNorm, MinMaxNorm

catalogue("constraints", Constraint, MaxNorm, NonNeg, UnitNorm, MinMaxNorm)
catalogue("constraints", max_norm=MaxNorm, non_neg=NonNeg, unit_norm=UnitNorm, min_max_norm=MinMaxNorm)

# as Keras 1 and 2 spelled them
_family = Family(
    "constraints", "constraint", base=Constraint, aliases={"maxnorm": MaxNorm, "nonneg": NonNeg, "unitnorm": UnitNorm}
)
get = _family.get
deserialize = _family.deserialize


def serialize(constraint: Any) -> Any:
    """The constraint as plain values."""
    return _family.serialize(constraint)


ConstraintField = Annotated[Any, Kind(get, serialize)]

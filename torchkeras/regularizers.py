"""Penalties on weights, which ``fit`` adds to the loss: ``(…) -> ()``."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._fields import Fields, Kind, choice, fields
from torchkeras._registry import catalogue
from torchkeras._serialization import Family
from torchkeras.ops._op import tensor


class Regularizer(Fields):
    """Base of penalties; subclasses write ``__call__(x)`` and, if they have arguments, ``get_config()``."""

    def __call__(self, x: Any) -> Any:
        """The penalty of the weight `x`."""
        return 0.0


def _factor(value: Any) -> float:
    number = float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else float("nan")
    if not abs(number) < float("inf"):
        raise ValueError(f"expected a finite number, got {brief(value)}.")
    return number


Factor = Annotated[float, Kind(_factor)]


@fields
class L1(Regularizer):
    """``l1 * sum(|x|)``."""

    l1: Factor = 0.01

    def __call__(self, x: Any) -> Tensor:
        return self.l1 * torch.sum(torch.abs(tensor(x)))


@fields
class L2(Regularizer):
    """``l2 * sum(x²)``."""

    l2: Factor = 0.01

    def __call__(self, x: Any) -> Tensor:
        return self.l2 * torch.sum(torch.square(tensor(x)))


@fields
class L1L2(Regularizer):
    """``l1 * sum(|x|) + l2 * sum(x²)``."""

    l1: Factor = 0.0
    l2: Factor = 0.0

    def __call__(self, x: Any) -> Tensor:
        x = tensor(x)
        total = x.new_zeros(())
        if self.l1:
            total = total + self.l1 * torch.sum(torch.abs(x))
        if self.l2:
            total = total + self.l2 * torch.sum(torch.square(x))
        return total


@fields
class OrthogonalRegularizer(Regularizer):
    """``factor`` times the mean absolute cosine between different rows (or columns) of a matrix: ``(n, m) -> ()``.

    Raises:
        ValueError: `x` is no matrix.
    """

    factor: Factor = 0.01
    mode: Annotated[str, choice("rows", "columns")] = "rows"

    def __call__(self, x: Any) -> Tensor:
        x = tensor(x)
        if x.ndim != 2:
            raise ValueError(
                f"Inputs to OrthogonalRegularizer must have rank 2. Received: inputs.shape={tuple(x.shape)}"
            )
        vectors = torch.nn.functional.normalize(x if self.mode == "rows" else x.T, dim=1)
        count = vectors.shape[0]
        cosines = (vectors @ vectors.T) * (1 - torch.eye(count, dtype=x.dtype, device=x.device))
        pairs = count * (count - 1) / 2
        return self.factor * 0.5 * torch.sum(torch.abs(cosines)) / pairs


l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer

catalogue("regularizers", Regularizer, L1, L2, L1L2, OrthogonalRegularizer)
catalogue("regularizers", l1=L1, l2=L2, l1_l2=L1L2, orthogonal_regularizer=OrthogonalRegularizer)

_family = Family("regularizers", "regularizer", base=Regularizer)
get = _family.get
deserialize = _family.deserialize


def serialize(regularizer: Any) -> Any:
    """The regularizer as plain values."""
    return _family.serialize(regularizer)


RegularizerField = Annotated[Any, Kind(get, serialize)]

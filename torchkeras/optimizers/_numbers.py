"""Numbers that live on the host: reading them for a kernel call never waits for the device."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._dtypes import is_float_dtype, standardize_dtype, to_torch_dtype
from torchkeras._variable import SAME, Variable


class HostNumber(Variable):
    """A scalar :class:`Variable` whose value is a Python number: the iteration count, the learning rate.

    Args:
        number: the value, rounded to `dtype`.
        dtype: the dtype's name.
        name: the name, without slashes.
    """

    def __init__(self, number: float, dtype: Any = None, name: str | None = None) -> None:
        self._setup(None, "", SAME, name, trainable=False)
        self._number_dtype = standardize_dtype(dtype)
        self._read = float if is_float_dtype(dtype) else int
        self.number: Any = 0
        self.assign(number)

    @property
    def tensor(self) -> Tensor:
        """The number as a new CPU tensor, which mixes with tensors of every device."""
        return torch.tensor(self.number, dtype=to_torch_dtype(self._number_dtype), device="cpu")

    @property
    def dtype(self) -> str:
        return self._number_dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return ()

    def assign(self, value: Any) -> Tensor:
        """Store a number, or the value of a tensor or array with one element."""
        if np.size(value) != 1 if isinstance(value, (np.ndarray, list, tuple)) else getattr(value, "ndim", 0) != 0:
            raise ValueError(
                f"Variable {self.path}: expected one number, got a value of shape {tuple(np.shape(value))}."
            )
        dtype = to_torch_dtype(self._number_dtype)
        self.number = torch.tensor(self._read(value), dtype=dtype, device="cpu").item()
        return self.tensor

    def __float__(self) -> float:
        return float(self.number)

    def __int__(self) -> int:
        return int(self.number)

    def __bool__(self) -> bool:
        return bool(self.number)

    def __repr__(self) -> str:
        return f"<Variable path={self.path}, shape=(), dtype={self.dtype}, value={self.number}>"

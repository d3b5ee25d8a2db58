"""The dtype in which a layer computes, and the one in which it keeps its weights."""

from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import NAMES_WITHOUT_TORCH, TORCH, is_float_dtype, standardize_dtype, to_torch_dtype
from torchkeras._errors import brief, nearest

_MIXED = {"mixed_float16": ("float16", "float32"), "mixed_bfloat16": ("bfloat16", "float32")}


class DTypePolicy:
    """A pair of dtypes by name: one for computing, one for the weights.

    Args:
        name: a dtype's name, for both; ``"mixed_float16"`` or ``"mixed_bfloat16"``, which compute in 16 bits
            and keep float32 weights; None for the global policy.

    Raises:
        ValueError: no such name.
    """

    quantization_mode: str | None = None

    def __init__(self, name: str | None = None) -> None:
        name = dtype_policy().name if name is None else name
        if not isinstance(name, str):
            raise TypeError(
                f"'name' must be a string, such as 'mixed_float16'. Received: name={brief(name)} (of type {type(name)})"
            )
        self._name = name
        self._compute_dtype, self._variable_dtype = _parse(name)

    @property
    def name(self) -> str:
        return self._name

    @property
    def compute_dtype(self) -> str:
        """The dtype of activations."""
        return self._compute_dtype

    @property
    def variable_dtype(self) -> str:
        """The dtype of weights."""
        return self._variable_dtype

    def convert_input(self, x: Any, autocast: bool, dtype: Any) -> Any:
        """`x` as a tensor; with `autocast`, a floating-point one in `dtype`."""
        name = standardize_dtype(dtype)
        if isinstance(x, (np.ndarray, np.generic, float, int, list)):
            return torch.as_tensor(x, dtype=to_torch_dtype(name) if autocast else None, device=_settings.device())
        if autocast and is_float_dtype(getattr(x, "dtype", "bool")) and standardize_dtype(x.dtype) != name:
            return x.to(to_torch_dtype(name)) if isinstance(x, Tensor) or hasattr(x, "to") else x
        return x

    def get_config(self) -> dict[str, Any]:
        return {"name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        return cls(**config)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DTypePolicy):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[Any, ...]:
        return (self.name, self.compute_dtype, self.variable_dtype, self.quantization_mode)

    def __repr__(self) -> str:
        return f'<{type(self).__name__} "{self.name}">'


class FloatDTypePolicy(DTypePolicy):
    """A :class:`DTypePolicy` by its older name."""

    def __repr__(self) -> str:
        return f'<DTypePolicy "{self.name}">'


def _parse(name: str) -> tuple[str, str]:
    if name in _MIXED:
        return _MIXED[name]
    if name in TORCH or name in NAMES_WITHOUT_TORCH:
        return name, name
    raise ValueError(
        f"Cannot convert '{name}' to a mixed precision DTypePolicy.{nearest(name, [*_MIXED, *TORCH])} Valid policies "
        "include 'mixed_float16', 'mixed_bfloat16', and the name of any float dtype such as 'float32'."
    )


_by_floatx: dict[str, DTypePolicy] = {}


def dtype_policy() -> Any:
    """The policy of layers that are given none; it follows ``floatx()`` until someone sets one."""
    chosen = _settings.dtype_policy
    if chosen is not None:
        return chosen
    name = _settings.floatx
    if name not in _by_floatx:
        _by_floatx[name] = DTypePolicy(name)
    return _by_floatx[name]

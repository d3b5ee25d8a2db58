"""Tensors as arrays that files can hold, and back; bfloat16, which numpy has not, as two plain bytes."""

import hashlib
from typing import Any

import numpy as np
import torch
from torch import Tensor

_BFLOAT16 = np.dtype("V2")


def to_array(value: Tensor | np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The numbers on the host, contiguous; a copy only where they are not so already."""
    if isinstance(value, Tensor):
        value = value.cpu()
        value = value.contiguous() if value.ndim else value
        if value.dtype == torch.bfloat16:
            return value.view(torch.int16).numpy().view(_BFLOAT16)
        value = value.numpy()
    return np.ascontiguousarray(value) if value.ndim else value


def to_tensor(array: np.ndarray[Any, Any]) -> Tensor:
    """A tensor over the memory of `array`."""
    if array.dtype == _BFLOAT16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    return torch.from_numpy(array)


def sha256(array: np.ndarray[Any, Any]) -> str:
    """The hash of the array's bytes in C order, in hexadecimal digits."""
    return hashlib.sha256(np.ascontiguousarray(array).reshape(-1).view(np.uint8).data).hexdigest()


def dtype_name(dtype: np.dtype[Any]) -> str:
    """``float32``, ``bfloat16``."""
    return "bfloat16" if dtype == _BFLOAT16 else dtype.name

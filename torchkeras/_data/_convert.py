"""What users pass as data, as tensors: arrays, lists, frames, tensors, and structures of them."""

import contextlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._errors import brief
from torchkeras._strings import StringTensor, is_text
from torchkeras._structures import leaves, map_leaves


def to_tensor(value: Any, name: str = "x") -> Tensor | None:
    """One leaf of the data as a tensor on the host (or where it already is); floats become ``floatx()``.

    Of inputs text becomes a ``StringTensor``, which only models with layers for it accept.

    Raises:
        ValueError: text elsewhere, objects, ragged lists, complex numbers.
    """
    if value is None:
        return None
    if isinstance(value, Tensor):
        value = value if value.layout is torch.strided else value.to_dense()
        return _as_floatx(value.detach() if value.requires_grad else value, name)
    if isinstance(value, StringTensor) and name.startswith("x"):
        return value  # type: ignore[return-value]  # it is cut into batches like a tensor
    if hasattr(value, "detach") and hasattr(value, "value"):  # a Variable
        return _as_floatx(value.value.detach(), name)
    if hasattr(value, "row_splits") or hasattr(value, "dense_shape"):  # TensorFlow's kinds of tensors, as padded ones
        value = value.to_tensor() if hasattr(value, "row_splits") else value.to_dense()
    array = _to_array(value, name)
    if name.startswith("x") and array.ndim and is_text(array):
        return StringTensor(array)  # type: ignore[return-value]
    return _as_floatx(_from_array(array, name), name)


def _to_array(value: Any, name: str) -> np.ndarray:
    if hasattr(value, "to_numpy"):  # pandas and its kin
        array = value.to_numpy()
        # a Series is a column
        return array[:, None] if array.ndim == 1 and hasattr(value, "to_frame") else array
    if hasattr(value, "toarray"):  # scipy.sparse
        return value.toarray()
    try:
        return np.asarray(value)
    except ValueError:
        raise ValueError(
            f"`{name}`: expected an array, got a ragged {brief(value)}; all rows must have one length."
        ) from None


def _complex(name: str, dtype: Any) -> ValueError:
    return ValueError(f"`{name}`: complex numbers are not supported, got dtype {dtype}. Pass real and imaginary parts.")


def _from_array(array: np.ndarray, name: str) -> Tensor:
    if array.dtype == object:
        with warnings.catch_warnings(), contextlib.suppress(TypeError, ValueError):
            warnings.simplefilter("ignore")
            array = array.astype("float64") if array.size else array
    if array.dtype == object or array.dtype.kind not in "fiubc":
        raise no_numbers(name, array.dtype, array.shape)
    if array.dtype.kind == "c":
        raise _complex(name, array.dtype)
    if not array.dtype.isnative:
        array = array.astype(array.dtype.newbyteorder("="))
    if array.ndim and min(array.strides) < 0:
        array = array.copy()
    if not array.ndim:
        return torch.as_tensor(array)
    if array.flags.writeable:
        return torch.from_numpy(array)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # read-only arrays are fine: nothing writes into the data
        return torch.from_numpy(array)


def no_numbers(name: str, dtype: Any, shape: Any) -> ValueError:
    """The error for text and objects where numbers are wanted."""
    return ValueError(
        f"`{name}`: expected numbers, got an array of dtype {dtype} and shape {tuple(shape)}. Convert text, dates and "
        "objects to numbers first, text for example with a TextVectorization or StringLookup layer."
    )


def _as_floatx(tensor: Tensor, name: str) -> Tensor:
    if tensor.dtype is torch.float32 and _settings.floatx == "float32":  # nearly always
        return tensor
    if tensor.is_complex():
        raise _complex(name, tensor.dtype)
    wanted = to_torch_dtype(_settings.floatx)
    return tensor.to(wanted) if tensor.is_floating_point() and tensor.dtype is not wanted else tensor


def is_table(value: Any) -> bool:
    """Whether a list is one array written out (rows of numbers), rather than a list of arrays."""
    if not isinstance(value, (list, tuple)) or not value:
        return False
    return not any(hasattr(leaf, "shape") for leaf in leaves(value))


def to_tensors(value: Any, name: str, leaf: Callable[[Any, str], Any] = to_tensor) -> Any:
    """A structure of data as a structure of tensors, or of what `leaf` makes of each array."""
    if value is None:
        return None
    if isinstance(value, (Tensor, np.ndarray)):
        return leaf(value, name)
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        return leaf(value, name)
    if is_table(value):
        return leaf(value, name)
    if isinstance(value, dict):
        return {key: to_tensors(item, f"{name}[{key!r}]", leaf) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [to_tensors(item, f"{name}[{index}]", leaf) for index, item in enumerate(value)]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)
    return leaf(value, name)


def to_device(value: Any, device: torch.device) -> Any:
    """A structure of tensors on `device`; copies run beside the computation where the host memory is pinned."""
    if type(value) is Tensor:
        return value if value.device == device else value.to(device, non_blocking=True)
    return map_leaves(lambda leaf: leaf.to(device, non_blocking=True) if isinstance(leaf, Tensor) else leaf, value)


def as_triple(batch: Any) -> tuple[Any, Any, Any]:
    """``(x, y, sample_weight)`` of what a data source yields.

    Raises:
        ValueError: a tuple of more than three.
    """
    if isinstance(batch, list):
        batch = tuple(batch)
    if not isinstance(batch, tuple):
        return batch, None, None
    if not 1 <= len(batch) <= 3:
        raise ValueError(
            "Data is expected to be in format `x`, `(x,)`, `(x, y)`, or `(x, y, sample_weight)`, "
            f"found a tuple of {len(batch)}."
        )
    return (*batch, None, None)[:3]

"""Methods of TensorFlow's tensors that torch's and the symbolic ones lack; importing the stand-in gives them."""

from typing import Any

from torch import Tensor

from torchkeras import ops
from torchkeras._symbolic import KerasTensor
from torchkeras._tensorflow._tensor_shape import TensorShape
from torchkeras._tensorflow._variable import Reference


def _get_shape(self: Any) -> TensorShape:
    """The sizes, as a ``TensorShape``."""
    return TensorShape(self.shape)


def _set_shape(self: Any, shape: Any) -> None:
    """Check that the shape goes with `shape`: a tensor has one already.

    Raises:
        ValueError: it does not.
    """
    if not TensorShape(shape).is_compatible_with(self.shape):
        raise ValueError(f"set_shape: the tensor has shape {tuple(self.shape)}, not {TensorShape(shape)}.")


def _eval(self: Tensor, feed_dict: Any = None, session: Any = None) -> Any:
    """The values, as an array."""
    return ops.convert_to_numpy(self)


def _ref(self: Any) -> Reference:
    """A key for sets and dicts, equal to those of the same tensor."""
    return Reference(self)


_ROWS = {"get_shape": _get_shape, "set_shape": _set_shape, "ref": _ref, "experimental_ref": _ref}


def install() -> None:
    """Give both kinds of tensors these methods."""
    for name, method in _ROWS.items():
        for owner in (Tensor, KerasTensor):
            setattr(owner, name, method)
    Tensor.eval = _eval  # type: ignore[attr-defined]

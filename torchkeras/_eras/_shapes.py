"""Shapes as layers of TensorFlow's days get them: tuples that know ``as_list()`` and ``shape[1].value`` as well."""

from typing import Any

from torchkeras import _shapes
from torchkeras._tensorflow._tensor_shape import TensorShape


def install() -> None:
    """Hand such shapes to ``build`` and ``compute_output_shape`` of scripts' own layers, from now on."""
    _shapes.handed = _handed


def _handed(method: Any, shape: Any) -> Any:
    return shape if method.__module__.partition(".")[0] == "torchkeras" else TensorShape(shape)

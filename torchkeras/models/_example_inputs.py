"""Tensors of the shapes that a model was built for, to run it once for its graph or its figures."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from torchkeras._dtypes import to_torch_dtype
from torchkeras._shapes import is_shape
from torchkeras._structures import map_leaves
from torchkeras._symbolic import KerasTensor
from torchkeras.models._describe import graph_of


def input_symbols(model: Any) -> Any:
    """The inputs as symbolic tensors, in the structure that the model takes.

    Raises:
        ValueError: the model was never told its input shape.
    """
    if graph_of(model) is not None:
        return model.input
    shapes = getattr(model, "_build_arguments", None)
    if not shapes or len(shapes) != 1:
        raise ValueError("its input shape is not known; call it on data first")
    return symbols_of(next(iter(shapes.values())), model.compute_dtype)


def symbols_of(shape: Any, dtype: str) -> Any:
    """Symbolic tensors for a shape, or a structure of shapes."""
    if is_shape(shape):
        return KerasTensor(shape, dtype)
    if isinstance(shape, dict):
        return {key: symbols_of(item, dtype) for key, item in shape.items()}
    return [symbols_of(item, dtype) for item in shape]


def zeros_like(symbols: Any, device: Any, size_of: Callable[[KerasTensor], tuple[int, ...]]) -> Any:
    """Zeros in place of symbolic tensors; `size_of` gives their sizes.

    Raises:
        ValueError: an input is text, for which nothing can stand in.
    """

    def zeros(symbol: KerasTensor) -> Tensor:
        if symbol.dtype == "string":
            raise ValueError(f'the input "{symbol.name}" is text, so the model cannot be run on tensors without values')
        return torch.zeros(size_of(symbol), dtype=to_torch_dtype(symbol.dtype), device=device)

    return map_leaves(zeros, symbols)


def ones_for_unknown(symbol: KerasTensor) -> tuple[int, ...]:
    """The sizes, 1 where unknown."""
    return tuple(1 if size is None else size for size in symbol.shape)

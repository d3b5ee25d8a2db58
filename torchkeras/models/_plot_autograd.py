"""The graph of operations that torch differentiates, drawn by torchviz."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._shapes import is_shape
from torchkeras._symbolic import leaves, map_leaves
from torchkeras.models._describe import graph_of
from torchkeras.models._plot_render import ADVICE, as_drawable, pydot_module


def autograd_dot(model: Any, required: bool = True) -> Any:
    """The autograd graph of one call of the model, as a ``pydot.Dot``; None if it cannot be had and is not required.

    Raises:
        ImportError: torchviz is missing.
        ValueError: nothing is known about the inputs, or nothing in the model is differentiable.
    """
    pydot = pydot_module()
    try:
        import torchviz
    except ImportError as error:
        if not required:
            return None
        raise ImportError(f"The autograd graph needs torchviz. {ADVICE}") from error
    try:
        outputs = _differentiable_outputs(model)
    except Exception as error:
        if not required:
            return None
        raise ValueError(f'Model "{model.name}" could not be run for its autograd graph: {error}') from error
    if not outputs:
        if not required:
            return None
        raise ValueError(f'Model "{model.name}": no output depends on anything that torch differentiates.')
    parameters = {variable.path: variable.tensor for variable in model.weights}
    text = torchviz.make_dot(outputs, params=parameters).source
    return as_drawable(pydot.graph_from_dot_data(text)[0])


def _differentiable_outputs(model: Any) -> tuple[Tensor, ...]:
    """What the model gives for zeros of its input shape, in inference mode so that no statistics move."""
    inputs = example_inputs(model)
    training = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with torch.enable_grad():
            outputs = model.forward(inputs)
    finally:
        for module, flag in training:
            module.training = flag
    return tuple(leaf for leaf in leaves(outputs) if isinstance(leaf, Tensor) and leaf.requires_grad)


def example_inputs(model: Any, device: Any = None) -> Any:
    """Zeros of the shapes that a built model takes, unknown sizes as 1.

    Raises:
        ValueError: the model was never told its input shape.
    """
    device = device or _settings.device()
    if graph_of(model) is not None:
        return map_leaves(lambda tensor: _zeros(tensor.shape, tensor.dtype, device), model.input)
    shapes = getattr(model, "_build_arguments", None)
    if not shapes or len(shapes) != 1:
        raise ValueError("its input shape is not known; call it on data first")
    return _from_shapes(next(iter(shapes.values())), model.compute_dtype, device)


def _from_shapes(shape: Any, dtype: str, device: Any) -> Any:
    if is_shape(shape):
        return _zeros(shape, dtype, device)
    if isinstance(shape, dict):
        return {key: _from_shapes(item, dtype, device) for key, item in shape.items()}
    return [_from_shapes(item, dtype, device) for item in shape]


def _zeros(shape: Any, dtype: str, device: Any) -> Tensor:
    return torch.zeros([1 if size is None else size for size in shape], dtype=to_torch_dtype(dtype), device=device)


__all__ = ["autograd_dot", "example_inputs"]

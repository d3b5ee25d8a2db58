"""The graph of operations that torch differentiates, drawn by torchviz."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._structures import leaves
from torchkeras.models._example_inputs import input_symbols, ones_for_unknown, zeros_like
from torchkeras.models._plot_render import ADVICE, deprecated_inside, read_dot


def autograd_dot(model: Any, required: bool = True) -> Any:
    """The autograd graph of one call of the model, as a ``pydot.Dot``; None if it cannot be had and is not required.

    Raises:
        ImportError: torchviz is missing.
        ValueError: nothing is known about the inputs, or nothing in the model is differentiable.
    """
    try:
        return _dot(model)
    except (ImportError, ValueError):
        if required:
            raise
        return None


def _dot(model: Any) -> Any:
    try:
        with deprecated_inside():
            import torchviz
    except ImportError as error:
        raise ImportError(f"The autograd graph needs torchviz ({error}). {ADVICE}") from error
    outputs = _differentiable_outputs(model)
    names = {f"output {index}" if len(outputs) > 1 else "output": output for index, output in enumerate(outputs)}
    names |= {variable.path: variable.tensor for variable in model.weights}
    with deprecated_inside():
        text = torchviz.make_dot(outputs, params=names).source
    return read_dot(text)


def _differentiable_outputs(model: Any) -> tuple[Tensor, ...]:
    """What the model gives for zeros of its input shape, in inference mode so that no statistics move."""
    training = [(module, module.training) for module in model.modules()]
    try:
        inputs = zeros_like(input_symbols(model), _settings.device(), ones_for_unknown)
        model.eval()
        with torch.enable_grad():
            outputs = model.forward(inputs)
    except Exception as error:
        raise ValueError(f'Model "{model.name}" could not be run for its autograd graph: {error}') from error
    finally:
        for module, flag in training:
            module.training = flag
    found = tuple(leaf for leaf in leaves(outputs) if isinstance(leaf, Tensor) and leaf.requires_grad)
    if not found:
        raise ValueError(f'Model "{model.name}": no output depends on anything that torch differentiates.')
    return found


__all__ = ["autograd_dot"]

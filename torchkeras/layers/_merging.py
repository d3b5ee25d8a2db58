"""Layers and functions that join several tensors into one."""

from collections.abc import Sequence
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry, ops
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._shapes import is_shape
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._layer import Layer
from torchkeras.layers._merge import MaskedMerge, Merge, check_masks, joined

__all__ = ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"]
__all__ += ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"]


class Add(Merge):
    """The sum of the inputs."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return joined(torch.add, inputs)


class Subtract(Merge):
    """The first of two inputs minus the second."""

    def _check(self, shapes: Any) -> None:
        super()._check(shapes)
        if len(shapes) != 2:
            raise ValueError(
                f'Subtract "{self.name}": a `Subtract` layer should be called on exactly 2 inputs, got {len(shapes)}.'
            )

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        if len(inputs) != 2:
            self._check([tuple(x.shape) for x in inputs])
        return inputs[0] - inputs[1]


class Multiply(MaskedMerge):
    """The product of the inputs; 0 where all of them are masked."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return joined(torch.mul, inputs)

    def _fill(self, out: Tensor, valid: Tensor) -> Tensor:
        return out * valid


class Average(Merge):
    """The mean of the inputs."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return joined(torch.add, inputs) / len(inputs)


class Maximum(MaskedMerge):
    """The largest of the inputs, place by place."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return joined(torch.maximum, inputs)


class Minimum(MaskedMerge):
    """The smallest of the inputs, place by place."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return joined(torch.minimum, inputs)


def _axis(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise ValueError(f"expected an integer, got {brief(value)}.")
    return value.__index__()


@fields
class Concatenate(Merge):
    """The inputs one after the other along `axis`; all other sizes must agree."""

    axis: Annotated[int, Kind(_axis)] = -1

    produces_mask = False

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        return torch.cat(tuple(inputs), self.axis)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if is_shape(input_shape):
            self._check(input_shape)
        ranks = {len(shape) for shape in input_shape}
        axis = self.axis % max(ranks) if -max(ranks) <= self.axis < max(ranks) else None
        if len(ranks) > 1 or axis is None:
            raise self._mismatch(input_shape)
        columns = list(zip(*input_shape, strict=True))
        if any(len({s for s in sizes if s is not None}) > 1 for at, sizes in enumerate(columns) if at != axis):
            raise self._mismatch(input_shape)
        shape = [next((size for size in sizes if size is not None), None) for sizes in columns]
        shape[axis] = None if None in columns[axis] else sum(columns[axis])
        return tuple(shape)

    def _mismatch(self, shapes: Any) -> ValueError:
        return ValueError(
            f'Concatenate "{self.name}": requires inputs with matching shapes except for the concatenation axis '
            f"{self.axis}, got {[tuple(shape) for shape in shapes]}."
        )

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """True where any channel is unmasked, of the masks spread over their inputs and joined as these are."""
        if mask is None:
            return None
        check_masks(self, inputs, mask)
        if all(m is None for m in mask):
            return None
        spread = [_over(x, m) for x, m in zip(inputs, mask, strict=True)]
        return ops.any(ops.concatenate(spread, axis=self.axis), axis=-1)


def _over(x: Any, mask: Any) -> Any:
    """`mask`, which may lack the last axis, in the shape of `x`; True without one."""
    if mask is None:
        return ops.ones_like(x, dtype="bool")
    if len(mask.shape) < len(x.shape):
        mask = ops.expand_dims(mask, axis=-1)
    if isinstance(x, KerasTensor) and not isinstance(mask, KerasTensor):
        known = [size or wanted for size, wanted in zip(x.shape, mask.shape, strict=True)]
        return ops.broadcast_to(mask, known)
    return ops.logical_or(mask, ops.zeros_like(x, dtype="bool"))


def _axes(value: Any) -> Any:
    pair = (value, value) if isinstance(value, int) else value
    if not isinstance(pair, (list, tuple)):
        raise TypeError(f"expected an integer or a pair of integers, got {brief(value)}.")
    if len(pair) != 2 or any(isinstance(axis, bool) or not isinstance(axis, int) for axis in pair):
        raise ValueError(f"expected an integer or a pair of integers, got {brief(value)}.")
    return value


@fields
class Dot(Merge):
    """Scalar products of two inputs along an axis of each: ``(b, n, k), (b, m, k) -> (b, n, m)`` for ``axes=2``.

    Args:
        axes: the axis of both inputs, or a pair of them.
        normalize: whether to divide by the lengths, which gives cosines.
    """

    axes: Annotated[Any, Kind(_axes)]
    normalize: bool = False

    produces_mask = False

    def _pair(self, shapes: Any) -> tuple[int, int]:
        first, second = (self.axes, self.axes) if isinstance(self.axes, int) else self.axes
        return first % len(shapes[0]), second % len(shapes[1])

    def _check(self, shapes: Any) -> None:
        if is_shape(shapes) or len(shapes) != 2:
            raise ValueError(f'Dot "{self.name}": should be called on a list of 2 inputs, got shapes {shapes}.')
        super()._check(shapes)

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        x, y = inputs
        first, second = self._pair((x.shape, y.shape))
        if self.normalize:
            x, y = _unit(x, first), _unit(y, second)
        x, y = x.movedim(first, -1), y.movedim(second, 1)
        out = torch.bmm(
            x.flatten(1, -2) if x.ndim > 2 else x.unsqueeze(1), y.flatten(2) if y.ndim > 2 else y.unsqueeze(2)
        )
        shape = (x.shape[0], *x.shape[1:-1], *y.shape[2:])
        return out.reshape(shape if len(shape) > 1 else (x.shape[0], 1))

    def compute_output_shape(self, input_shape: Any) -> Any:
        one, two = (tuple(shape) for shape in input_shape)
        first, second = self._pair(input_shape)
        if None not in (one[first], two[second]) and one[first] != two[second]:
            raise ValueError(
                f'Dot "{self.name}": Incompatible input shapes: axis {first} of the first has size {one[first]}, axis '
                f"{second} of the second {two[second]}. Full input shapes: {one}, {two}."
            )
        rest = (*one[1:first], *one[first + 1 :], *two[1:second], *two[second + 1 :])
        return (one[0], *(rest or (1,)))

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        return None


def _unit(x: Tensor, axis: int) -> Tensor:
    return F.normalize(x, dim=axis, eps=1e-6)


def _function(layer: type[Layer]) -> Any:
    def merge(inputs: Sequence[Any], **kwargs: Any) -> Any:
        return layer(**kwargs)(inputs)

    merge.__name__ = merge.__qualname__ = layer.__name__.lower()
    merge.__doc__ = f"What a new :class:`{layer.__name__}` layer gives for `inputs`."
    return merge


add, subtract, multiply, average = _function(Add), _function(Subtract), _function(Multiply), _function(Average)
maximum, minimum = _function(Maximum), _function(Minimum)


def concatenate(inputs: Sequence[Any], axis: int = -1, **kwargs: Any) -> Any:
    """What a new :class:`Concatenate` layer gives for `inputs`."""
    return Concatenate(axis=axis, **kwargs)(inputs)


def dot(inputs: Sequence[Any], axes: Any = -1, **kwargs: Any) -> Any:
    """What a new :class:`Dot` layer gives for `inputs`."""
    return Dot(axes=axes, **kwargs)(inputs)


_registry.catalogue("layers", Add, Subtract, Multiply, Average, Maximum, Minimum, Concatenate, Dot)
_registry.catalogue("layers", add, subtract, multiply, average, maximum, minimum, concatenate, dot)

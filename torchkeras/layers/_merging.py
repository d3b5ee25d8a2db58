"""Layers and functions that join several tensors into one."""

from collections.abc import Sequence
from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import _registry, ops
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._shapes import is_shape
from torchkeras._symbolic import KerasTensor
from torchkeras.layers._layer import Layer

__all__ = ["Add", "Average", "Concatenate", "Dot", "Maximum", "Minimum", "Multiply", "Subtract"]
__all__ += ["add", "average", "concatenate", "dot", "maximum", "minimum", "multiply", "subtract"]


@fields
class Merge(Layer):
    """Base of the layers that join tensors: ``[shape, shape, ...] -> shape``.

    A tensor of lower rank gets axes of size 1 after the batch; then shapes broadcast.
    """

    supports_masking = True
    produces_mask = False  # unless inputs have masks

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        # the way of every step: plain tensors of the right dtype without masks
        if self._ready and not kwargs and len(args) == 1 and isinstance(args[0], (list, tuple)):
            for x in args[0]:
                if type(x) is not Tensor or x.dtype is not self._compute or getattr(x, "_keras_mask", None) is not None:
                    break
            else:
                try:
                    return nn.Module.__call__(self, args[0])
                except RuntimeError:
                    self._check([tuple(x.shape) for x in args[0]])  # shapes that do not fit get our words
                    raise
        return super().__call__(*args, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        self.built = True

    def _check(self, shapes: Any) -> None:
        if is_shape(shapes) or not isinstance(shapes, (list, tuple)):
            raise ValueError(
                f'{type(self).__name__} "{self.name}": a merge layer should be called on a list of inputs, got one '
                f"input of shape {shapes}."
            )
        if not shapes:
            raise ValueError(f'{type(self).__name__} "{self.name}": a merge layer needs at least one input, got none.')
        batches = {shape[0] for shape in shapes if shape and shape[0] is not None}
        if len(batches) > 1:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": Cannot merge tensors with different batch sizes, got shapes '
                f"{[tuple(shape) for shape in shapes]}."
            )
        self.compute_output_shape(shapes)

    def call(self, inputs: Sequence[Tensor]) -> Tensor:
        if isinstance(inputs, Tensor):
            self._check(tuple(inputs.shape))
        rank = max(x.ndim for x in inputs)
        return self._merge([x if x.ndim == rank else _with_axes(x, rank) for x in inputs])

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        rank = max(len(shape) for shape in input_shape)
        padded = [(*shape[:1], *(1,) * (rank - len(shape)), *shape[1:]) for shape in input_shape]
        return tuple(self._joined(sizes, input_shape) for sizes in zip(*padded, strict=True))

    def _joined(self, sizes: Sequence[int | None], shapes: Any) -> int | None:
        known = {size for size in sizes if size not in (None, 1)}
        if len(known) > 1:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": Inputs have incompatible shapes, which do not broadcast: '
                f"{[tuple(shape) for shape in shapes]}."
            )
        if None in sizes:  # an unknown size beside a known one may still turn out to be 1
            return None
        return known.pop() if known else 1

    def compute_output_spec(self, inputs: Any, mask: Any = None) -> Any:
        return _spec(self, inputs)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """True where any input's mask is; no mask if an input has none."""
        if mask is None:
            return None
        _check_masks(self, inputs, mask)
        return None if any(m is None for m in mask) else _reduce(ops.logical_or, mask)


def _spec(layer: Any, inputs: Sequence[Any]) -> KerasTensor:
    """The symbolic output, from the layer's formula: for the true shapes and for those of the probes."""
    shapes = [tuple(x.shape) for x in inputs]
    layer._check(shapes)
    runs = max(len(x._probes) if isinstance(x, KerasTensor) else 1 for x in inputs)
    probes = tuple(tuple(layer.compute_output_shape([_probe_shape(x, index) for x in inputs])) for index in range(runs))
    dtypes = {x.dtype for x in inputs if isinstance(x, KerasTensor)}
    dtype = dtypes.pop() if len(dtypes) == 1 else layer.compute_dtype
    shape = tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*probes, strict=True))
    return KerasTensor(shape, dtype, probes=probes if None in shape else probes[:1])


def _probe_shape(x: Any, index: int) -> tuple[int, ...]:
    return x._probes[min(index, len(x._probes) - 1)] if isinstance(x, KerasTensor) else tuple(x.shape)


def _with_axes(x: Tensor, rank: int) -> Tensor:
    return x.reshape(x.shape[0], *(1,) * (rank - x.ndim), *x.shape[1:])


def _check_masks(layer: Layer, inputs: Any, mask: Any) -> None:
    if not isinstance(mask, (list, tuple)):
        raise ValueError(f'{type(layer).__name__} "{layer.name}": `mask` should be a list, got {brief(mask)}.')
    if not isinstance(inputs, (list, tuple)):
        raise ValueError(f'{type(layer).__name__} "{layer.name}": `inputs` should be a list, got {brief(inputs)}.')
    if len(mask) != len(inputs):
        raise ValueError(
            f'{type(layer).__name__} "{layer.name}": `inputs` and `mask` should have the same length, got '
            f"{len(inputs)} and {len(mask)}."
        )


def _reduce(function: Any, values: Sequence[Any]) -> Any:
    result = values[0]
    for value in values[1:]:
        result = function(result, value)
    return result


class Add(Merge):
    """The sum of the inputs."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return _reduce(torch.add, inputs)


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


class _MaskedMerge(Merge):
    """Joins two by two, and leaves out what is masked: there the other input counts alone."""

    def call(self, inputs: Sequence[Tensor], mask: Any = None) -> Tensor:
        if mask is None or all(m is None for m in mask):
            return super().call(inputs)
        out, valid = inputs[0], _spread(mask[0], inputs[0])
        for x, m in zip(inputs[1:], mask[1:], strict=True):
            m = _spread(m, x)
            out = torch.where(valid & m, self._merge([out, x]), torch.where(m, x, out))
            valid = valid | m
        return self._fill(out, valid)

    def _fill(self, out: Tensor, valid: Tensor) -> Tensor:
        return out


def _spread(mask: Any, x: Tensor) -> Tensor:
    if mask is None:
        return torch.ones((), dtype=torch.bool, device=x.device)
    return mask.reshape(*mask.shape, *(1,) * (x.ndim - mask.ndim))


class Multiply(_MaskedMerge):
    """The product of the inputs; 0 where all of them are masked."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return _reduce(torch.mul, inputs)

    def _fill(self, out: Tensor, valid: Tensor) -> Tensor:
        return out * valid


class Average(Merge):
    """The mean of the inputs."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return _reduce(torch.add, inputs) / len(inputs)


class Maximum(_MaskedMerge):
    """The largest of the inputs, place by place."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return _reduce(torch.maximum, inputs)


class Minimum(_MaskedMerge):
    """The smallest of the inputs, place by place."""

    def _merge(self, inputs: list[Tensor]) -> Tensor:
        return _reduce(torch.minimum, inputs)


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
        _check_masks(self, inputs, mask)
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

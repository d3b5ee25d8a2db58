"""The arithmetic of sliding windows: padding as TensorFlow defines it, and output sizes.

``data_format`` says where the channels are: Keras' ``"channels_last"`` or ``"channels_first"``.
"""

from collections.abc import Sequence
from typing import Annotated, Any

from torchkeras import _settings
from torchkeras._errors import brief
from torchkeras._fields import Kind, choice

Pads = tuple[tuple[int, int], ...]


def standard_data_format(value: Any) -> str:
    """The given data format, or the one that ``keras.config`` says."""
    if value is None:
        return _settings.image_data_format
    found = str(value).lower()
    if found not in _settings.IMAGE_DATA_FORMATS:
        raise ValueError(f"expected 'channels_last' or 'channels_first', got {brief(value)}.")
    return found


def _count(value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < 1:
        raise ValueError(
            "Invalid value for argument `{field}`. Expected a strictly positive value. "
            f"Received {{field}}={brief(value)}."
        )
    return value.__index__()


Count = Annotated[int, Kind(_count)]
DataFormat = Annotated[Any, Kind(standard_data_format)]
Padding = Annotated[str, choice("valid", "same")]
CausalPadding = Annotated[str, choice("valid", "same", "causal")]


def window_sizes(owner: Any, name: str, value: Any, rank: int) -> tuple[int, ...]:
    """The argument `name` of a layer as a tuple of `rank` positive integers; one integer stands for all axes."""
    sizes = (value,) * rank if isinstance(value, int) else tuple(value) if isinstance(value, list | tuple) else ()
    if len(sizes) == rank and all(hasattr(n, "__index__") and not isinstance(n, bool) and n > 0 for n in sizes):
        return tuple(n.__index__() for n in sizes)
    wrong = {n for n in sizes if isinstance(n, int) and n < 1}
    raise ValueError(
        f'{type(owner).__name__} "{owner.name}": The `{name}` argument must be a tuple of {rank} integers. Received '
        f"{name}={value}" + (f", including values {wrong} that do not satisfy `value > 0`" if wrong else ".")
    )


def channel_axis(data_format: str) -> int:
    """The axis of the channels: -1 or 1."""
    return -1 if data_format == "channels_last" else 1


def spatial_shape(shape: Sequence[Any], data_format: str) -> tuple[Any, ...]:
    """The sizes between batch and channels."""
    return tuple(shape[1:-1] if data_format == "channels_last" else shape[2:])


def with_spatial(shape: Sequence[Any], spatial: Sequence[Any], channels: Any, data_format: str) -> tuple[Any, ...]:
    """A whole shape out of its parts; the batch size comes from `shape`."""
    if data_format == "channels_last":
        return (shape[0], *spatial, channels)
    return (shape[0], channels, *spatial)


def same_padding(sizes: Sequence[int], window: Sequence[int], strides: Sequence[int], dilation: Sequence[int]) -> Pads:
    """(before, after) on each axis so that ``output = ceil(size / stride)``; the odd one goes after."""
    pads = []
    for size, width, stride, rate in zip(sizes, window, strides, dilation, strict=True):
        total = max((-(-size // stride) - 1) * stride + (width - 1) * rate + 1 - size, 0)
        pads.append((total // 2, total - total // 2))
    return tuple(pads)


def torch_pads(pads: Pads) -> list[int]:
    """The same for ``F.pad``, which begins with the last axis."""
    return [size for pair in reversed(pads) for size in pair]


def output_sizes(
    owner: Any,
    sizes: Sequence[Any],
    window: Sequence[int],
    strides: Sequence[int],
    dilation: Sequence[int],
    padding: str,
) -> tuple[Any, ...]:
    """The output's sizes, None for those unknown.

    Raises:
        ValueError: the window does not fit into the input.
    """
    found: list[int | None] = []
    for size, width, stride, rate in zip(sizes, window, strides, dilation, strict=True):
        if size is None:
            found.append(None)
            continue
        span = size if padding != "valid" else size - (width - 1) * rate
        if span <= 0:
            raise ValueError(
                f'{type(owner).__name__} "{owner.name}": Computed output size would be zero or negative. A window of '
                f"{tuple(window)} "
                f'(dilation {tuple(dilation)}) does not fit into an input of {tuple(sizes)}; use `padding="same"` or '
                "a smaller window."
            )
        found.append(-(-span // stride))
    return tuple(found)


def dtype_of_input(layer: Any, inputs: Any, *args: Any) -> str:
    """A row for layers that move or choose numbers: ``compute_output_dtype = dtype_of_input``."""
    return inputs.dtype

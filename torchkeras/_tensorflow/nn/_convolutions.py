"""Convolutions: filters in TensorFlow's layout, channels last by default."""

from typing import Any

from torchkeras import ops
from torchkeras._tensorflow import _sizes
from torchkeras._tensorflow._rows import own, publish

Sizes = Any  # one size, one for each spatial axis, or one for each axis of the tensor


def spatial(sizes: Sizes, rank: int, channels_first: bool) -> tuple[int, ...]:
    """The sizes of the spatial axes, from any of the ways in which TensorFlow takes them."""
    if sizes is None:
        return (1,) * rank
    values = _sizes.static(sizes)
    if len(values) == 1:
        return values * rank
    if len(values) == rank + 2:
        return values[2:] if channels_first else values[1:-1]
    return values


def data_format_of(name: str | None) -> str:
    """Keras' word for ``"NHWC"`` and kin."""
    return "channels_first" if name is not None and name.upper().startswith("NC") else "channels_last"


def padded(x: Any, padding: Any) -> tuple[Any, str]:
    """The input and ``"same"`` or ``"valid"``; explicit numbers of zeros are put around the input first."""
    if isinstance(padding, str):
        return x, padding.lower()
    return ops.pad(x, [_sizes.static(pair) for pair in padding]), "valid"


def _conv(x: Any, filters: Any, strides: Sizes, padding: Any, data_format: str | None, dilations: Sizes) -> Any:
    form = data_format_of(data_format)
    rank, first = len(x.shape) - 2, form == "channels_first"
    x, padding = padded(x, padding)
    steps, rates = spatial(strides, rank, first), spatial(dilations, rank, first)
    return ops.conv(x, filters, steps, padding, form, rates)


@own
def conv1d(
    input: Any,
    filters: Any,
    stride: Sizes = 1,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Sizes = None,
) -> Any:
    """``(b, n, c), (k, c, filters) -> (b, n', filters)``"""
    return _conv(input, filters, stride, padding, data_format, dilations)


@own
def conv2d(
    input: Any,
    filters: Any = None,
    strides: Sizes = 1,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Sizes = None,
    filter: Any = None,
    use_cudnn_on_gpu: bool = True,
) -> Any:
    """``(b, h, w, c), (k, l, c, filters) -> (b, h', w', filters)``"""
    return _conv(input, filter if filters is None else filters, strides, padding, data_format, dilations)


@own
def conv3d(
    input: Any,
    filters: Any,
    strides: Sizes = 1,
    padding: Any = "VALID",
    data_format: str | None = None,
    dilations: Sizes = None,
) -> Any:
    """``(b, d, h, w, c), (k, l, m, c, filters) -> (b, d', h', w', filters)``"""
    return _conv(input, filters, strides, padding, data_format, dilations)


convolution = conv2d


@own
def atrous_conv2d(value: Any, filters: Any, rate: Any, padding: str) -> Any:
    """:func:`conv2d` with holes: ``dilations=rate``."""
    return _conv(value, filters, 1, padding, None, rate)


@own
def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Sizes,
    padding: Any,
    data_format: str | None = None,
    dilations: Sizes = None,
    rate: Sizes = None,
) -> Any:
    """Each channel with its own filters: ``(b, h, w, c), (k, l, c, m) -> (b, h', w', c * m)``."""
    form = data_format_of(data_format)
    first = form == "channels_first"
    x, padding = padded(input, padding)
    rates = spatial(rate if dilations is None else dilations, 2, first)
    return ops.depthwise_conv(x, filter, spatial(strides, 2, first), padding, form, rates)


@own
def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Sizes,
    padding: Any,
    data_format: str | None = None,
    dilations: Sizes = None,
) -> Any:
    """:func:`depthwise_conv2d`, then a convolution over the channels alone."""
    form = data_format_of(data_format)
    first = form == "channels_first"
    x, padding = padded(input, padding)
    steps, rates = spatial(strides, 2, first), spatial(dilations, 2, first)
    return ops.separable_conv(x, depthwise_filter, pointwise_filter, steps, padding, form, rates)


@own
def conv2d_transpose(
    input: Any,
    filters: Any = None,
    output_shape: Any = None,
    strides: Sizes = 1,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Sizes = None,
    filter: Any = None,
) -> Any:
    """The transpose of :func:`conv2d`: ``(b, h, w, c), (k, l, filters, c) -> output_shape``."""
    return _transpose(input, filter if filters is None else filters, output_shape, strides, padding, data_format)


@own
def conv1d_transpose(
    input: Any,
    filters: Any,
    output_shape: Any,
    strides: Sizes,
    padding: str = "SAME",
    data_format: str | None = None,
    dilations: Sizes = None,
) -> Any:
    """The transpose of :func:`conv1d`."""
    return _transpose(input, filters, output_shape, strides, padding, data_format)


def _transpose(x: Any, filters: Any, output_shape: Any, strides: Sizes, padding: str, data_format: str | None) -> Any:
    form = data_format_of(data_format)
    first, rank = form == "channels_first", len(x.shape) - 2
    found = ops.conv_transpose(x, filters, spatial(strides, rank, first), padding.lower(), None, form)
    wanted = spatial([_known(size) for size in output_shape], rank, first) if output_shape is not None else None
    got = found.shape[2:] if first else found.shape[1:-1]
    if wanted is not None and any(size not in (-1, have) for size, have in zip(wanted, got)):
        raise ValueError(
            f"conv_transpose: the output has the spatial shape {tuple(got)}, `output_shape` asks for {wanted}; "
            "torchkeras serves the shape that strides and padding give."
        )
    return found


def _known(size: Any) -> int:
    """The size, -1 where it is symbolic."""
    return int(size) if hasattr(size, "__index__") and not hasattr(size, "_keras_history") else -1


publish(globals())

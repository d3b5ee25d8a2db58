"""``keras.utils.conv_utils``: the arithmetic of windows."""

from typing import Any

from torchkeras import _settings
from torchkeras._errors import brief
from torchkeras._shapes import normalize_tuple as as_tuple

__all__ = [
    "conv_input_length",
    "conv_output_length",
    "deconv_length",
    "deconv_output_length",
    "normalize_data_format",
    "normalize_padding",
    "normalize_tuple",
]


def normalize_tuple(value: Any, n: int, name: str, allow_zero: bool = False) -> tuple[int, ...]:
    """`value` as a tuple of `n` positive integers; a single one is repeated."""
    return as_tuple(value, n, name, allow_zero)


def _word(value: Any, name: str, *allowed: str) -> str:
    found = str(value).lower()
    if found not in allowed:
        raise ValueError(f"The `{name}` argument must be one of {', '.join(map(repr, allowed))}, got {brief(value)}.")
    return found


def normalize_data_format(value: Any) -> str:
    """The given data format in lower case, or the one of the settings."""
    if value is None:
        return _settings.image_data_format
    return _word(value, "data_format", "channels_first", "channels_last")


def normalize_padding(value: Any) -> str:
    """The padding in lower case."""
    return _word(value, "padding", "valid", "same", "causal", "full")


def conv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int, dilation: int = 1
) -> int | None:
    """The number of places at which a window stands.

    >>> [conv_output_length(10, 3, padding, stride=2) for padding in ("valid", "same", "full")]
    [4, 5, 6]
    """
    padding = normalize_padding(padding)
    if input_length is None:
        return None
    span = (filter_size - 1) * dilation
    length = {"valid": input_length - span, "full": input_length + span}.get(padding, input_length)
    return -(-length // stride)


def conv_input_length(output_length: int | None, filter_size: int, padding: str, stride: int) -> int | None:
    """The shortest input with that many places, as Keras counts it."""
    padding = normalize_padding(padding)
    if output_length is None:
        return None
    pad = {"same": filter_size // 2, "full": filter_size - 1}.get(padding, 0)
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_output_length(
    input_length: int | None,
    filter_size: int,
    padding: str,
    output_padding: int | None = None,
    stride: int = 0,
    dilation: int = 1,
) -> int | None:
    """The length of a transposed convolution's output."""
    padding = normalize_padding(padding)
    if input_length is None:
        return None
    size = (filter_size - 1) * dilation + 1
    if output_padding is None:
        more = {"valid": max(size - stride, 0), "full": 2 - stride - size}
        return input_length * stride + more.get(padding, 0)
    pad = {"same": size // 2, "full": size - 1}.get(padding, 0)
    return (input_length - 1) * stride + size - 2 * pad + output_padding


def deconv_length(
    dim_size: int | None,
    stride_size: int,
    kernel_size: int,
    padding: str,
    output_padding: int | None = None,
    dilation: int = 1,
) -> int | None:
    """The same, with Keras 2.2's order of arguments."""
    return deconv_output_length(dim_size, kernel_size, padding, output_padding, stride_size, dilation)

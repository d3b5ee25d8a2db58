"""Convolutions under Keras 1's names. Arguments that they share with today's layers are translated there."""

from typing import Any

from torchkeras import layers
from torchkeras._eras._marks import old_name

__all__ = [
    "AtrousConv1D",
    "AtrousConv2D",
    "AtrousConvolution1D",
    "AtrousConvolution2D",
    "Deconvolution2D",
    "Deconvolution3D",
    "SeparableConvolution1D",
    "SeparableConvolution2D",
]

SeparableConvolution1D, SeparableConvolution2D = layers.SeparableConv1D, layers.SeparableConv2D


def _sizes(kwargs: dict[str, Any], args: tuple[Any, ...], rank: int, *names: str) -> tuple[dict[str, Any], list[Any]]:
    """Keras 1's ``(nb_filter, nb_row, nb_col, …)`` as today's first arguments, by name; and what follows them."""
    rest = list(args)
    given = dict(kwargs)
    first = [rest.pop(0) if rest else given.pop(name) for name in names[: rank + 1] if rest or name in given]
    if first:
        given["filters"] = first[0]
    if len(first) == rank + 1:
        given["kernel_size"] = tuple(first[1:])
    return given, rest


def _atrous(layer: type, args: tuple[Any, ...], kwargs: dict[str, Any], *names: str) -> Any:
    given, rest = _sizes(kwargs, args, len(names) - 1, *names)
    if "atrous_rate" in given:
        given["dilation_rate"] = given.pop("atrous_rate")
    return layer(*_keywords(given, rest), **given)


def _keywords(given: dict[str, Any], rest: list[Any]) -> list[Any]:
    """Keras 1's ``init`` and ``activation``, which followed the sizes, as keywords; nothing is left by position."""
    for name, value in zip(("kernel_initializer", "activation"), rest):
        given.setdefault(name, value)
    if len(rest) > 2:
        raise TypeError(
            f"give the arguments after `init` and `activation` by name; got {len(rest) - 2} more by position."
        )
    return []


@old_name("AtrousConvolution1D", "Conv1D(..., dilation_rate=)")
def AtrousConvolution1D(*args: Any, **kwargs: Any) -> Any:
    """Keras 1's ``Conv1D`` with holes: ``(nb_filter, filter_length, …, atrous_rate=1)``."""
    return _atrous(layers.Conv1D, args, kwargs, "nb_filter", "filter_length")


@old_name("AtrousConvolution2D", "Conv2D(..., dilation_rate=)")
def AtrousConvolution2D(*args: Any, **kwargs: Any) -> Any:
    """Keras 1's ``Conv2D`` with holes: ``(nb_filter, nb_row, nb_col, …, atrous_rate=(1, 1))``."""
    return _atrous(layers.Conv2D, args, kwargs, "nb_filter", "nb_row", "nb_col")


AtrousConv1D, AtrousConv2D = AtrousConvolution1D, AtrousConvolution2D


def _transposed(layer: type, args: tuple[Any, ...], kwargs: dict[str, Any], *names: str) -> Any:
    if len(args) > 1 and isinstance(args[1], (tuple, list)):  # as today: filters, kernel_size
        return layer(*args, **kwargs)
    given, rest = _sizes(kwargs, args, len(names) - 1, *names)
    if rest and isinstance(rest[0], (tuple, list)):
        given["output_shape"] = rest.pop(0)
    given.pop("output_shape", None)  # which follows from the other arguments
    return layer(*_keywords(given, rest), **given)


@old_name("Deconvolution2D", "Conv2DTranspose")
def Deconvolution2D(*args: Any, **kwargs: Any) -> Any:
    """Keras 1's ``Conv2DTranspose``: ``(nb_filter, nb_row, nb_col, output_shape, …)``; that shape is found out."""
    return _transposed(layers.Conv2DTranspose, args, kwargs, "nb_filter", "nb_row", "nb_col")


@old_name("Deconvolution3D", "Conv3DTranspose")
def Deconvolution3D(*args: Any, **kwargs: Any) -> Any:
    """Keras 1's ``Conv3DTranspose``: ``(nb_filter, kernel_dim1, kernel_dim2, kernel_dim3, output_shape, …)``."""
    names = ("nb_filter", "kernel_dim1", "kernel_dim2", "kernel_dim3")
    return _transposed(layers.Conv3DTranspose, args, kwargs, *names)

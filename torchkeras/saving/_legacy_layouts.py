"""Weights of old files in today's layout: kernels of Theano, separate gates of Keras 1, cuDNN's layers of Keras 2."""

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras.saving._legacy_keras1 import is_keras1

Arrays = list[np.ndarray[Any, Any]]
_CONVOLUTIONS = ("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")


def modern_weights(layer: Any, arrays: Arrays, version: str, backend: str) -> Arrays:
    """The arrays of a layer, as a file of that Keras version and backend has them, in Keras 3's layout."""
    kind = type(layer).__name__
    if kind == "Bidirectional":
        half = len(arrays) // 2
        forward = modern_weights(layer.forward_layer, arrays[:half], version, backend)
        return forward + modern_weights(layer.backward_layer, arrays[half:], version, backend)
    if kind == "TimeDistributed":
        return modern_weights(layer.layer, arrays, version, backend)
    if kind in ("Functional", "Sequential", "Model"):
        return _nested(layer, arrays, version, backend)
    if is_keras1(version) and kind in _KERAS1:
        arrays = _KERAS1[kind](layer, arrays)
    if backend == "theano" and kind in _CONVOLUTIONS and arrays:
        arrays = [
            _flipped(array) if index < 1 + (kind == "ConvLSTM2D") else array for index, array in enumerate(arrays)
        ]
    return from_cudnn(layer, arrays)


def _nested(model: Any, arrays: Arrays, version: str, backend: str) -> Arrays:
    """Trainable weights of all layers come first, then the others."""
    layers = list(model.layers)
    if not (is_keras1(version) or backend == "theano"):
        return arrays
    if sum(len(layer.weights) for layer in layers) != len(arrays):
        return arrays
    counts = [(len(layer.trainable_weights), len(layer.non_trainable_weights)) for layer in layers]
    rest = iter(arrays)
    first = [[next(rest) for _ in range(count)] for count, _ in counts]
    last = [[next(rest) for _ in range(count)] for _, count in counts]
    new = [modern_weights(layer, a + b, version, backend) for layer, a, b in zip(layers, first, last, strict=True)]
    trainable = [array for part, (count, _) in zip(new, counts, strict=True) for array in part[:count]]
    return trainable + [array for part, (count, _) in zip(new, counts, strict=True) for array in part[count:]]


def _flipped(kernel: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Theano convolves, where others correlate: the kernel turned around."""
    return np.flip(kernel, tuple(range(kernel.ndim - 2))).copy()


# Keras 1.


def _conv1d(layer: Any, arrays: Arrays) -> Arrays:
    kernel = arrays[0]
    if kernel.ndim != 4:
        return arrays
    if kernel.shape[:2] != (layer.kernel_size[0], 1) or kernel.shape[3] != layer.filters:
        kernel = kernel.transpose(2, 3, 1, 0)
    return [kernel[:, 0], *arrays[1:]]


def _conv(layer: Any, arrays: Arrays) -> Arrays:
    if layer.data_format != "channels_first":
        return arrays
    kernel = arrays[0]
    return [kernel.transpose(*range(2, kernel.ndim), 1, 0), *arrays[1:]]


def _conv_transpose(layer: Any, arrays: Arrays) -> Arrays:
    axes = (2, 3, 0, 1) if layer.data_format == "channels_first" else (0, 1, 3, 2)
    return [arrays[0].transpose(axes), *arrays[1:]]


def _gates(*order: int) -> Callable[[Any, Arrays], Arrays]:
    """Kernel, recurrent kernel and bias out of three arrays a gate."""

    def join(layer: Any, arrays: Arrays) -> Arrays:
        if len(arrays) != 3 * len(order):
            return arrays
        if getattr(layer, "data_format", None) == "channels_first":
            arrays = [array.transpose(2, 3, 1, 0) if array.ndim == 4 else array for array in arrays]
        return [np.concatenate([arrays[3 * gate + part] for gate in order], axis=-1) for part in range(3)]

    return join


_KERAS1: dict[str, Callable[[Any, Arrays], Arrays]] = {
    "Conv1D": _conv1d,
    "Conv2D": _conv,
    "Conv3D": _conv,
    "Conv2DTranspose": _conv_transpose,
    "GRU": _gates(0, 1, 2),
    "LSTM": _gates(0, 2, 1, 3),  # it stored the candidate before the forget gate
    "ConvLSTM2D": _gates(0, 2, 1, 3),
}


# The cuDNN layers of Keras 2, which are LSTM and GRU today.


def from_cudnn(layer: Any, arrays: Arrays) -> Arrays:
    """The arrays of an LSTM or GRU as it has them, if they are those of Keras 2's cuDNN layers; else as they are."""
    kind = type(layer).__name__.removeprefix("CuDNN")
    gates = {"LSTM": 4, "GRU": 3}.get(kind)
    if gates is None or len(arrays) != 3 or arrays[2].shape != (2 * gates * layer.units,):
        return arrays
    kernel, recurrent, bias = arrays
    kernel = _each(kernel, gates, lambda part: part.T.reshape(part.shape, order="F"))
    recurrent = _each(recurrent, gates, lambda part: part.T)
    return [kernel, recurrent, bias.reshape(2, -1).sum(0) if kind == "LSTM" else bias.reshape(2, -1)]


def _each(kernel: np.ndarray[Any, Any], gates: int, change: Callable[[Any], Any]) -> np.ndarray[Any, Any]:
    return np.hstack([change(part) for part in np.hsplit(kernel, gates)])

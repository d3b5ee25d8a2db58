"""How the axes of a weight are ordered in torch, and in Keras (D2)."""

from torch import Tensor


class Layout:
    """How torch's axes map to Keras': ``Layout("hwio->oihw")`` reads "Keras has hwio, torch oihw".

    ``to_keras`` gives a view; subclasses that reorder blocks give a differentiable copy.
    """

    def __init__(self, axes: str) -> None:
        keras, torch_axes = axes.split("->")
        self.axes = axes
        self._to_torch = tuple(keras.index(axis) for axis in torch_axes)
        self._to_keras = tuple(torch_axes.index(axis) for axis in keras)

    def to_keras(self, tensor: Tensor) -> Tensor:
        return tensor.permute(self._to_keras)

    def to_torch(self, tensor: Tensor) -> Tensor:
        return tensor.permute(self._to_torch)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.axes!r})"


class Same(Layout):
    """The same axes on both sides."""

    def __init__(self) -> None:
        self.axes = ""

    def to_keras(self, tensor: Tensor) -> Tensor:
        return tensor

    def to_torch(self, tensor: Tensor) -> Tensor:
        return tensor


SAME = Same()

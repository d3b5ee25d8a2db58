"""``keras.layers.pooling._GlobalPooling2D`` and kin: what scripts of Keras 2 derive their own pooling layers from."""

from typing import ClassVar

from torchkeras._fields import fields
from torchkeras.layers import InputSpec, Layer
from torchkeras.layers._windows import DataFormat, channel_axis

__all__ = ["GlobalPooling1D", "GlobalPooling2D", "_GlobalPooling1D", "_GlobalPooling2D", "_GlobalPooling3D"]


@fields
class _GlobalPooling(Layer):
    """Everything but the channels goes: ``(b, …, c) -> (b, c)``. A subclass writes ``call``.

    Args:
        data_format: where the channels are.
    """

    data_format: DataFormat = None

    rank: ClassVar[int]

    def __post_init__(self) -> None:
        self.input_spec = InputSpec(ndim=self.rank + 2)

    def compute_output_shape(self, input_shape: tuple[int | None, ...]) -> tuple[int | None, ...]:
        return (input_shape[0], input_shape[channel_axis(self.data_format)])


class _GlobalPooling1D(_GlobalPooling):
    """Over steps."""

    rank = 1


class _GlobalPooling2D(_GlobalPooling):
    """Over images."""

    rank = 2


class _GlobalPooling3D(_GlobalPooling):
    """Over volumes."""

    rank = 3


GlobalPooling1D, GlobalPooling2D = _GlobalPooling1D, _GlobalPooling2D

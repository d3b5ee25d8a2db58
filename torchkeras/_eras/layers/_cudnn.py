"""CuDNNLSTM and CuDNNGRU of Keras 2: today's LSTM and GRU, which run torch's fused kernels by themselves."""

from typing import Any

from torchkeras import _registry, layers
from torchkeras._eras._marks import tell
from torchkeras.saving._legacy_layouts import from_cudnn

__all__ = ["CuDNNGRU", "CuDNNLSTM"]


class _TakesOldWeights:
    """``set_weights`` also takes what ``get_weights`` of Keras 2's layer gave: two biases, kernels turned round."""

    def set_weights(self, weights: list[Any]) -> None:
        super().set_weights(from_cudnn(self, list(weights)))  # type: ignore[misc]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        name = type(self).__name__
        tell(name, name.removeprefix("CuDNN"))
        super().__init__(*args, **kwargs)


class CuDNNLSTM(_TakesOldWeights, layers.LSTM):
    """Keras 2's LSTM for cuDNN: arguments and results as :class:`LSTM`, under whose name configs write it."""

    def __init__(
        self,
        units: int,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        unit_forget_bias: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            unit_forget_bias=unit_forget_bias,
            **kwargs,
        )


class CuDNNGRU(_TakesOldWeights, layers.GRU):
    """Keras 2's GRU for cuDNN: arguments and results as :class:`GRU`, under whose name configs write it."""

    def __init__(
        self,
        units: int,
        kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal",
        bias_initializer: Any = "zeros",
        **kwargs: Any,
    ) -> None:
        super().__init__(
            units,
            kernel_initializer=kernel_initializer,
            recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer,
            **kwargs,
        )


_registry.PATHS[CuDNNLSTM] = ("keras.layers", "LSTM")
_registry.PATHS[CuDNNGRU] = ("keras.layers", "GRU")

"""Initializers that draw no random numbers."""

import math
from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _settings
from torchkeras._dtypes import to_torch_dtype
from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.initializers._initializer import Initializer
from torchkeras.ops._op import tensor


class Zeros(Initializer):
    """All zeros."""

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return torch.zeros(tuple(shape), dtype=to_torch_dtype(dtype), device=_settings.device())


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return torch.ones(tuple(shape), dtype=to_torch_dtype(dtype), device=_settings.device())


@fields
class Constant(Initializer):
    """One value everywhere, or an array that broadcasts to the shape."""

    value: Annotated[Any, Kind(write=serialize_keras_object)] = 0.0

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        return tensor(self.value, to_torch_dtype(dtype)).to(_settings.device()).expand(tuple(shape)).clone()

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Constant":
        return cls(**{**config, "value": deserialize_keras_object(config.get("value", 0.0))})


@fields
class Identity(Initializer):
    """``gain`` on the diagonal of a matrix, 0 elsewhere.

    Raises:
        ValueError: the shape has other than two axes.
    """

    gain: float = 1.0

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        if len(shape) != 2:
            raise ValueError(
                "Identity matrix initializer can only be used for 2D matrices. "
                f"Received: shape={tuple(shape)} of rank {len(shape)}."
            )
        return self.gain * torch.eye(*shape, dtype=to_torch_dtype(dtype), device=_settings.device())

    def get_config(self) -> dict[str, Any]:
        # Keras never writes the gain; configs stay equal to its own where it is 1
        return {} if self.gain == 1 else {"gain": self.gain}


_TORCH_WINDOWS = {"hann": torch.hann_window, "hamming": torch.hamming_window, "blackman": torch.blackman_window}


@fields
class STFT(Initializer):
    """The Fourier matrix of a windowed frame: ``(frame length, 1, frequencies)``.

    Args:
        side: ``"real"`` or ``"imag"``.
        window: a window's name as SciPy has it, None for none, or the window itself.
        scaling: ``"density"``, ``"spectrum"`` or None: by what the window is divided.
        periodic: whether the window is periodic rather than symmetric.
    """

    side: str = "real"
    window: Any = "hann"
    scaling: str | None = "density"
    periodic: bool = False

    def __post_init__(self) -> None:
        if self.side not in ("real", "imag"):
            raise ValueError(f"side should be 'real' or 'imag', not {brief(self.side)}")
        if self.scaling not in (None, "density", "spectrum"):
            raise ValueError(
                f"Scaling is invalid, it must be `None`, 'density' or 'spectrum'. "
                f"Received scaling={brief(self.scaling)}"
            )
        self._window(4)  # an unknown name shows here

    def _window(self, length: int) -> Tensor:
        if self.window is None:
            return torch.ones(length)
        if isinstance(self.window, str) and self.window in _TORCH_WINDOWS:
            return _TORCH_WINDOWS[self.window](length, periodic=self.periodic)
        if not isinstance(self.window, str):
            return tensor(self.window)
        from scipy.signal import get_window

        return torch.as_tensor(get_window(self.window, length, fftbins=self.periodic), dtype=torch.float32)

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        length, _, frequencies = shape
        window = self._window(length).cpu()
        if self.window is None:
            pass  # nothing to divide
        elif self.scaling == "density":
            window = window / window.square().sum().sqrt()
        elif self.scaling == "spectrum":
            window = window / window.sum()
        size = max(1, 2 * (frequencies - 1))
        angles = torch.outer(torch.arange(length), torch.arange(frequencies)) * (2 * math.pi / size)
        waves = torch.cos(angles) if self.side == "real" else -torch.sin(angles)
        matrix = (window[:, None] * waves)[:, None, :]
        return matrix.to(_settings.device(), to_torch_dtype(dtype)).expand(tuple(shape)).clone()

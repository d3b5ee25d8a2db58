"""STFTSpectrogram and MelSpectrogram: which frequencies sound when."""

import math
from typing import Annotated, Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras import _registry, ops
from torchkeras._errors import brief
from torchkeras._fields import Kind, PositiveInt, choice, fields
from torchkeras.layers._layer import Layer
from torchkeras.layers._windows import DataFormat, same_padding

__all__ = ["MelSpectrogram", "STFTSpectrogram"]

MODES = ("log", "magnitude", "psd", "real", "imag", "angle", "stft")


def _window(value: Any) -> Any:
    if isinstance(value, str) and value not in ("hann", "hamming"):
        raise ValueError(f"expected 'hann', 'hamming' or an array, got {brief(value)}.")
    return value


Window = Annotated[Any, Kind(_window)]


def window_of(window: Any, length: int, periodic: bool) -> np.ndarray:
    """The weights of the samples of a frame."""
    if window is None:
        return np.ones(length)
    if not isinstance(window, str):
        found = np.asarray(window.detach().cpu() if isinstance(window, Tensor) else window, dtype="float64")
        if found.shape != (length,):
            raise ValueError(f"`window`: expected {length} numbers, got shape {found.shape}.")
        return found
    phase = 2 * math.pi * np.arange(length) / max(length if periodic else length - 1, 1)
    least = 0.5 if window == "hann" else 0.54
    return least - (1 - least) * np.cos(phase)


@fields
class STFTSpectrogram(Layer):
    """Spectra of frames of signals, by convolution with trainable waves: ``(b, t, c) -> (b, frames, c * bins)``.

    Args:
        mode: ``"log"`` (logarithm of the magnitude), ``"magnitude"``, ``"psd"`` (power), ``"real"``, ``"imag"``,
            ``"angle"`` in radians, or ``"stft"`` (real parts, then imaginary ones).
        frame_length: how many samples make a frame.
        frame_step: from one frame to the next, in samples; half a frame by default.
        fft_length: how many frequencies; by default the next power of two. There are ``fft_length // 2 + 1`` bins.
        window: ``"hann"``, ``"hamming"``, None or an array: the weights of the samples of a frame.
        periodic: whether the window is one period, rather than symmetric.
        scaling: ``"density"``, ``"spectrum"`` or None: by which property of the window numbers are divided.
        padding: ``"valid"`` or ``"same"``.
        expand_dims: whether bins get an axis of their own: ``(b, frames, bins, c)``.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    mode: Annotated[str, choice(*MODES)] = "log"
    frame_length: PositiveInt = 256
    frame_step: int | None = None
    fft_length: int | None = None
    window: Window = "hann"
    periodic: bool = False
    scaling: Annotated[Any, choice("density", "spectrum", None)] = "density"
    padding: Annotated[str, choice("valid", "same")] = "valid"
    expand_dims: bool = False
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self._step = self.frame_step or self.frame_length // 2
        self._bins = self._fft_length() // 2 + 1
        if self._fft_length() < self.frame_length:
            raise ValueError(
                f'STFTSpectrogram "{self.name}": `fft_length` must be at least `frame_length`, got {self.fft_length} '
                f"and {self.frame_length}."
            )

    def _fft_length(self) -> int:
        return self.fft_length or 2 ** math.ceil(math.log2(self.frame_length))

    def build(self, input_shape: Any) -> None:
        window = window_of(self.window, self.frame_length, self.periodic)
        if self.scaling == "density":
            window = window / math.sqrt((window**2).sum())
        elif self.scaling == "spectrum":
            window = window / window.sum()
        phase = 2 * math.pi * np.outer(np.arange(self.frame_length), np.arange(self._bins)) / self._fft_length()
        waves = {"real": np.cos(phase), "imag": -np.sin(phase)}
        for part, wave in waves.items():
            if self.mode not in waves or self.mode == part:
                kernel = self.add_weight((self.frame_length, 1, self._bins), "zeros", name=f"{part}_kernel")
                kernel.assign((wave * window[:, None])[:, None].astype("float32"))
                setattr(self, f"{part}_kernel", kernel)

    def call(self, inputs: Tensor) -> Tensor:
        last = self.data_format == "channels_last"
        x = inputs.movedim(-1, 1) if last else inputs  # (b, c, t)
        batch, channels, length = x.shape
        flat = x.reshape(batch * channels, 1, length)
        if self.padding == "same":
            pads = same_padding((length,), (self.frame_length,), (self._step,), (1,))
            flat = F.pad(flat, pads[0])
        found = self._spectra(flat)  # (b c, bins, frames)
        found = found.reshape(batch, channels, *found.shape[1:])
        if self.expand_dims:  # (b, frames, bins, c) or (b, c, frames, bins)
            return found.permute(0, 3, 2, 1) if last else found.transpose(2, 3)
        found = found.flatten(1, 2)
        return found.transpose(1, 2) if last else found

    def _wave(self, signals: Tensor, part: str) -> Tensor:
        kernel = getattr(self, f"{part}_kernel").tensor.to(signals.dtype)
        return F.conv1d(signals, kernel.permute(2, 1, 0), stride=self._step)

    def _spectra(self, signals: Tensor) -> Tensor:
        if self.mode in ("real", "imag"):
            return self._wave(signals, self.mode)
        real, imag = self._wave(signals, "real"), self._wave(signals, "imag")
        if self.mode == "stft":
            return torch.cat([real, imag], 1)
        if self.mode == "angle":
            return torch.atan2(imag, real)
        power = real**2 + imag**2
        if self.mode == "psd":
            inner = torch.ones(self._bins, 1, dtype=power.dtype, device=power.device)
            inner[1 : self._bins - 1 + self._fft_length() % 2] = 2  # both signs of a frequency
            return power * inner
        magnitude = torch.sqrt(power + EPSILON)
        return torch.log(torch.clamp(magnitude, min=EPSILON)) if self.mode == "log" else magnitude

    def compute_output_shape(self, input_shape: Any) -> Any:
        last = self.data_format == "channels_last"
        batch, length, channels = input_shape if last else (input_shape[0], input_shape[2], input_shape[1])
        frames = None
        if length is not None:
            same = self.padding == "same"
            frames = -(-length // self._step) if same else (length - self.frame_length) // self._step + 1
        bins = self._bins * (2 if self.mode == "stft" else 1)
        if self.expand_dims:
            return (batch, frames, bins, channels) if last else (batch, channels, frames, bins)
        return (batch, frames, channels * bins) if last else (batch, channels * bins, frames)


EPSILON = 1e-7


@fields
class MelSpectrogram(Layer):
    """The energy of sounds in bands of the mel scale: ``(..., samples) -> (..., num_mel_bins, frames)``.

    Args:
        fft_length: how many samples are transformed at a time.
        sequence_stride: from one frame to the next, in samples.
        sequence_length: how many samples make a frame; `fft_length` by default.
        window: ``"hann"``, ``"hamming"``, None or an array: the weights of the samples of a frame.
        sampling_rate: samples in a second.
        num_mel_bins: how many bands.
        min_freq, max_freq: where they begin and end, in hertz; `max_freq` is half the sampling rate by default.
        power_to_db: whether energies become decibels.
        top_db: how far below the greatest energy they are cut, in decibels.
        mag_exp: the power of the magnitude: 2 for energies.
        min_power: the smallest energy.
        ref_power: the energy that is 0 decibels.
    """

    fft_length: PositiveInt = 2048
    sequence_stride: PositiveInt = 512
    sequence_length: Any = None
    window: Window = "hann"
    sampling_rate: int = 16000
    num_mel_bins: PositiveInt = 128
    min_freq: float = 20.0
    max_freq: Any = None
    power_to_db: bool = True
    top_db: float = 80.0
    mag_exp: float = 2.0
    min_power: float = 1e-10
    ref_power: float = 1.0

    _keeps_shape = True

    def __post_init__(self) -> None:
        self._build_at_init()
        self.sequence_length = self.sequence_length or self.fft_length
        self.max_freq = self.max_freq or int(self.sampling_rate / 2)
        self.register_buffer("_bands", torch.from_numpy(self._band_weights()).float(), persistent=False)

    def _band_weights(self) -> np.ndarray:
        """How much each frequency belongs to each band, a triangle on the mel scale: ``(frequencies, bands)``."""
        hertz = np.linspace(0, self.sampling_rate / 2, self.fft_length // 2 + 1)[1:, None]
        mel = lambda frequency: 1127 * np.log1p(np.asarray(frequency) / 700)  # HTK's scale
        edges = np.linspace(mel(self.min_freq), mel(self.max_freq), self.num_mel_bins + 2)
        low, middle, high = edges[:-2], edges[1:-1], edges[2:]
        rising, falling = (mel(hertz) - low) / (middle - low), (high - mel(hertz)) / (high - middle)
        return np.pad(np.maximum(0, np.minimum(rising, falling)), ((1, 0), (0, 0)))  # no constant part

    def call(self, inputs: Tensor) -> Tensor:
        signals = inputs.to(self._compute)
        wide = signals.float() if signals.dtype.itemsize == 2 else signals  # torch transforms no 16 bits on a CPU
        real, imag = ops.stft(wide, self.sequence_length, self.sequence_stride, self.fft_length, window=self.window)
        magnitude = torch.sqrt(real**2 + imag**2) ** self.mag_exp
        bands = magnitude @ self._bands.to(magnitude)
        if self.power_to_db:
            bands = self._decibels(bands)
        return bands.transpose(-1, -2).to(self._compute)

    def _decibels(self, energy: Tensor) -> Tensor:
        reference = 10 * math.log10(max(self.min_power, abs(self.ref_power)))
        found = 10 * torch.log10(energy.clamp(min=self.min_power)) - reference
        return torch.maximum(found, found.amax() - self.top_db)

    def compute_output_shape(self, input_shape: Any) -> Any:
        samples = input_shape[-1]
        frames = None if samples is None else 1 + samples // self.sequence_stride
        return (*input_shape[:-1], self.num_mel_bins, frames)


_registry.catalogue("layers", STFTSpectrogram, MelSpectrogram)

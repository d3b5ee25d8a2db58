"""``tf.signal``: transforms and windows."""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F

from torchkeras import _settings
from torchkeras._tensorflow import _refused, _sizes
from torchkeras._tensorflow._dtypes import as_dtype
from torchkeras._tensorflow._rows import Function, own, own_op, publish
from torchkeras.ops._op import floats, tensor


def _transform(function: Callable[..., Any], dims: int, real: bool = False) -> Function:
    def compute(input: Any, fft_length: Any = None) -> Any:
        x, axes = tensor(input), tuple(range(-dims, 0))
        length = None if fft_length is None else list(_sizes.static(fft_length))
        return function(x if real or x.is_complex() else torch.complex(x, torch.zeros_like(x)), length, axes)

    compute.__name__ = f"{function.__name__}_{dims}"
    compute.__doc__ = f"``torch.fft.{function.__name__}`` over the last {dims} axes."
    return own_op(compute)


fft = _transform(torch.fft.fftn, 1)
fft2d = _transform(torch.fft.fftn, 2)
fft3d = _transform(torch.fft.fftn, 3)
ifft = _transform(torch.fft.ifftn, 1)
ifft2d = _transform(torch.fft.ifftn, 2)
ifft3d = _transform(torch.fft.ifftn, 3)
irfft = _transform(torch.fft.irfftn, 1)
irfft2d = _transform(torch.fft.irfftn, 2)
rfft = _transform(torch.fft.rfftn, 1, real=True)
rfft2d = _transform(torch.fft.rfftn, 2, real=True)


@own_op
def fftshift(x: Any, axes: Any = None) -> Any:
    """The zero frequency in the middle."""
    return torch.fft.fftshift(tensor(x), axes)


@own_op
def ifftshift(x: Any, axes: Any = None) -> Any:
    """The zero frequency at the beginning."""
    return torch.fft.ifftshift(tensor(x), axes)


def _window(function: Callable[..., Any]) -> Function:
    def compute(window_length: Any, periodic: bool = True, dtype: Any = torch.float32) -> Any:
        return function(int(window_length), periodic=periodic, dtype=as_dtype(dtype), device=_settings.device())

    compute.__doc__ = f"``torch.{function.__name__}``: ``-> (window_length,)``."
    return own(compute)


hann_window = _window(torch.hann_window)
hamming_window = _window(torch.hamming_window)


@own_op
def frame(
    signal: Any, frame_length: Any, frame_step: Any, pad_end: bool = False, pad_value: Any = 0, axis: int = -1
) -> Any:
    """Windows of `frame_length` elements along `axis`, one every `frame_step`: ``(…, n) -> (…, frames, length)``."""
    x, length, step = tensor(signal).movedim(axis, -1), int(frame_length), int(frame_step)
    if pad_end:
        frames = -(-x.shape[-1] // step)
        x = F.pad(x, (0, max(0, (frames - 1) * step + length - x.shape[-1])), value=pad_value)
    if x.shape[-1] < length:
        return x.new_zeros(*x.shape[:-1], 0, length)
    framed = x.unfold(-1, length, step)
    return framed if axis in (-1, x.ndim - 1) else framed.movedim((-2, -1), (axis % x.ndim, axis % x.ndim + 1))


@own_op
def overlap_and_add(signal: Any, frame_step: Any) -> Any:
    """The sum of windows that begin `frame_step` apart: ``(…, frames, length) -> (…, n)``."""
    x, step = tensor(signal), int(frame_step)
    *batch, frames, length = x.shape
    columns = x.reshape(-1, frames, length).transpose(1, 2)
    total = (frames - 1) * step + length
    return F.fold(columns, (1, total), (1, length), stride=(1, step)).reshape(*batch, total)


@own_op
def stft(
    signals: Any,
    frame_length: Any,
    frame_step: Any,
    fft_length: Any = None,
    window_fn: Any = hann_window,
    pad_end: bool = False,
) -> Any:
    """The Fourier transforms of windows: ``(…, n) -> (…, frames, fft_length // 2 + 1)``, complex."""
    framed = frame(floats(signals), frame_length, frame_step, pad_end)
    if window_fn is not None:
        framed = framed * window_fn(int(frame_length), dtype=framed.dtype).to(framed.device)
    length = 1 << (int(frame_length) - 1).bit_length() if fft_length is None else int(fft_length)
    return torch.fft.rfft(framed, length)


@own_op
def inverse_stft(
    stfts: Any, frame_length: Any, frame_step: Any, fft_length: Any = None, window_fn: Any = hann_window
) -> Any:
    """The windows back from :func:`stft`, added up."""
    length = 1 << (int(frame_length) - 1).bit_length() if fft_length is None else int(fft_length)
    framed = torch.fft.irfft(tensor(stfts), length)[..., : int(frame_length)]
    if window_fn is not None:
        framed = framed * window_fn(int(frame_length), dtype=framed.dtype).to(framed.device)
    return overlap_and_add(framed, frame_step)


@own_op
def dct(input: Any, type: int = 2, n: Any = None, axis: int = -1, norm: str | None = None) -> Any:
    """The cosine transform of the second kind along the last axis, also ``norm="ortho"``."""
    if type != 2:
        raise ValueError(f"signal.dct: torchkeras serves type 2, got {type}.")
    x = floats(input)
    count = x.shape[-1]
    places = torch.arange(count, dtype=x.dtype, device=x.device)
    waves = torch.cos(torch.pi / count * (places[:, None] + 0.5) * places)
    found = 2 * x @ waves
    if norm == "ortho":
        found = (
            found * torch.cat([places.new_tensor([0.25 / count]), places.new_full((count - 1,), 0.5 / count)]).sqrt()
        )
    return found


@own
def linear_to_mel_weight_matrix(
    num_mel_bins: int = 20,
    num_spectrogram_bins: int = 129,
    sample_rate: Any = 8000,
    lower_edge_hertz: float = 125.0,
    upper_edge_hertz: float = 3800.0,
    dtype: Any = torch.float32,
) -> Any:
    """The triangles that sum a spectrum into mel bands: ``-> (spectrogram bins, mel bins)``."""

    def mel(hertz: Any) -> Any:
        return 1127.0 * torch.log1p(torch.as_tensor(hertz, dtype=torch.float64) / 700.0)

    bins = mel(torch.linspace(0, float(sample_rate) / 2, int(num_spectrogram_bins), dtype=torch.float64)[1:])[:, None]
    edges = torch.linspace(
        float(mel(lower_edge_hertz)), float(mel(upper_edge_hertz)), int(num_mel_bins) + 2, dtype=torch.float64
    )
    low, center, high = edges[:-2], edges[1:-1], edges[2:]
    slopes = torch.minimum((bins - low) / (center - low), (high - bins) / (high - center)).clamp(min=0)
    return F.pad(slopes, (0, 0, 1, 0)).to(_settings.device(), as_dtype(dtype))


@own
def mfccs_from_log_mel_spectrograms(log_mel_spectrograms: Any) -> Any:
    """The cepstral coefficients: the cosine transform of the mel bands, scaled as HTK does."""
    return dct(log_mel_spectrograms) / (2 * log_mel_spectrograms.shape[-1]) ** 0.5


publish(globals())
__getattr__ = _refused.lookup("tf.signal", globals())

"""Fourier transforms and frames of sequences. Complex numbers are pairs ``(real, imaginary)`` of tensors."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras.ops._op import Op, floats, op, publish, tensor, tensors


def _complex(pair: Any, owner: str) -> Tensor:
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        raise ValueError(f"{owner}: expected a pair of tensors (real, imaginary), got {type(pair).__name__}.")
    real, imaginary = tensors(pair, floating=True)
    if real.shape != imaginary.shape:
        raise ValueError(
            f"{owner}: both parts must have one shape, got {tuple(real.shape)} and {tuple(imaginary.shape)}."
        )
    return torch.complex(real, imaginary)


def _pair(x: Tensor) -> tuple[Tensor, Tensor]:
    return x.real, x.imag


def _transform(function: Op) -> Op:
    def compute(x: Any) -> tuple[Tensor, Tensor]:
        return _pair(function(_complex(x, function.__name__)))

    compute.__doc__ = f"``torch.fft.{function.__name__}`` of a pair (real, imaginary), as such a pair."
    return op(compute)


# Renames

fft = _transform(torch.fft.fft)
fft2 = _transform(torch.fft.fft2)
ifft2 = _transform(torch.fft.ifft2)

# Own


@op
def rfft(x: Any, fft_length: int | None = None) -> tuple[Tensor, Tensor]:
    """The Fourier transform of real numbers along the last axis: ``(..., n) -> (..., n / 2 + 1)`` twice."""
    return _pair(torch.fft.rfft(floats(x), fft_length))


@op
def irfft(x: Any, fft_length: int | None = None) -> Tensor:
    """The inverse of :func:`rfft`: a pair of ``(..., m) -> (..., 2 (m - 1))``."""
    return torch.fft.irfft(_complex(x, "irfft"), fft_length)


@op
def extract_sequences(x: Any, sequence_length: int, sequence_stride: int) -> Tensor:
    """Frames of the last axis: ``(..., n) -> (..., frames, sequence_length)``."""
    return tensor(x).unfold(-1, sequence_length, sequence_stride)


def _window(window: Any, length: int, fft_length: int, like: Tensor) -> Tensor | None:
    """The window, with zeros around it to the length of a frame."""
    if window is None:
        return None
    if isinstance(window, str):
        makers = {"hann": torch.hann_window, "hamming": torch.hamming_window}
        if window not in makers:
            raise ValueError(f"If a string is passed to `window`, it must be one of 'hann', 'hamming'. Got {window!r}.")
        weights = makers[window](length, dtype=like.dtype, device=like.device)
    else:
        weights = tensor(window).to(like)
    if weights.shape != (length,):
        raise ValueError(f"The shape of `window` must be ({length},), got {tuple(weights.shape)}.")
    before = (fft_length - length) // 2
    return F.pad(weights, (before, fft_length - length - before))


@op
def stft(
    x: Any, sequence_length: int, sequence_stride: int, fft_length: int, window: Any = "hann", center: bool = True
) -> tuple[Tensor, Tensor]:
    """The Fourier transforms of overlapping frames: ``(..., n) -> (..., frames, fft_length / 2 + 1)`` twice.

    Args:
        x: real numbers.
        sequence_length: the length of a frame, in samples.
        sequence_stride: from frame to frame, in samples.
        fft_length: the length of the transform: zeros are added around a frame.
        window: the weights of the samples in a frame: ``"hann"``, ``"hamming"``, a tensor, or None for ones.
        center: whether frame ``t`` has sample ``t * sequence_stride`` in its middle (the ends are mirrored).
    """
    x = floats(x)
    if fft_length < sequence_length:
        raise ValueError(f"stft: `fft_length` {fft_length} is less than `sequence_length` {sequence_length}.")
    weights = _window(window, sequence_length, fft_length, x)
    if weights is None:
        weights = _window(torch.ones(sequence_length), sequence_length, fft_length, x)
    flat = x.reshape(-1, x.shape[-1])
    if center:
        flat = F.pad(flat[:, None], (fft_length // 2, fft_length // 2), mode="reflect")[:, 0]
    frames = flat.unfold(-1, fft_length, sequence_stride) * weights
    found = torch.fft.rfft(frames)
    return _pair(found.reshape(x.shape[:-1] + found.shape[1:]))


@op
def istft(
    x: Any,
    sequence_length: int,
    sequence_stride: int,
    fft_length: int,
    length: int | None = None,
    window: Any = "hann",
    center: bool = True,
) -> Tensor:
    """The inverse of :func:`stft`, the frames added up: a pair of ``(..., frames, bins) -> (..., n)``.

    Args:
        x: real and imaginary part.
        sequence_length, sequence_stride, fft_length, window, center: as for :func:`stft`.
        length: the length of the result, in samples.
    """
    spectrum = _complex(x, "istft")
    frames = torch.fft.irfft(spectrum, fft_length)
    weights = _window(window, sequence_length, fft_length, frames)
    if weights is not None:
        frames = frames * (weights / _overlaps(weights**2, sequence_stride))
    count = frames.shape[-2]
    total = fft_length + sequence_stride * (count - 1)
    columns = frames.reshape(-1, count, fft_length).transpose(1, 2)
    added = F.fold(columns, (1, total), (1, fft_length), stride=(1, sequence_stride)).reshape(*frames.shape[:-2], total)
    first = fft_length // 2 if center else 0
    end = total - first if length is None else min(first + length, total)
    return added[..., first:end]


def _overlaps(weights: Tensor, stride: int) -> Tensor:
    """For each sample of a frame, the sum of the weights that it has in all frames that hold it."""
    size = weights.shape[0]
    folds = -(-size // stride)
    sums = F.pad(weights, (0, folds * stride - size)).reshape(folds, stride).sum(0)
    sums = torch.where(sums > 1e-10, sums, 1)
    return sums.repeat(folds)[:size]


publish(globals())

"""Sound in WAV files as tensors."""

import io
import wave

import numpy as np
import torch
from torch import Tensor


def decode_wav(data: bytes) -> tuple[Tensor, int]:
    """The samples of a WAV file from -1 to 1, ``(samples, channels)`` float32, and how many there are a second.

    Raises:
        ValueError: no WAV file, or one of other than 16-bit integers.
    """
    try:
        with wave.open(io.BytesIO(data)) as file:
            width, rate, channels = file.getsampwidth(), file.getframerate(), file.getnchannels()
            frames = file.readframes(file.getnframes())
    except (wave.Error, EOFError) as error:
        raise ValueError(
            f"Expected a WAV file of 16-bit integers, got bytes that begin {data[:12]!r}: {error}."
        ) from None
    if width != 2:
        raise ValueError(f"Expected a WAV file of 16-bit integers, got one of {8 * width} bits.")
    samples = np.frombuffer(frames, dtype="<i2").reshape(-1, channels)
    return torch.from_numpy(samples.astype("float32") / 32768.0), rate


def encode_wav(audio: Tensor, sample_rate: int) -> bytes:
    """Samples from -1 to 1, ``(samples, channels)``, as a WAV file of 16-bit integers."""
    numbers = (audio.detach().cpu().double() * 32767).round().clamp(-32768, 32767).to(torch.int16).numpy()
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(audio.shape[1])
        file.setsampwidth(2)
        file.setframerate(int(sample_rate))
        file.writeframes(numbers.astype("<i2").tobytes())
    return buffer.getvalue()


def resampled(audio: Tensor, old: int, new: int) -> Tensor:
    """The same sound at another rate, by its spectrum: ``(samples, channels) -> (samples * new / old, channels)``."""
    if old == new or not len(audio):
        return audio
    length = max(1, round(len(audio) * new / old))
    spectrum = torch.fft.rfft(audio, dim=0)
    kept = min(spectrum.shape[0], length // 2 + 1)
    return torch.fft.irfft(spectrum[:kept], n=length, dim=0) * (length / len(audio))

"""``tf.audio``: sound in bytes."""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._pipeline import StringTensor
from torchkeras._tensorflow import _refused
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._texts import bytes_of
from torchkeras.utils import _wave


class DecodeWav(NamedTuple):
    """Samples, and how many of them there are a second."""

    audio: Tensor
    sample_rate: Tensor


@own
def decode_wav(contents: Any, desired_channels: int = -1, desired_samples: int = -1) -> DecodeWav:
    """A WAV file of 16-bit integers: ``-> (samples, channels)`` from -1 to 1, and the rate.

    Args:
        contents: the content of the file.
        desired_channels: so many channels: more than there are repeat the first one, fewer are the first ones.
        desired_samples: so many samples: zeros follow, or the rest is cut off.
    """
    audio, rate = _wave.decode_wav(bytes_of(contents))
    if desired_channels > audio.shape[1]:
        audio = torch.cat([audio, audio[:, :1].expand(-1, desired_channels - audio.shape[1])], 1)
    if desired_channels > 0:
        audio = audio[:, :desired_channels]
    if desired_samples > 0:
        audio = F.pad(audio[:desired_samples], (0, 0, 0, max(0, desired_samples - len(audio))))
    return DecodeWav(audio, torch.tensor(rate, dtype=torch.int32))


@own
def encode_wav(audio: Any, sample_rate: Any) -> StringTensor:
    """Samples from -1 to 1, ``(samples, channels)``, as a WAV file of 16-bit integers."""
    return StringTensor.of(_wave.encode_wav(torch.as_tensor(audio), int(sample_rate)))


publish(globals())
__getattr__ = _refused.lookup("tf.audio", globals())

"""Tones moved over the range of values: posterization, solarization, contrast by histograms."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._fields import Kind, PositiveInt, fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import ColorLayer, Share, ValueRange, enter
from torchkeras.layers.preprocessing._coloring import HiddenFormat

__all__ = ["AutoContrast", "Equalization", "RandomPosterization", "Solarization"]


def _bits(value: Any) -> tuple[int, int]:
    low, high = value if isinstance(value, (list, tuple)) and len(value) == 2 else (1, value)
    if not all(isinstance(bound, int) and not isinstance(bound, bool) and 1 <= bound <= 8 for bound in (low, high)):
        raise ValueError(f"expected a number of bits from 1 to 8, or two, got {brief(value)}.")
    return low, high


@fields
class RandomPosterization(ColorLayer):
    """Images with fewer tones, those of the first bits, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: a pair (low, high): the number of bits is drawn from ``low ... high - 1``; one number is `high`.
        value_range: the numbers of black and white.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Annotated[Any, Kind(_bits)]
    value_range: ValueRange = (0, 255)
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        low, high = self.factor
        return self._uniform(images, (low, max(high, low + 1))).floor().clamp(max=max(high - 1, low))

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        step = 2 ** (8 - draws)  # of bytes
        tones = (self._to_unit(images) * 255).floor()
        return self._from_unit((tones / step).floor() * step / 255)


@fields
class Solarization(ColorLayer):
    """Images with the light tones turned into their negatives, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        addition_factor: the bounds of what is added first, as a share of `value_range`; one number is the upper bound.
        threshold_factor: the bounds of the tone, as a share of `value_range`, from which on tones are turned; likewise.
        value_range: the numbers of black and white.
        seed: an integer makes the layer's own stream of numbers.
    """

    addition_factor: Share = 0.0
    threshold_factor: Share = 0.0
    value_range: ValueRange = (0, 255)
    seed: int | None = None
    data_format: HiddenFormat = None

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images, self.addition_factor), self._uniform(images, self.threshold_factor)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        addition, threshold = draws
        lighter = self._clip(images + addition * self._span)
        return torch.where(lighter < self._from_unit(threshold), lighter, sum(self.value_range) - lighter)


class ToneLayer(ColorLayer):
    """Moves the tones of each channel of each image, the same way at every call."""

    _draws = False


@fields
class AutoContrast(ToneLayer):
    """Each channel stretched over all of `value_range`, always: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        value_range: the numbers of black and white.
    """

    value_range: ValueRange = (0, 255)
    data_format: HiddenFormat = None

    _always = True

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        low, high = images.amin((2, 3), keepdim=True), images.amax((2, 3), keepdim=True)
        flat = high == low
        stretched = (images - low) / torch.where(flat, 1, high - low)
        return torch.where(flat, images, self._from_unit(stretched))


@fields
class Equalization(ToneLayer):
    """Each channel with all tones equally frequent, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        value_range: the numbers of black and white.
        bins: the number of tones that are told apart.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    value_range: ValueRange = (0, 255)
    bins: PositiveInt = 256
    data_format: DataFormat = None

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        tones = (self._to_unit(images) * (self.bins - 1)).long().clamp(0, self.bins - 1).flatten(2)  # (b, c, h w)
        counts = tones.new_zeros(*tones.shape[:2], self.bins).scatter_add_(2, tones, torch.ones_like(tones))
        below = counts.cumsum(2)
        first = torch.where(below > 0, below, tones.shape[2]).amin(2, keepdim=True)  # how many have the darkest tone
        flat = first == tones.shape[2]
        shares = (below - first) / torch.where(flat, 1, tones.shape[2] - first)
        table = (shares.clamp(min=0) * 255).round() / 255  # (b, c, bins)
        found = self._from_unit(table.to(images.dtype).gather(2, tones)).reshape(images.shape)
        return torch.where(flat[..., None], images, found)


enter(RandomPosterization, Solarization, AutoContrast, Equalization)

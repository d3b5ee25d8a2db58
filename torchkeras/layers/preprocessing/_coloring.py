"""Random changes of brightness, contrast and colours."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import ops
from torchkeras._fields import Kind, fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import (
    ColorLayer,
    Share,
    Signed,
    ValueRange,
    bounded,
    enter,
    from_zero,
)

__all__ = ["RandomBrightness", "RandomColorDegeneration", "RandomColorJitter", "RandomContrast"]
__all__ += ["RandomGrayscale", "RandomHue", "RandomInvert", "RandomSaturation"]

# a keyword that Keras takes without showing it
HiddenFormat = Annotated[Any, Kind(DataFormat.__metadata__[0].convert, hidden=True)]
Contrast = Annotated[Any, bounded(from_zero, 0, 1)]


def luminance(images: Tensor) -> Tensor:
    """The grey of RGB images, in three equal channels: ``(b, 3, h, w) -> (b, 3, h, w)``."""
    return ops.image.rgb_to_grayscale(images, data_format="channels_first").expand_as(images)


@fields
class RandomBrightness(ColorLayer):
    """Images made brighter or darker while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: the bounds of the change as a share of `value_range`, from -1 (black) to 1 (white); one number is both.
        value_range: the numbers of black and white.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Signed
    value_range: ValueRange = (0, 255)
    seed: int | None = None
    data_format: HiddenFormat = None

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images, self.factor)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return self._clip(images + draws * self._span)


@fields
class RandomContrast(ColorLayer):
    """Images with more or less contrast while training: ``(x - mean) * strength + mean``, the mean of each channel.

    Args:
        factor: a pair (lower, upper): the strength lies in ``[1 - lower, 1 + upper]``; one number is the upper one.
        value_range: the numbers of black and white.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Contrast
    value_range: ValueRange = (0, 255)
    seed: int | None = None
    data_format: HiddenFormat = None

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images, (1 - self.factor[0], 1 + self.factor[1]))

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        mean = images.mean((2, 3), keepdim=True)
        return self._clip((images - mean) * draws + mean)


@fields
class RandomHue(ColorLayer):
    """RGB images with their hue turned while training: ``(b, h, w, 3) -> (b, h, w, 3)``.

    Args:
        factor: the bounds of the turn, from 0 to 1 (half a turn), to either side; one number is the upper bound.
        value_range: the numbers of black and white.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Share
    value_range: ValueRange = (0, 255)
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        turn = self._uniform(images, self.factor) / 2
        return torch.where(self._uniform(images) < 0.5, -turn, turn)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        hue, rest = self._hsv(images).split([1, 2], 1)
        return self._rgb(torch.cat([(hue + draws) % 1, rest], 1))

    def _hsv(self, images: Tensor) -> Tensor:
        hsv: Tensor = ops.image.rgb_to_hsv(self._to_unit(images), data_format="channels_first")
        return hsv

    def _rgb(self, hsv: Tensor) -> Tensor:
        return self._clip(self._from_unit(ops.image.hsv_to_rgb(hsv, data_format="channels_first")))


@fields
class RandomSaturation(RandomHue):
    """RGB images with paler or stronger colours while training: ``(b, h, w, 3) -> (b, h, w, 3)``.

    Args:
        factor: the bounds of the strength: 0 is grey, 0.5 leaves the image, 1 saturates it; one number is the upper.
        value_range: the numbers of black and white.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Signed

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images, self.factor).clamp(min=0)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        hue, saturation, value = self._hsv(images).split(1, 1)
        stronger = (saturation * draws / (1 - draws).clamp(min=1e-7)).clamp(0, 1)
        return self._rgb(torch.cat([hue, stronger, value], 1))


@fields
class RandomColorDegeneration(ColorLayer):
    """RGB images mixed with their grey while training: ``(b, h, w, 3) -> (b, h, w, 3)``.

    Args:
        factor: the bounds of the share of grey; one number is both bounds, and a negative share makes colours stronger.
        value_range: the numbers of black and white.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Signed
    value_range: ValueRange = (0, 255)
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images, self.factor)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return self._clip(images + (luminance(images) - images) * draws)


@fields
class RandomGrayscale(ColorLayer):
    """RGB images made grey, each with a probability, while training: ``(b, h, w, 3) -> (b, h, w, 3)``.

    Args:
        factor: the probability.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    factor: Annotated[float, Kind(lambda value: _probability(value))] = 0.5
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        return self._uniform(images) < self.factor

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return torch.where(draws, luminance(images), images)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["seed"]  # as Keras has it
        return config


def _probability(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError(f"`factor` should be between 0 and 1. Received: factor={value!r}")
    return value


@fields
class RandomInvert(ColorLayer):
    """Negatives of images, each with a probability, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Args:
        factor: the bounds of the probability; one number is the upper bound.
        value_range: the numbers of black and white.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    factor: Share = 1.0
    value_range: ValueRange = (0, 255)
    seed: int | None = None
    data_format: DataFormat = None

    def _draw(self, images: Tensor) -> Any:
        return self._chance(images, self.factor)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return torch.where(draws, sum(self.value_range) - images, images)


@fields
class RandomColorJitter(ColorLayer):
    """Brightness, contrast, saturation and hue changed one after the other, while training: RGB images.

    Args:
        value_range: the numbers of black and white.
        brightness_factor: as `factor` of :class:`RandomBrightness`; None leaves it out.
        contrast_factor: as `factor` of :class:`RandomContrast`.
        saturation_factor: as `factor` of :class:`RandomSaturation`.
        hue_factor: as `factor` of :class:`RandomHue`.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    value_range: ValueRange = (0, 255)
    brightness_factor: Any = None
    contrast_factor: Any = None
    saturation_factor: Any = None
    hue_factor: Any = None
    seed: int | None = None
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        super().__post_init__()
        given = {
            RandomBrightness: self.brightness_factor,
            RandomContrast: self.contrast_factor,
            RandomSaturation: self.saturation_factor,
            RandomHue: self.hue_factor,
        }
        self._use_parts(kind(value, value_range=self.value_range) for kind, value in given.items() if value is not None)

    def _draw(self, images: Tensor) -> Any:
        return [part._draw(images) for part in self._parts]

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        for part, drawn in zip(self._parts, draws, strict=True):
            images = part._change(images, drawn)
        return images


enter(RandomBrightness, RandomContrast, RandomHue, RandomSaturation, RandomColorDegeneration)
enter(RandomGrayscale, RandomInvert, RandomColorJitter)

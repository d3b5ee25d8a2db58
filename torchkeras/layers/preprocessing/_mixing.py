"""MixUp and CutMix: each image mixed with another one of its batch, and the labels with it."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import AugmentationLayer, Positive, enter
from torchkeras.layers.preprocessing._patches import inside

__all__ = ["CutMix", "MixUp"]


class _MixingLayer(AugmentationLayer):
    """Mixes images with their partners, by shares that labels follow."""

    def _order(self, images: Tensor) -> Tensor:
        return self._uniform(images, shape=()).argsort()

    def _change_labels(self, labels: Tensor, draws: Any) -> Tensor:
        order, share = draws[0], draws[-1]
        labels = torch.as_tensor(labels, device=share.device)
        if labels.ndim < 2:
            raise ValueError(
                f'{type(self).__name__} "{self.name}": labels are mixed, so they must be one-hot vectors '
                f"(batch, classes), got shape {tuple(labels.shape)}. Use `keras.ops.one_hot` first."
            )
        labels = labels.to(share.dtype)
        return torch.lerp(labels[order], labels, share.reshape(-1, *[1] * (labels.ndim - 1)))


def _alpha(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1:
        raise ValueError(f"expected a number between 0 and 1, got {brief(value)}.")
    return value


@fields
class MixUp(_MixingLayer):
    """Each image mixed with another one of the batch, while training; "labels" and masks too.

    Zhang et al., 2017, arXiv:1710.09412.

    Args:
        alpha: how much: the shares come from the beta distribution of `alpha` and `alpha`.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
        seed: an integer makes the layer's own stream of numbers.
    """

    alpha: Annotated[float, Kind(_alpha)] = 0.2
    data_format: DataFormat = None
    seed: int | None = None

    def _draw(self, images: Tensor) -> Any:
        alpha = self._uniform(images, (self.alpha, self.alpha), ())
        return self._order(images), self._dirichlet(alpha, 2)[:, 0]

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        order, share = draws
        return torch.lerp(images[order], images, share[:, None, None, None])

    def _change_masks(self, masks: Tensor, draws: Any) -> Tensor:
        return self._change(masks.to(draws[1].dtype), draws)


@fields
class CutMix(_MixingLayer):
    """A rectangle of each image replaced by that of another one of the batch, while training; "labels" and masks too.

    Yun et al., 2019, arXiv:1905.04899.

    Args:
        factor: the bounds of alpha, the parameters of the beta distribution of the area that stays; one number is the
            upper bound.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    factor: Positive = 1.0
    seed: int | None = None
    data_format: DataFormat = None

    _masks_follow = True

    def _draw(self, images: Tensor) -> Any:
        kept = self._dirichlet(self._uniform(images, self.factor, ()), 2)[:, 0]
        cut = inside(images, (1 - kept).sqrt(), self._uniform(images, shape=(2,)))
        return self._order(images), cut, 1 - cut.to(images.dtype).mean((1, 2, 3))

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        order, cut, _ = draws
        return torch.where(cut, images[order], images)


enter(MixUp, CutMix)

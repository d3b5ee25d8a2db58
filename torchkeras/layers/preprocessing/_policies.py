"""Several changes one after the other: RandAugment, AugMix, Pipeline."""

from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _registry
from torchkeras._fields import PositiveInt, choice, fields
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.layers._layer import Layer
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import AugmentationLayer, Share, ValueRange, enter
from torchkeras.layers.preprocessing._coloring import RandomBrightness, RandomColorDegeneration, RandomContrast
from torchkeras.layers.preprocessing._patches import RandomSharpness
from torchkeras.layers.preprocessing._tones import AutoContrast, Equalization, RandomPosterization, Solarization
from torchkeras.layers.preprocessing._warping import RandomRotation, RandomShear, RandomTranslation

__all__ = ["AugMix", "Pipeline", "RandAugment"]

Interpolation = Annotated[str, choice("nearest", "bilinear")]


class _PolicyLayer(AugmentationLayer):
    """Applies changes of a list, drawn at random for a batch, with a strength drawn for each image."""

    value_range: Any
    factor: Any
    interpolation: str

    def _catalogue(self, photometric: bool) -> list[AugmentationLayer]:
        """The changes of the two papers, their greatest strength set by `factor`."""
        low, high = self.factor
        both = (-high, high)
        tones: dict[str, Any] = {"value_range": self.value_range}
        warp: dict[str, Any] = {"interpolation": self.interpolation, "fill_mode": "reflect"}
        kept: list[AugmentationLayer] = [
            AutoContrast(**tones),
            Equalization(**tones),
            Solarization((low, high), (low, high), **tones),
            RandomPosterization((max(1, round(8 - 7 * high)), 8), **tones),
            RandomRotation(high / 2, **warp),
            RandomShear((low, high), (0.0, 0.0), **warp),
            RandomShear((0.0, 0.0), (low, high), **warp),
            RandomTranslation(both, (0.0, 0.0), **warp),
            RandomTranslation((0.0, 0.0), both, **warp),
        ]
        if photometric:
            kept += [RandomBrightness(both, **tones), RandomContrast((high, high), **tones)]
            kept += [RandomColorDegeneration(both, **tones)]
            kept += [RandomSharpness((0.5 - high / 2, 0.5 + high / 2), **tones)]
        return kept

    def _drawn(self, images: Tensor, count: int) -> list[tuple[AugmentationLayer, Any]]:
        """`count` changes of the list, with what they drew."""
        grey = images.shape[1] != 3
        known = [part for part in self._parts if not (grey and isinstance(part, RandomColorDegeneration))]
        chosen = [known[int(share * len(known))] for share in self._on_host(count)]
        return [(part, part._draw(images)) for part in chosen]

    def _applied(self, images: Tensor, steps: list[tuple[AugmentationLayer, Any]]) -> Tensor:
        for part, drawn in steps:
            images = part._change(images, drawn)
        return images


@fields
class RandAugment(_PolicyLayer):
    """Images after some changes out of a list of thirteen, while training: ``(b, h, w, c) -> (b, h, w, c)``.

    Cubuk et al., 2019, arXiv:1909.13719. A batch gets the same changes, each image in its own strength.

    Args:
        value_range: the numbers of black and white.
        num_ops: how many changes, one after the other.
        factor: the bounds of their strength, from 0 to 1; one number is the upper bound.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    value_range: ValueRange = (0, 255)
    num_ops: PositiveInt = 2
    factor: Share = 0.5
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._use_parts(self._catalogue(photometric=True))

    def _draw(self, images: Tensor) -> Any:
        return self._drawn(images, self.num_ops)

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        return self._applied(images, draws)


@fields
class AugMix(_PolicyLayer):
    """Images mixed with several versions of themselves, each after a chain of changes, while training.

    Hendrycks et al., 2019, arXiv:1912.02781. A batch gets the same chains, each image in its own strength and mixture.

    Args:
        value_range: the numbers of black and white.
        num_chains: how many versions.
        chain_depth: at most how many changes make one.
        factor: the bounds of their strength, from 0 to 1; one number is the upper bound.
        alpha: the parameter of the Dirichlet and beta distributions of the mixtures.
        all_ops: whether brightness, contrast, colour and sharpness are among the changes.
        interpolation: ``"bilinear"`` or ``"nearest"``.
        seed: an integer makes the layer's own stream of numbers.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    value_range: ValueRange = (0, 255)
    num_chains: PositiveInt = 3
    chain_depth: PositiveInt = 3
    factor: Share = 0.3
    alpha: float = 1.0
    all_ops: bool = True
    interpolation: Interpolation = "bilinear"
    seed: int | None = None
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._use_parts(self._catalogue(photometric=self.all_ops))

    def _draw(self, images: Tensor) -> Any:
        lengths = [1 + int(share * self.chain_depth) for share in self._on_host(self.num_chains)]
        alpha = self._uniform(images, (self.alpha, self.alpha), ())
        chains = [self._drawn(images, length) for length in lengths]
        return chains, self._dirichlet(alpha, self.num_chains), self._dirichlet(alpha, 2)[:, 0]

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        chains, weights, share = draws
        mixed = torch.zeros_like(images)
        for chain, weight in zip(chains, weights.unbind(1), strict=True):
            mixed = torch.addcmul(mixed, self._applied(images, chain), weight[:, None, None, None])
        return torch.lerp(images, mixed, share[:, None, None, None])


class Pipeline(Layer):
    """Layers one after the other, for preparing data.

    Args:
        layers: the layers.
    """

    def __init__(self, layers: Any, name: str | None = None) -> None:
        super().__init__(name=name)
        self._pipeline_layers = list(layers)
        self._build_at_init()

    @property
    def layers(self) -> list[Any]:
        """The layers."""
        return list(self._pipeline_layers)

    def call(self, inputs: Any, training: bool = True, mask: Any = None) -> Any:
        for layer in self._pipeline_layers:
            inputs = layer(inputs)
        return inputs

    def compute_output_shape(self, input_shape: Any) -> Any:
        for layer in self._pipeline_layers:
            input_shape = layer.compute_output_shape(input_shape)
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {"layers": [serialize_keras_object(layer) for layer in self._pipeline_layers], "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Pipeline":
        return cls([deserialize_keras_object(layer) for layer in config["layers"]], config.get("name"))


enter(RandAugment, AugMix)
_registry.catalogue("layers", Pipeline)

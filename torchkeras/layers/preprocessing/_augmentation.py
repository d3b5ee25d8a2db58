"""Random changes of images while training: the mechanism, of which the layers say only what they draw and do.

A layer draws numbers for each image of a batch and applies them to all images at once, on their device.
Like in Keras a layer that no model has put into another mode is in training mode: called alone, or in a
data pipeline, it changes images.
"""

from collections.abc import Callable, Iterable
from typing import Annotated, Any

import torch
from torch import Tensor

from torchkeras import _registry, random
from torchkeras._errors import brief
from torchkeras._fields import Kind
from torchkeras.layers import _calling
from torchkeras.layers.preprocessing._images import ImageLayer
from torchkeras.ops.image._layout import as_batch, back_to, in_float
from torchkeras.random import SeedGenerator

Range = tuple[float, float]


class AugmentationLayer(ImageLayer):
    """Changes images while training; otherwise they leave as they came, in the layer's dtype.

    A subclass writes ``_draw``, the random numbers for a batch ``(b, c, h, w)``, and ``_change``, what they do to it.
    """

    seed: Any = None

    _always = False  # whether it also acts at inference
    _draws = True  # whether chance plays a part
    _masks_follow = False  # whether segmentation masks change like the images
    _parts: "list[AugmentationLayer]"

    def __post_init__(self) -> None:
        self._build_at_init()
        self.training = True
        if self._draws:
            self.generator = SeedGenerator(self.seed)
        # reading a seed generator costs a sync, so only what was seeded asks it
        self._source = self.generator if self._draws and self.seed is not None else None

    def call(self, data: Any, training: bool = True) -> Any:
        alone = not isinstance(data, dict)
        parts = {"images": data} if alone else data
        self._refuse_boxes(parts)
        # a model in inference mode asked for inference does not tell its parts anew
        active = self._always or (training and _calling.flag_given is not False)
        changed = self._changed(parts) if active else {**parts, "images": self._unchanged(parts["images"])}
        return changed["images"] if alone else changed

    def _unchanged(self, images: Tensor) -> Tensor:
        return images.to(self._compute)

    def _changed(self, parts: dict[str, Any]) -> dict[str, Any]:
        batch, undo = as_batch(parts["images"].to(self._compute), self.data_format, type(self).__name__)
        batch = in_float(batch)
        batch = batch.float() if batch.dtype.itemsize == 2 else batch  # 16 bits are too few for places of pixels
        draws = self._draw(batch) if self._draws else None
        found = {**parts, "images": undo(back_to(self._change(batch, draws), self._compute))}
        if "labels" in parts:
            found["labels"] = self._change_labels(parts["labels"], draws)
        if "segmentation_masks" in parts:
            masks, undo = as_batch(parts["segmentation_masks"], self.data_format, type(self).__name__)
            found["segmentation_masks"] = undo(self._change_masks(masks, draws))
        return found

    def _draw(self, images: Tensor) -> Any:
        """The random numbers for images ``(b, c, h, w)``."""

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        """The images after what was drawn."""
        raise NotImplementedError

    def _change_labels(self, labels: Tensor, draws: Any) -> Tensor:
        return labels

    def _change_masks(self, masks: Tensor, draws: Any) -> Tensor:
        return self._change(masks, draws) if self._masks_follow else masks

    def _use_parts(self, parts: Iterable["AugmentationLayer"]) -> None:
        """Other layers whose ``_draw`` and ``_change`` this one uses, with its own stream of numbers."""
        self.__dict__["_parts"] = list(parts)  # no sub-layers: they have no state, and are not called
        for part in self._parts:
            part._source = self._source

    def _uniform(self, images: Tensor, bounds: Range = (0.0, 1.0), shape: tuple[int, ...] = (1, 1, 1)) -> Tensor:
        """Numbers spread evenly between two bounds, of `shape` for each image."""
        low, high = bounds
        shape = (images.shape[0], *shape)
        if low == high:
            return torch.full(shape, float(low), dtype=images.dtype, device=images.device)
        return random.noise(shape, self._source, images.dtype, images.device) * (high - low) + low

    def _normal(self, images: Tensor, shape: tuple[int, ...]) -> Tensor:
        """Normal numbers, of `shape` for each image."""
        return random.noise((images.shape[0], *shape), self._source, images.dtype, images.device, normal=True)

    def _dirichlet(self, alpha: Tensor, count: int) -> Tensor:
        """Shares of sum 1 from the Dirichlet distributions with equal parameters: ``(b,) -> (b, count)``."""
        # torch has a kernel for it but no function that takes a generator
        source = random.generator(self._source, alpha.device)
        parameters = alpha.clamp(min=1e-3).float()[:, None].repeat(1, count)
        return torch._sample_dirichlet(parameters, generator=source).to(alpha.dtype)

    def _on_host(self, count: int) -> list[float]:
        """Numbers spread evenly over [0, 1) for what is the same for a batch: no wait for the device."""
        return random.noise((count,), self._source, torch.float64, torch.device("cpu")).tolist()

    def _chance(self, images: Tensor, factor: Range) -> Tensor:
        """Whether each image is changed at all: `factor` bounds the probability."""
        return self._uniform(images) < self._uniform(images, factor)


class ColorLayer(AugmentationLayer):
    """Leaves every pixel where it is; `value_range` says what is black and what is white."""

    value_range: Any = (0, 255)

    _moves_pixels = False

    @property
    def _span(self) -> float:
        return self.value_range[1] - self.value_range[0]

    def _clip(self, images: Tensor) -> Tensor:
        return images.clamp(*self.value_range)

    def _from_unit(self, images: Tensor) -> Tensor:
        return images * self._span + self.value_range[0]

    def _to_unit(self, images: Tensor) -> Tensor:
        return (images - self.value_range[0]) / self._span


# Kinds of arguments.


def _pair(value: Any, low: Callable[[float], float]) -> Range:
    """(low, high) out of both, or out of the upper bound alone."""
    if isinstance(value, (list, tuple)) and len(value) == 2 and all(map(_is_number, value)):
        return min(value), max(value)
    if _is_number(value):
        return (low(value), value) if value >= 0 else (value, -value)
    raise ValueError(f"expected a number or a pair of numbers (low, high), got {brief(value)}.")


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def bounded(low: Callable[[float], float], least: float, most: float) -> Kind:
    """A range of random numbers within fixed bounds; one number is the upper end, from which `low` makes the lower."""

    def convert(value: Any) -> Range:
        found = _pair(value, low)
        if not least <= found[1] <= most:
            raise ValueError(f"expected numbers from {least:g} to {most:g}, got {brief(value)}.")
        return found

    return Kind(convert)


def both_ways(value: float) -> float:
    return -value


def from_zero(value: float) -> float:
    return 0


def _value_range(value: Any) -> Any:
    if not isinstance(value, (list, tuple)) or len(value) != 2 or not all(map(_is_number, value)):
        raise ValueError(f"expected a pair of numbers, those of black and white, got {brief(value)}.")
    return value


INFINITE = float("inf")
Turns = Annotated[Any, bounded(both_ways, -INFINITE, INFINITE)]
Signed = Annotated[Any, bounded(both_ways, -1, 1)]
Share = Annotated[Any, bounded(from_zero, 0, 1)]
Positive = Annotated[Any, bounded(from_zero, 0, INFINITE)]
ValueRange = Annotated[Any, Kind(_value_range)]


def enter(*classes: type) -> None:
    """Catalogue the layers of a family."""
    _registry.catalogue("layers", *classes)

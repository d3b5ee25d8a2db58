"""What layers of images share: batches and single images, alone or in a dictionary beside what belongs to them."""

from typing import Any

from torch import Tensor

from torchkeras.layers._layer import Layer


class ImageLayer(Layer):
    """Takes images, ``(h, w, c)`` or ``(b, h, w, c)``, or a dictionary that has them under "images"."""

    data_format: str

    _keeps_shape = True
    _moves_pixels = True  # whether bounding boxes would have to follow

    def __post_init__(self) -> None:
        self._build_at_init()

    def call(self, data: Any, training: bool = True) -> Any:
        if not isinstance(data, dict):
            return self.transform_images(data)
        self._refuse_boxes(data)
        return {**data, "images": self.transform_images(data["images"])}

    def _refuse_boxes(self, data: dict[str, Any]) -> None:
        if self._moves_pixels and "bounding_boxes" in data:
            raise NotImplementedError(f'{type(self).__name__} "{self.name}": bounding boxes are not supported yet.')

    def transform_images(self, images: Tensor) -> Tensor:
        """The images alone."""
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> Any:
        if isinstance(input_shape, dict):
            return {**input_shape, "images": self.compute_output_shape(input_shape["images"])}
        return self._image_shape(tuple(input_shape))

    def _image_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return shape


class SizedImageLayer(ImageLayer):
    """Gives images of a size of its own."""

    height: int
    width: int

    def _image_shape(self, shape: tuple[Any, ...]) -> tuple[Any, ...]:
        size = (self.height, self.width)
        if self.data_format == "channels_first":
            return (*shape[:-2], *size)
        return (*shape[:-3], *size, shape[-1])

"""MaxNumBoundingBoxes: a fixed number of boxes for each image."""

from typing import Annotated, Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras._fields import Kind, PositiveInt, fields
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import enter
from torchkeras.layers.preprocessing._images import ImageLayer

__all__ = ["MaxNumBoundingBoxes"]


@fields
class MaxNumBoundingBoxes(ImageLayer):
    """The first `max_number` boxes and labels of each image, filled up where there are fewer; images stay as they are.

    Takes ``{"images": ..., "bounding_boxes": {"boxes": (b, n, 4), "labels": (b, n)}}``.

    Args:
        max_number: how many.
        fill_value: what stands for a missing box or label.
    """

    max_number: PositiveInt
    fill_value: float = -1
    data_format: Annotated[Any, Kind(DataFormat.__metadata__[0].convert, hidden=True)] = None

    _moves_pixels = False

    def call(self, data: Any, training: bool = True) -> Any:
        if not isinstance(data, dict) or "bounding_boxes" not in data:
            return data
        boxes = data["bounding_boxes"]
        fitted = {"boxes": self._fitted(boxes["boxes"], -2), "labels": self._fitted(boxes["labels"], -1)}
        return {**data, "bounding_boxes": {**boxes, **fitted}}

    def _fitted(self, values: Tensor, axis: int) -> Tensor:
        kept = values.narrow(axis, 0, min(values.shape[axis], self.max_number))
        missing = self.max_number - kept.shape[axis]
        return F.pad(kept, [*[0] * (2 * (-axis - 1)), 0, missing], value=self.fill_value)

    def compute_output_shape(self, input_shape: Any) -> Any:
        if not isinstance(input_shape, dict) or "bounding_boxes" not in input_shape:
            return input_shape
        boxes = dict(input_shape["bounding_boxes"])
        boxes["boxes"] = (*boxes["boxes"][:-2], self.max_number, 4)
        boxes["labels"] = (*boxes["labels"][:-1], self.max_number)
        return {**input_shape, "bounding_boxes": boxes}

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if self.fill_value == -1:
            del config["fill_value"]  # Keras writes none, and so loses others
        return config


enter(MaxNumBoundingBoxes)

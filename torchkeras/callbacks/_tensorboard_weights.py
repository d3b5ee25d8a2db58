"""Weights for TensorBoard: histograms, images and the projector of embeddings."""

import os
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from torchkeras._errors import nearest

PIXELS = 4096  # the longest edge of an image of weights


def write_histograms(writer: Any, model: Any, step: int) -> None:
    """A histogram of each weight: ``sequential/dense/kernel/histogram``."""
    for path, tensor in _weights(model):
        finite = tensor[torch.isfinite(tensor)]
        if finite.numel():
            writer.add_histogram(f"{path}/histogram", finite, step)


def write_images(writer: Any, model: Any, step: int) -> None:
    """Each weight as an image, from black (the least) to white; a convolution's filters as tiles."""
    for path, tensor in _weights(model):
        if tensor.numel():
            writer.add_image(f"{path}/image", as_image(tensor), step, dataformats="HW")


def as_image(tensor: Tensor) -> Tensor:
    """A weight as a landscape picture with values from 0 to 1: ``(..., in, out) -> (height, width)``."""
    tensor = torch.nan_to_num(tensor.float())
    if tensor.ndim < 2:
        tensor = tensor.reshape(1, -1)
    if tensor.ndim > 2:  # (k, l, in, out) -> (in, k, l, out) -> (in * k, l * out): filters side by side
        *sizes, inputs, outputs = tensor.shape
        tensor = tensor.reshape(sizes[0], -1, inputs, outputs).permute(2, 0, 3, 1).reshape(inputs * sizes[0], -1)
    if tensor.shape[0] > tensor.shape[1]:
        tensor = tensor.T
    tensor = tensor[:PIXELS, :PIXELS]
    low, high = tensor.min(), tensor.max()
    return (tensor - low) / (high - low) if high > low else torch.zeros_like(tensor)


def write_embeddings(folder: str, model: Any, step: int, metadata: Any) -> None:
    """The rows of each embedding for the projector: ``folder/embeddings/name-00001.tsv``, and its config."""
    from tensorboard.plugins.projector import ProjectorConfig

    os.makedirs(os.path.join(folder, "embeddings"), exist_ok=True)
    config = ProjectorConfig()
    for layer in embeddings_of(model):
        file = os.path.join("embeddings", f"{layer.name}-{step:05d}.tsv")
        rows = layer.module.weight.detach().float().cpu().numpy()
        np.savetxt(os.path.join(folder, file), rows, fmt="%.6g", delimiter="\t")
        entry = config.embeddings.add(tensor_name=layer.name, tensor_path=file)
        entry.tensor_shape.extend(rows.shape)
        labels = metadata.get(layer.name) if isinstance(metadata, dict) else metadata
        if labels is not None:
            entry.metadata_path = os.path.abspath(labels)
    with open(os.path.join(folder, "projector_config.pbtxt"), "w", encoding="utf-8") as out:
        out.write(str(config))


def check_metadata(model: Any, metadata: Any) -> None:
    """Refuse names that no embedding of `model` has.

    Raises:
        ValueError: names them, with the nearest that there is.
    """
    if not isinstance(metadata, dict):
        return
    names = [layer.name for layer in embeddings_of(model)]
    for name in metadata:
        if name not in names:
            raise ValueError(
                f"TensorBoard: `embeddings_metadata` names {name!r}; the embedding layers are {names}."
                f"{nearest(str(name), names)}"
            )


def embeddings_of(model: Any) -> list[Any]:
    """The layers around an ``nn.Embedding``."""
    layers = (layer for layer in model.modules() if hasattr(layer, "name"))
    return [layer for layer in layers if isinstance(getattr(layer, "module", None), nn.Embedding)]


def _weights(model: Any) -> Iterator[tuple[str, Tensor]]:
    for weight in model.weights:
        yield weight.path, weight.value.detach()

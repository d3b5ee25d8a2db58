"""Batches on their way to the device."""

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras._data._convert import to_device
from torchkeras._structures import leaves, map_leaves

_END = object()


def on_device(batches: Iterator[Any], device: torch.device) -> Iterator[Any]:
    """The batches on `device`; to CUDA each one is copied while the model works on the one before.

    The first batch is loaded in this call: with it the random numbers are drawn that its loading needs.
    """
    if device.type == "cpu":
        return batches
    if device.type != "cuda":
        return (to_device(batch, device) for batch in batches)
    first = next(batches, _END)
    if first is _END:
        return batches
    if all(tensor.device == device for tensor in _tensors(first)):
        return itertools.chain([first], batches)
    return _Ahead(first, batches, device)


class _Ahead:
    """One batch ahead: pinned on the host, copied on a stream of its own."""

    def __init__(self, first: Any, batches: Iterator[Any], device: torch.device) -> None:
        self.batches = batches
        self.device = device
        self.stream = torch.cuda.Stream(device)
        self.coming = self._send(first)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        batch = self.coming
        if batch is _END:
            raise StopIteration
        computing = torch.cuda.current_stream(self.device)
        computing.wait_stream(self.stream)
        for tensor in _tensors(batch):
            tensor.record_stream(computing)  # its memory is free again only after the step
        self.coming = self._send(next(self.batches, _END))
        return batch

    def _send(self, batch: Any) -> Any:
        if batch is _END:
            return batch
        with torch.cuda.stream(self.stream):
            return to_device(map_leaves(_pinned, batch), self.device)


def _pinned(leaf: Any) -> Any:
    return leaf.pin_memory() if isinstance(leaf, Tensor) and leaf.device.type == "cpu" else leaf


def _tensors(batch: Any) -> Iterator[Tensor]:
    return (leaf for leaf in leaves(batch) if isinstance(leaf, Tensor))

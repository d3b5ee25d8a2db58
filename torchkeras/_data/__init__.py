"""One source of batches for whatever users pass as data."""

from torchkeras._data._arrays import ArraySource
from torchkeras._data._convert import as_triple, to_device, to_tensors
from torchkeras._data._source import make_source, split_arrays
from torchkeras._data._transfer import on_device

__all__ = ["ArraySource", "as_triple", "make_source", "on_device", "split_arrays", "to_device", "to_tensors"]

"""Functions that only move elements move text as well: its places are moved, and then looked up."""

import functools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._pipeline import StringTensor
from torchkeras._structures import map_leaves
from torchkeras._tensorflow._rows import Function


def moving(function: Function) -> Function:
    """`function`, also for tensors of text among its arguments; texts beside them count as such."""

    @functools.wraps(function)
    def call(*args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()) if kwargs else args:
            kind = type(value)
            if kind is StringTensor or ((kind is list or kind is tuple) and StringTensor in map(type, value)):
                return _moved(function, args, kwargs)
        return function(*args, **kwargs)

    return call


def _moved(function: Function, args: Any, kwargs: Any) -> Any:
    pool: list[np.ndarray] = []

    def place(leaf: Any) -> Any:
        if not isinstance(leaf, str | bytes | StringTensor):
            return leaf
        array = np.asarray(StringTensor(leaf).numpy(), dtype=object)
        start = sum(map(len, pool))
        pool.append(array.reshape(-1))
        return torch.arange(start, start + array.size).reshape(array.shape)

    kwargs = {name: value for name, value in kwargs.items() if name not in ("name", "mode", "direction")}
    found = function(*map_leaves(place, args), **map_leaves(place, kwargs))
    texts = StringTensor.of(np.concatenate(pool))
    return map_leaves(lambda leaf: _looked_up(texts, leaf), found)


def _looked_up(texts: StringTensor, places: Tensor) -> StringTensor:
    array = np.empty(tuple(places.shape), dtype=object)
    array.reshape(-1)[:] = texts.numpy()[places.reshape(-1).cpu().numpy()]
    return StringTensor.of(array)

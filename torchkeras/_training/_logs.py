"""Metric values from the device, all at once."""

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor


def read_logs(results: Mapping[str, Any]) -> dict[str, Any]:
    """Python floats for device scalars, with one host sync for all of them; other values as they are.

    A dict within, such as the results of ``compile_metrics`` in a step of one's own, counts with what it holds.
    """
    results = _flat(results)
    scalars = {name: value for name, value in results.items() if isinstance(value, Tensor) and value.numel() == 1}
    floats: dict[str, Any] = {}
    if scalars:
        stacked = torch.stack([value.detach().reshape(()).double() for value in scalars.values()])
        floats = dict(zip(scalars, stacked.tolist(), strict=True))
    return {name: floats.get(name, value) for name, value in results.items()}


def _flat(results: Mapping[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in results.items():
        flat.update(_flat(value) if isinstance(value, dict) else {name: value})
    return flat

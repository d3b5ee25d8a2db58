"""Mixed precision over weights that FSDP has spread over ranks: they are whole only while their own layer runs."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest
import torch

import torchkeras
from torchkeras import layers, models

pytestmark = pytest.mark.skipif(not torch.distributed.is_available(), reason="torch was built without it")


def _on_ranks(number: int, job: Any) -> list[Any]:
    path = Path(__file__).parents[1] / "distribution" / "forked.py"
    spec = importlib.util.spec_from_file_location("forked_ranks", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.on_ranks(number, job)


def _job() -> Any:
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.fsdp import fully_shard

    torchkeras.utils.set_random_seed(0)
    torchkeras.config.set_dtype_policy("mixed_bfloat16")
    model = models.Sequential([layers.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(4)])
    x = torch.ones(4, 8)
    expected = model(x).detach()
    mesh = init_device_mesh("cpu", (2,))
    for part in (*model.layers, model):
        fully_shard(part, mesh=mesh)
    outputs = model(x)
    outputs.float().sum().backward()
    kinds = {(type(p.grad).__name__, str(p.grad.dtype)) for p in model.parameters()}
    return torch.equal(outputs, expected), str(outputs.dtype), kinds


@pytest.mark.long
def test_sharded_weights_are_cast_where_they_are_whole() -> None:
    importlib.import_module("torch.distributed.fsdp")  # once, and not in each process
    for same, dtype, kinds in _on_ranks(2, _job):
        assert same
        assert dtype == "torch.bfloat16"
        assert kinds == {("DTensor", "torch.float32")}

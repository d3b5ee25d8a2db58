"""The processes of one job, as ``torchrun`` numbers them; one process alone is rank 0 of 1.

Asking is free: ``torch.distributed`` is set up by :func:`start` alone, which whoever trains calls.
"""

import atexit
import os
import sys
from typing import Any

import torch
from torch import Tensor
from torch import distributed as dist

_rank = 0
_world = 1
_control: Any = None  # the group whose collectives run on the host: it never waits for a device

distribution: Any = None
"""What ``keras.distribution.set_distribution`` was given."""

share: float | None = None
"""Within a step that the ranks do together: this one's part of the rows of the batch. Outside, None."""

own_random: Tensor | None = None
"""Within a training that the ranks do together: the state of torch's generator that steps of this rank draw from."""

gradients: Any = None
"""Within a training that the ranks do together: who sums gradients, by ``summed(gradients, variables)``."""


def _read_environment() -> None:
    global _rank, _world
    if all(os.environ.get(name) for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR")):
        _rank, _world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])


def rank() -> int:
    """The number of this process."""
    return _rank


def world_size() -> int:
    """How many processes there are."""
    return _world


def is_first() -> bool:
    """Whether this process is the one that prints and writes files."""
    return _rank == 0


_parts: tuple[int, int, Any] | None = None


def divide(parts: int, part: int, group: Any) -> None:
    """Cut batches into so many parts, of which this rank gets number `part`; ranks of a `group` have other parts."""
    global _parts
    _parts = None if (parts, part) == (_world, _rank) else (parts, part, group)


def parts() -> int:
    """Into how many parts batches are cut: one for each rank, unless :func:`divide` was told otherwise."""
    return _world if _parts is None else _parts[0]


def part() -> int:
    """Which of them this rank has."""
    return _rank if _parts is None else _parts[1]


def local_rank() -> int:
    """The number of this process on its machine: that of its GPU."""
    return int(os.environ.get("LOCAL_RANK", _rank))


def start(**arguments: Any) -> bool:
    """Make the process group if there are several ranks and none is made yet; say whether there are several.

    Args:
        arguments: for ``torch.distributed.init_process_group`` if the environment does not say it all:
            ``init_method``, ``rank``, ``world_size``.
    """
    global _rank, _world, _control
    if _control is not None:
        return _world > 1
    if not dist.is_available() or (_world == 1 and not arguments and not dist.is_initialized()):
        return False
    if not dist.is_initialized():
        if torch.cuda.is_available():
            torch.cuda.set_device(local_rank() % torch.cuda.device_count())
        backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        dist.init_process_group(backend, **(arguments or _life()))
        atexit.register(_leave)
    _rank, _world = dist.get_rank(), dist.get_world_size()
    _control = dist.group.WORLD if "cpu:gloo" in str(dist.get_backend_config()) else dist.new_group(backend="gloo")
    return _world > 1


def _life() -> dict[str, Any]:
    """The store in which the ranks find each other, apart for each life of a job that ``torchrun`` restarts.

    Its launcher keeps one store for all lives, in which the addresses of processes that died would be found.
    """
    store, rank, world = next(dist.rendezvous("env://"))
    life = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0")
    return {"store": dist.PrefixStore(f"torchkeras/{life}", store), "rank": rank, "world_size": world}


def _leave() -> None:
    global _control
    _control = None  # its threads must end before the interpreter does
    if dist.is_initialized() and not hasattr(sys, "last_value"):  # after an error, the others are not waited for
        dist.destroy_process_group()


def barrier() -> None:
    """Wait until every rank is here."""
    if start():
        total(torch.zeros(1), all_ranks=True)


def broadcast(value: Any) -> Any:
    """The first rank's `value`: anything that can be pickled, or on one rank anything at all."""
    if not start():
        return value
    box = [value]
    dist.broadcast_object_list(box, src=0, group=_control, device=torch.device("cpu"))
    return box[0]


def send(tensor: Tensor) -> Tensor:
    """The first rank's numbers, into the memory of `tensor`, which is contiguous."""
    if start():  # as bytes, for not every backend knows every dtype
        group = _control if tensor.device.type == "cpu" else None
        dist.broadcast(tensor.view(torch.uint8) if tensor.ndim else tensor, src=0, group=group)
    return tensor


def gather(value: Any) -> list[Any]:
    """The `value` of each rank, on every rank."""
    if not start():
        return [value]
    found: list[Any] = [None] * _world
    dist.all_gather_object(found, value, group=_control)
    return found


def gather_tensors(tensor: Tensor) -> list[Tensor]:
    """The tensor of each rank, all of one shape on the host, on every rank."""
    found = [torch.empty_like(tensor) for _ in range(_world)]
    if start():
        dist.all_gather([each.view(torch.uint8) for each in found], tensor.view(torch.uint8), group=_control)
        return found
    return [tensor]


def in_all(amount: Tensor) -> Tensor:
    """What divides a sum over this rank's part of a batch, to give its part of a mean over the whole batch.

    `amount` is what the sum would be divided by here: a number of elements that count, or a sum of weights. The means
    of the ranks, weighted by their :data:`share`, add up to the mean over the whole batch.
    """
    if share is None:
        return amount
    return total(amount.detach() * (share > 0)) * (share or 1.0)


def weight() -> float:
    """What a mean of this rank's part of a batch weighs among those of all ranks, in which the average weighs 1."""
    return 1 if share is None else share * parts()


def total(tensor: Tensor, all_ranks: bool = False) -> Tensor:
    """The sum over the ranks that have other parts of a batch, or over all, in place."""
    if not start() or (parts() == 1 and not all_ranks):
        return tensor
    group = _parts[2] if _parts is not None and not all_ranks else None
    dist.all_reduce(tensor, group=_control if group is None and tensor.device.type == "cpu" else group)
    return tensor


_read_environment()

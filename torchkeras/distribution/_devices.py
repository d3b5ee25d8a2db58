"""Which devices there are, and how processes without ``torchrun`` find each other."""

import os
from typing import Any

import torch

from torchkeras import _ranks
from torchkeras._errors import brief

_KINDS = ("cpu", "gpu", "tpu")
_ENVIRONMENT = "KERAS_DISTRIBUTION_"


def list_devices(device_type: str | None = None) -> list[str]:
    """The devices of the job, ``["gpu:0", "gpu:1"]``: one for each rank; in a single process all of the machine's.

    Args:
        device_type: ``"cpu"`` or ``"gpu"``; by default GPUs if there are some.
    """
    if device_type is not None and str(device_type).lower() not in _KINDS:
        raise ValueError(f"`device_type`: expected one of {_KINDS}, got {brief(device_type)}.")
    gpus = torch.cuda.device_count()
    kind = str(device_type).lower() if device_type else "gpu" if gpus else "cpu"
    here = {"cpu": 1, "gpu": gpus, "tpu": 0}[kind]
    several = _ranks.world_size() if here else 0
    return [f"{kind}:{index}" for index in range(several if several > 1 else here)]


def get_device_count(device_type: str | None = None) -> int:
    """How many devices :func:`list_devices` names."""
    return len(list_devices(device_type))


def initialize(
    job_addresses: str | None = None, num_processes: int | None = None, process_id: int | None = None
) -> None:
    """Join the processes of a job. Under ``torchrun`` nothing is to be said.

    Args:
        job_addresses: ``"10.0.0.1:1234,10.0.0.2:2345"``; the first one is where all processes meet.
        num_processes: how many there are.
        process_id: the number of this one. Each argument may come from the environment, for example
            ``KERAS_DISTRIBUTION_PROCESS_ID``.
    """
    job_addresses = job_addresses or os.environ.get(f"{_ENVIRONMENT}JOB_ADDRESSES")
    count = _number(num_processes, "NUM_PROCESSES")
    own = _number(process_id, "PROCESS_ID")
    if not job_addresses:
        _ranks.start()
        return
    addresses = job_addresses.split(",")
    count = len(addresses) if count is None else count
    if own is None:
        raise ValueError("`process_id`: expected the number of this process, from 0, together with `job_addresses`.")
    _ranks.start(init_method=f"tcp://{addresses[0].strip()}", rank=own, world_size=count)


def _number(given: Any, name: str) -> int | None:
    found = given if given is not None else os.environ.get(f"{_ENVIRONMENT}{name}")
    return None if found is None else int(found)

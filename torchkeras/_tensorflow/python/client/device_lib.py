"""``device_lib.list_local_devices()``, by which scripts look for GPUs."""

from typing import NamedTuple

import torch

__all__ = ["list_local_devices"]


class Device(NamedTuple):
    """A device as TensorFlow describes it."""

    name: str
    device_type: str
    memory_limit: int  # bytes; 0 where it is the machine's own
    physical_device_desc: str


def list_local_devices() -> list[Device]:
    """The processor, and the GPUs that torch finds."""
    found = [Device("/device:CPU:0", "CPU", 0, "")]
    for index in range(torch.cuda.device_count()):
        about = torch.cuda.get_device_properties(index)
        text = f"device: {index}, name: {about.name}, compute capability: {about.major}.{about.minor}"
        found.append(Device(f"/device:GPU:{index}", "GPU", about.total_memory, text))
    return found

"""Devices, and how functions run. What only TensorFlow's graphs need is accepted."""

import os
import warnings
from typing import Any, NamedTuple

import torch

from torchkeras import _settings
from torchkeras._tensorflow._rows import own, publish


class PhysicalDevice(NamedTuple):
    """A device of this machine."""

    name: str
    device_type: str


class LogicalDevice(NamedTuple):
    """A device that tensors can be on."""

    name: str
    device_type: str


class LogicalDeviceConfiguration(NamedTuple):
    """How much of a device's memory may be used, in MB."""

    memory_limit: int | None = None
    experimental_priority: int | None = None
    experimental_device_ordinal: int | None = None


VirtualDeviceConfiguration = LogicalDeviceConfiguration

_hidden: set[str] = set()


@own
def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The CPU and the GPUs that torch finds, or those of one type: ``"CPU"`` or ``"GPU"``."""
    counts = {"CPU": 1, "GPU": torch.cuda.device_count()}
    return [
        PhysicalDevice(f"/physical_device:{kind}:{index}", kind)
        for kind, count in counts.items()
        for index in range(count)
        if device_type in (None, kind)
    ]


@own
def get_visible_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The devices that :func:`set_visible_devices` left."""
    return [device for device in list_physical_devices(device_type) if device.name not in _hidden]


@own
def list_logical_devices(device_type: str | None = None) -> list[LogicalDevice]:
    """The visible devices, by the names that ``tf.device`` takes."""
    visible = get_visible_devices(device_type)
    return [LogicalDevice(f"/device:{each.device_type}:{each.name.rpartition(':')[2]}", each[1]) for each in visible]


@own
def set_visible_devices(devices: Any, device_type: str | None = None) -> None:
    """Of the GPUs use the given ones; without any, weights and tensors are made on the CPU from now on."""
    chosen = list(devices) if isinstance(devices, (list, tuple)) and not hasattr(devices, "name") else [devices]
    kinds = {device_type} if device_type else {device.device_type for device in chosen}
    for device in list_physical_devices():
        if device.device_type in kinds:
            (_hidden.discard if device in chosen else _hidden.add)(device.name)
    gpus = get_visible_devices("GPU")
    if "GPU" in kinds and torch.cuda.is_available():
        _settings.set_device(f"cuda:{gpus[0].name.rpartition(':')[2]}" if gpus else "cpu")


@own
def set_memory_growth(device: Any, enable: bool) -> None:
    """Accepted: torch takes the GPU's memory as it needs it, always."""


@own
def get_memory_growth(device: Any) -> bool:
    """True: torch takes the GPU's memory as it needs it."""
    return True


@own
def get_memory_info(device: str) -> dict[str, int]:
    """The bytes that tensors take on a GPU: ``current`` and ``peak``."""
    index = int(device.rpartition(":")[2]) if device[-1:].isdigit() else 0
    return {"current": torch.cuda.memory_allocated(index), "peak": torch.cuda.max_memory_allocated(index)}


@own
def set_logical_device_configuration(device: Any, logical_devices: Any) -> None:
    """Let a GPU's tensors take ``memory_limit`` MB at most. A device stays one: it is not cut into several."""
    limit = logical_devices[0].memory_limit if logical_devices else None
    if len(logical_devices) > 1:
        warnings.warn("torchkeras does not cut a device into several: it stays one.", stacklevel=3)
    if limit and torch.cuda.is_available() and device.device_type == "GPU":
        index = int(device.name.rpartition(":")[2])
        total = torch.cuda.get_device_properties(index).total_memory
        torch.cuda.set_per_process_memory_fraction(min(1.0, limit * 2**20 / total), index)


set_virtual_device_configuration = set_logical_device_configuration


@own
def get_device_details(device: Any) -> dict[str, Any]:
    """A GPU's name and compute capability."""
    if device.device_type != "GPU":
        return {}
    index = int(device.name.rpartition(":")[2])
    capability = torch.cuda.get_device_capability(index)
    return {"device_name": torch.cuda.get_device_name(index), "compute_capability": capability}


@own
def run_functions_eagerly(run_eagerly: bool) -> None:
    """Accepted: functions always run eagerly."""


@own
def functions_run_eagerly() -> bool:
    """True."""
    return True


experimental_run_functions_eagerly = run_functions_eagerly
experimental_functions_run_eagerly = functions_run_eagerly


@own
def set_soft_device_placement(enabled: bool) -> None:
    """Accepted: ``tf.device`` for a device that is not there changes nothing, always."""


@own
def get_soft_device_placement() -> bool:
    """True."""
    return True


@own
def set_synchronous_execution(enable: bool) -> None:
    """Accepted: torch waits for the device where a value is read."""


@own
def experimental_connect_to_cluster(*args: Any, **kwargs: Any) -> None:
    """Not served: there are no clusters of TensorFlow here."""
    raise ValueError("torchkeras has no clusters of TensorFlow; start the script on several machines with torchrun.")


experimental_connect_to_host = experimental_connect_to_cluster


@own
def enable_op_determinism() -> None:
    """Let torch use deterministic algorithms alone."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True)


@own
def enable_tensor_float_32_execution(enabled: bool) -> None:
    """Whether float32 products on the GPU may round to TF32."""
    torch.set_float32_matmul_precision("high" if enabled else "highest")


@own
def tensor_float_32_execution_enabled() -> bool:
    """Whether they may."""
    return torch.get_float32_matmul_precision() != "highest"


publish(globals(), "LogicalDevice", "LogicalDeviceConfiguration", "PhysicalDevice", "VirtualDeviceConfiguration")

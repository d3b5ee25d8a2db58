"""Devices in a grid with named axes, and how a tensor lies on it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.distributed.device_mesh import DeviceMesh as TorchMesh
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor.placement_types import Placement, Replicate, Shard

from torchkeras import _ranks
from torchkeras.distribution._devices import list_devices


class DeviceMesh:
    """The devices of a job as a grid.

    Args:
        shape: the sizes of the axes; their product is the number of devices.
        axis_names: a name for each axis, such as ``("batch", "model")``.
        devices: names of devices; all of :func:`list_devices` by default. The device at place `i` belongs to rank `i`.

    Raises:
        ValueError: without shape or names, or if their numbers, or that of the devices, do not agree.
    """

    def __init__(self, shape: Sequence[int], axis_names: Sequence[str], devices: Any = None) -> None:
        if not shape or not axis_names:
            raise ValueError(f"Shape and axis_names cannot be empty. Received: shape={shape}, axis_names={axis_names}")
        if len(shape) != len(axis_names):
            raise ValueError(
                f"Shape and axis_names should have same size. Received: shape={shape}, axis_names={axis_names}"
            )
        found = np.array(list_devices() if devices is None else devices)
        if np.prod(shape) != np.prod(found.shape):
            raise ValueError(
                f"Shape does not match the number of devices. Received: shape={shape}; devices.shape={found.shape}"
            )
        self._shape = shape
        self._axis_names = axis_names
        self._devices = found.reshape(shape)
        self._torch: TorchMesh | None = None

    @property
    def shape(self) -> Any:
        """The sizes of the axes."""
        return self._shape

    @property
    def axis_names(self) -> Any:
        """The names of the axes."""
        return self._axis_names

    @property
    def devices(self) -> Any:
        """The names of the devices, as an array of this shape."""
        return self._devices

    @property
    def backend_mesh(self) -> TorchMesh:
        """Torch's mesh of the ranks.

        Raises:
            ValueError: there are more or fewer ranks than devices.
        """
        if self._torch is None:
            size = self._devices.size
            _ranks.start()
            if size != _ranks.world_size() or size == 1:
                raise ValueError(
                    f"{self!r} has {size} device(s), but this job has {_ranks.world_size()} rank(s), and a mesh needs "
                    f"two at least: start it with `torchrun --nproc-per-node {max(size, 2)}`."
                )
            kind = "cuda" if torch.cuda.is_available() else "cpu"
            names = tuple(map(str, self._axis_names))
            self._torch = init_device_mesh(kind, tuple(self._shape), mesh_dim_names=names)
        return self._torch

    def __repr__(self) -> str:
        return f"<{type(self).__name__} shape={self.shape}, axis_names={self.axis_names}>"


class TensorLayout:
    """Which axis of a tensor is split over which axis of a mesh.

    Args:
        axes: for each axis of the tensor the name of an axis of the mesh, or None if it is not split.
        device_mesh: the mesh; may be set later, once.
    """

    def __init__(self, axes: Sequence[str | None], device_mesh: DeviceMesh | None = None) -> None:
        self._axes = tuple(axes)
        self._device_mesh = device_mesh
        self._check()

    @property
    def axes(self) -> tuple[str | None, ...]:
        """The names, one for each axis of the tensor."""
        return self._axes

    @property
    def device_mesh(self) -> DeviceMesh | None:
        """The mesh, if it is known."""
        return self._device_mesh

    @device_mesh.setter
    def device_mesh(self, device_mesh: DeviceMesh) -> None:
        if self._device_mesh is not None:
            raise ValueError(f"Cannot override device mesh value. Existing value is {self._device_mesh}")
        self._device_mesh = device_mesh
        self._check()

    @property
    def backend_layout(self) -> list[Placement]:
        """Torch's placements: for each axis of the mesh, which axis of the tensor it splits."""
        if self._device_mesh is None:
            raise ValueError("Cannot create sharding when device mesh is not set for TensorLayout.")
        names = self._device_mesh.axis_names
        return [Shard(self._axes.index(name)) if name in self._axes else Replicate() for name in names]

    def _check(self) -> None:
        if self._device_mesh is None:
            return
        valid, given = set(self._device_mesh.axis_names), {axis for axis in self._axes if axis is not None}
        if given - valid:
            raise ValueError(f"Invalid axis names for Layout. Valid axis names: {valid}, Got {given}")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} axes={self.axes}, device_mesh={self.device_mesh}>"

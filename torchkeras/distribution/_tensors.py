"""Tensors and weights of which each rank holds a part."""

from typing import Any

import torch
from torch import Tensor, nn
from torch.distributed.tensor import DTensor, Partial, Replicate, Shard
from torch.distributed.tensor import distribute_tensor as to_parts
from torch.nn.utils import parametrize

from torchkeras import _ranks
from torchkeras.distribution._mesh import DeviceMesh, TensorLayout
from torchkeras.ops import convert_to_tensor


def distribute_tensor(tensor: Any, layout: Any) -> Any:
    """The tensor as a ``DTensor``, of which each rank holds the part that the layout says.

    Args:
        tensor: a tensor, the same on all ranks.
        layout: a :class:`TensorLayout` with a mesh, or for one process anything: then the tensor stays as it is.
    """
    tensor = convert_to_tensor(tensor)
    if not isinstance(layout, TensorLayout) or layout.device_mesh is None or layout.device_mesh.devices.size == 1:
        return tensor
    return to_parts(tensor, layout.device_mesh.backend_mesh, layout.backend_layout)


def split_weight(variable: Any, layout: TensorLayout, batch_axis: str) -> None:
    """Let this rank hold its part of a weight alone; the whole is gathered whenever it is read.

    The optimizer sees the part, so its slots are parts, too.
    """
    mesh = layout.device_mesh
    assert mesh is not None
    owner, name = variable._owner, variable._attribute
    whole = owner._parameters[name]
    parametrize.register_parametrization(owner, name, _Gathered(whole, variable, layout, mesh, batch_axis), unsafe=True)
    part = owner.parametrizations[name].original
    part.in_step = True  # its gradient is that of the whole batch as it comes


class _Gathered(nn.Module):
    """A weight, whole, out of the parts of the ranks.

    Gradients of ranks along the axis of the batch come from different rows: they are weighted and summed. Along other
    axes they are the same, and each rank takes its part.
    """

    def __init__(self, whole: Tensor, variable: Any, layout: TensorLayout, mesh: DeviceMesh, batch_axis: str) -> None:
        super().__init__()
        order = getattr(variable._layout, "_to_torch", range(whole.ndim))  # Keras' axes, as torch has them
        names = [layout.axes[axis] for axis in order]
        self.mesh = mesh.backend_mesh
        self.places = [Shard(names.index(axis)) if axis in names else Replicate() for axis in mesh.axis_names]
        several = dict(zip(mesh.axis_names, mesh.shape))[batch_axis] > 1
        self.gradients = [Partial() if axis == batch_axis and several else Replicate() for axis in mesh.axis_names]
        self.shape, self.stride = whole.shape, whole.contiguous().stride()

    def forward(self, part: Tensor) -> Tensor:
        parts = DTensor.from_local(part, self.mesh, self.places, run_check=False, shape=self.shape, stride=self.stride)
        whole = parts.full_tensor(grad_placements=self.gradients)
        if whole.requires_grad:
            whole.register_hook(_weighted)
        return whole

    def right_inverse(self, whole: Tensor) -> Tensor:
        return to_parts(whole.detach(), self.mesh, self.places).to_local().clone()


def _weighted(gradient: Tensor) -> Tensor:
    share = 1 / _ranks.parts() if _ranks.share is None else _ranks.share
    return gradient * share if share else torch.zeros_like(gradient)

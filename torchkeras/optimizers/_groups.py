"""Lists for kernels that update many weights in one call.

Built once, so that a step hands finished lists to ``torch._fused_*`` and ``torch._foreach_*``.
"""

from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._variable import Variable
from torchkeras.ops._op import tensor

# the devices for which torch has fused optimizer kernels; elsewhere the same formulas run as foreach calls
FUSED_DEVICES = frozenset({"cpu", "cuda", "mps", "xpu"})


class Group:
    """Weights that one kernel call updates: of one device and dtype, and all or none of them decayed.

    Attributes:
        indices: the places of the weights in the optimizer's list.
        params: the weights, in torch's layout.
        slots: for each name of a slot, the tensors beside the weights.
        decay: the factor of weight decay, 0 for none.
        fused: whether torch has fused kernels for the device.
        fused_sgd: whether that of SGD is one to be trusted.
        infinities: for each weight the number infinity on its device, as a count of steps for fused kernels.
    """

    def __init__(self, indices: list[int], params: list[Tensor], slots: dict[str, list[Tensor]], decay: float) -> None:
        self.indices = indices
        self.params = params
        self.slots = slots
        self.decay = decay
        self.fused = params[0].device.type in FUSED_DEVICES and params[0].is_floating_point()
        # torch 2.13's CPU kernel moves weights of 16 bits by wrong amounts
        self.fused_sgd = self.fused and (params[0].dtype.itemsize > 2 or params[0].device.type != "cpu")
        self.infinities = [torch.tensor(float("inf"), device=params[0].device)] * len(params) if self.fused else []
        self._whole = False

    def pick(self, grads: list[Tensor]) -> list[Tensor]:
        """The gradients of the group's weights, out of those of all weights."""
        return grads if self._whole else [grads[index] for index in self.indices]


def bias_correction(beta: float, step: Any, group: Group) -> Any:
    """``1 - beta**step``, rounded as Keras rounds it: ``1 - 0.999`` in float32 is off by 1.3e-5."""
    if group.params[0].dtype == torch.float64:
        return 1.0 - beta**step
    if isinstance(step, Tensor):
        return 1.0 - beta ** step.float()
    return float(np.float32(1) - np.float32(beta) ** np.float32(step))


def make_groups(
    variables: list[Variable], slots: dict[str, list[Variable]], decays: list[float], skip: Iterable[int] = ()
) -> list[Group]:
    """The groups of `variables`; those at `skip` belong to none."""
    places: dict[Any, list[int]] = {}
    skip = set(skip)
    for index, variable in enumerate(variables):
        if index not in skip:
            stored = variable.tensor
            places.setdefault((stored.device, stored.dtype, decays[index]), []).append(index)
    groups = [
        Group(
            indices,
            [variables[index].tensor for index in indices],
            {name: [made[index].tensor for index in indices] for name, made in slots.items()},
            key[2],
        )
        for key, indices in places.items()
    ]
    if len(groups) == 1:
        groups[0]._whole = len(groups[0].indices) == len(variables)
    return groups


def follow(slots: list[Variable], variables: list[Variable]) -> None:
    """Move slots to where their weights are now, after ``model.to(...)``."""
    for slot, variable in zip(slots, variables):
        here, there = slot.tensor, variable.tensor
        if here.device != there.device or here.dtype != there.dtype:
            slot._tensor = here.to(there)


def torch_gradient(gradient: Any, variable: Variable) -> Tensor:
    """A user's gradient as the kernels want it: torch's layout, and the weight's dtype, device and strides.

    Gradients come in Keras' layout (the shape of ``variable.value``); the weight's own ``.grad`` and what
    has only the stored tensor's shape are in torch's layout already.
    """
    stored = variable.tensor
    if gradient is stored.grad and gradient is not None:
        return gradient
    if not isinstance(gradient, Tensor):
        gradient = tensor(gradient)
    shape = tuple(gradient.shape)
    if shape == variable.shape:
        gradient = variable._layout.to_torch(gradient)
    elif shape != tuple(stored.shape):
        raise ValueError(
            f"Variable {variable.path} has shape {variable.shape}, its gradient is a {brief(gradient)}. "
            "Gradients and variables must be listed in the same order."
        )
    gradient = gradient.detach()
    if gradient.stride() != stored.stride() or gradient.dtype != stored.dtype or gradient.device != stored.device:
        gradient = torch.empty_like(stored).copy_(gradient)
    return gradient

"""Lists of gradients kept small. Nothing is changed in place and nothing waits for the device."""

import torch
from torch import Tensor


def by_value(grads: list[Tensor], limit: float) -> list[Tensor]:
    """Every element between ``-limit`` and ``limit``."""
    return list(torch._foreach_clamp_max(torch._foreach_clamp_min(grads, -limit), limit))


def by_norm(grads: list[Tensor], limit: float) -> list[Tensor]:
    """Each gradient scaled down to the Euclidean norm `limit` where it is longer: ``g * limit / max(|g|, limit)``."""
    scales = _scales(list(torch._foreach_norm(grads)), limit)
    return list(torch._foreach_mul(grads, scales))


def by_global_norm(grads: list[Tensor], limit: float) -> list[Tensor]:
    """All gradients scaled by one number, so that together they are no longer than `limit`."""
    norms = list(torch._foreach_norm(grads))
    home = norms[0].device
    total = torch.linalg.vector_norm(torch.stack([norm.to(home, torch.float32, non_blocking=True) for norm in norms]))
    scale = limit / total.clamp_min(limit)
    by_device = {grad.device: scale.to(grad.device, non_blocking=True) for grad in grads}
    return list(torch._foreach_mul(grads, [by_device[grad.device].to(grad.dtype) for grad in grads]))


def _scales(norms: list[Tensor], limit: float) -> list[Tensor]:
    scales = list(torch._foreach_clamp_min(norms, limit))
    torch._foreach_reciprocal_(scales)
    torch._foreach_mul_(scales, limit)
    return scales

"""Gradients in step on all ranks: after each ``backward()``, every ``.grad`` is that of the whole batch.

Hooks on the weights see whatever a training step does: several calls of the model or of parts of it, several
optimizers, frozen or unused weights, clipping by hand. A wrapper around the forward pass, as
``torch.distributed._composable.replicate`` is, sees its own call alone. Tried with torch 2.13: where a GAN calls
``self.judge``, gradients stay each rank's own (3 and 6 instead of 4.5), and a weight that one loss does not use is
an error in the next step. The time of a step is the same: gloo takes it (``python -m benchmarks.ranks``).

What is summed is linear in the gradients, and what was summed before stays as it is because the parts of the ranks
add up to 1. So a second ``backward()`` before the optimizer's step, or sums of what was summed, do no harm.
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import _ranks
from torchkeras._variable import Variable

_BUCKET = 2**25  # bytes sent at once: far above what a message costs, and the copy stays small


class GradientSum:
    """Sums the gradients of `parameters` over the ranks, each weighted by its part of the batch's rows.

    All weights take part in every sum, so ranks that use different ones do not wait for each other forever. What no
    rank has a gradient for stays without.
    """

    def __init__(self, parameters: Iterable[nn.Parameter]) -> None:
        self._buckets: list[_Bucket] = []
        self._hooks: list[Any] = []
        self._queued = False
        self._current: set[int] = set()  # weights the `.grad` of which is summed, and not yet applied
        self.watch(parameters)

    def watch(self, parameters: Iterable[nn.Parameter]) -> None:
        """Sum the gradients of exactly these from now on."""
        self.close()
        self._parameters = list(parameters)
        self._buckets = [_Bucket(each) for each in _in_buckets(self._parameters)]
        self._hooks = [each.register_post_accumulate_grad_hook(self._arrived) for each in self._parameters]

    def close(self) -> None:
        """Watch nothing any more."""
        for hook in self._hooks:
            hook.remove()

    def _arrived(self, parameter: Tensor) -> None:
        if not self._queued:
            self._queued = True
            torch.autograd.Variable._execution_engine.queue_callback(self._sum)

    def _sum(self) -> None:
        """At the end of ``backward()``."""
        self._queued = False
        for bucket in self._buckets:
            missing = bucket.fill([parameter.grad for parameter in bucket.parameters])
            _ranks.total(bucket.flat)
            bucket.spread(missing)
        self._current.update(id(each) for each in self._parameters if each.grad is not None)

    def begin(self) -> None:
        """A step begins; if the last one failed on its way, its sum is not waited for."""
        self._queued = False

    def summed(self, gradients: list[Any], variables: list[Variable], applied: bool = True) -> list[Any]:
        """Gradients about to be applied: those that no ``backward()`` has brought are summed now.

        Args:
            gradients: the gradients, in torch's layout; None for weights without one.
            variables: the weights.
            applied: False where they are looked at, and will come here again before they are applied.
        """
        wanted = {id(variable.tensor) for variable, gradient in zip(variables, gradients) if gradient is not None}
        known = wanted <= self._current | {id(each.tensor) for each in variables if hasattr(each.tensor, "in_step")}
        self._current = self._current - wanted if applied else self._current | wanted
        if known:
            return gradients
        bucket = _Bucket([variable.tensor for variable in variables])
        missing = bucket.fill(gradients)
        _ranks.total(bucket.flat)
        empty = [
            each if each is None else torch.empty_like(variable.tensor) for each, variable in zip(gradients, variables)
        ]
        return bucket.found(missing, empty)


class _Bucket:
    """Weights of one dtype on one device, and the flat tensor in which their gradients travel.

    Behind the gradients stands a flag for each weight: how many ranks have a gradient for it.
    """

    def __init__(self, parameters: list[Any]) -> None:
        self.parameters = parameters
        first = parameters[0]
        sizes = [parameter.numel() for parameter in parameters]
        self.flat = torch.zeros(sum(sizes) + len(sizes), dtype=first.dtype, device=first.device)
        *parts, self.flags = self.flat.split([*sizes, len(sizes)])
        self.views = [part.view(parameter.shape) for part, parameter in zip(parts, parameters)]

    def fill(self, gradients: list[Tensor | None]) -> list[int]:
        """Take in this rank's gradients, weighted; returns the numbers of the weights without one."""
        share = 1 / _ranks.parts() if _ranks.share is None else _ranks.share
        missing = [index for index, gradient in enumerate(gradients) if gradient is None]
        if missing or not share:  # without rows, what the stand-in gave must not count even if it is not finite
            self.flat.zero_()
        if share:
            pairs = [(view, gradient) for view, gradient in zip(self.views, gradients) if gradient is not None]
            torch._foreach_copy_([view for view, _ in pairs], [gradient for _, gradient in pairs])
            self.flat.mul_(share)
        self.flags.fill_(1.0)
        for index in missing:
            self.flags[index] = 0.0
        return missing

    def spread(self, missing: list[int]) -> None:
        """Put the sums into ``.grad``."""
        for parameter, gradient in zip(self.parameters, self.found(missing, [each.grad for each in self.parameters])):
            parameter.grad = gradient

    def found(self, missing: list[int], gradients: list[Any]) -> list[Any]:
        """The sums, in the memory of `gradients` where there are some."""
        pairs = [(gradient, view) for gradient, view in zip(gradients, self.views) if gradient is not None]
        if pairs:
            torch._foreach_copy_([gradient for gradient, _ in pairs], [view for _, view in pairs])
        if not missing:
            return gradients
        flags, gradients = self.flags.tolist(), list(gradients)
        for index in missing:
            if flags[index]:
                gradients[index] = torch.empty_like(self.parameters[index]).copy_(self.views[index]).detach()
        return gradients


def _in_buckets(parameters: list[nn.Parameter]) -> list[list[nn.Parameter]]:
    """The weights, the last ones first, by device and dtype and in parts of a size."""
    buckets: dict[Any, list[list[nn.Parameter]]] = {}
    room: dict[Any, int] = {}
    for parameter in reversed(parameters):
        key = parameter.device, parameter.dtype
        if room.get(key, 0) <= 0:
            buckets.setdefault(key, []).append([])
            room[key] = _BUCKET
        buckets[key][-1].append(parameter)
        room[key] -= parameter.numel() * parameter.element_size()
    return [bucket for group in buckets.values() for bucket in group]

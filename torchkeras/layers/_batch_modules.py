"""Batch normalization as torch modules: torch's kernels with Keras' moving statistics (D8)."""

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from torchkeras import _ranks
from torchkeras.layers._synchronized import over_ranks


class BatchNorm(nn.modules.batchnorm._BatchNorm):
    """Torch's batch normalization with the biased moving variance of Keras, and scale and shift each optional."""

    running_mean: Tensor
    running_var: Tensor
    momentum: float

    def __init__(
        self, num_features: int, eps: float, momentum: float, scale: bool, center: bool, synchronized: bool = False
    ) -> None:
        super().__init__(num_features, eps, momentum)
        self.synchronized = synchronized
        self.weight = self.weight if scale else None  # type: ignore[assignment]
        self.bias = self.bias if center else None  # type: ignore[assignment]
        self.num_batches_tracked = None  # Keras keeps no such count

    def forward(self, x: Tensor, training: bool | None = None) -> Tensor:
        if not (self.training if training is None else training):
            return F.batch_norm(x, self.running_mean, self.running_var, self.weight, self.bias, False, 0.0, self.eps)
        if self.synchronized and _ranks.share is not None:
            return self.masked(x, torch.ones(x.shape[0], 1, *(1,) * (x.ndim - 2), dtype=torch.bool, device=x.device))
        if x.ndim == 3 and not x.is_contiguous():  # four times as fast as what torch does with three axes
            return self.forward(x.unsqueeze(2), True).squeeze(2)
        count = x.numel() // x.shape[1]
        if count < 2:
            return self._single(x)
        # torch moves the variance towards the unbiased one, r' = (1 - m) r + m v n / (n - 1), Keras towards v. It gets
        # a tensor of its own to move, which is the stored one scaled so that (n - 1) / n of the way to it is right
        keep, share = 1 - self.momentum, (count - 1) / count
        moved = self.running_var * ((keep * count - 1) / (keep * (count - 1)) if keep else 0.0)
        out = torch.batch_norm(x, self.weight, self.bias, self.running_mean, moved, True, self.momentum, self.eps, True)
        if keep:
            self.running_var.lerp_(moved, share)
        else:
            self.running_var.copy_(moved * share)
        return out

    def _single(self, x: Tensor) -> Tensor:
        """One number a channel, of which torch has no unbiased variance: the biased one is 0."""
        mean = x.detach().reshape(-1)
        self.running_mean.lerp_(mean.to(self.running_mean.dtype), self.momentum)
        self.running_var.mul_(1 - self.momentum)
        zero = torch.zeros_like(self.running_mean)
        return F.batch_norm(x - x, zero, zero, self.weight, self.bias, False, 0.0, self.eps)

    def masked(self, x: Tensor, mask: Tensor) -> Tensor:
        """Statistics of the places alone where `mask`, which broadcasts to `x`, is True."""
        if x.dtype is not self.running_mean.dtype:  # sums of squares need more than 16 bits
            return self.masked(x.to(self.running_mean.dtype), mask).to(x.dtype)
        weights = mask.to(x.dtype).expand(x.shape)
        dims = [0, *range(2, x.ndim)]
        summed = over_ranks if self.synchronized else _as_it_is
        total = summed(weights.sum(dims, keepdim=True)).clamp(min=torch.finfo(x.dtype).tiny)
        mean = summed((x * weights).sum(dims, keepdim=True)) / total
        variance = summed(((x - mean).square() * weights).sum(dims, keepdim=True)) / total
        out = self._moved((x - mean) * torch.rsqrt(variance + self.eps), mean.detach(), variance.detach())
        out = out if self.weight is None else out * self.weight.view(mean.shape)
        return out if self.bias is None else out + self.bias.view(mean.shape)

    def _moved(self, out: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        """Let the moving statistics follow, and return the output (corrected, in subclasses)."""
        self.running_mean.lerp_(mean.flatten(), self.momentum)
        self.running_var.lerp_(variance.flatten(), self.momentum)
        return out


class BatchRenorm(BatchNorm):
    """Batch renormalization: the batch's statistics, corrected towards slower ones. Ioffe, 2017, arXiv:1702.03275."""

    def __init__(self, *args: Any, clipping: dict[str, float], renorm_momentum: float, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.moving_stddev: Tensor
        self.renorm_mean: Tensor
        self.renorm_stddev: Tensor
        self.clipping, self.renorm_momentum = clipping, renorm_momentum
        for name in ("moving_stddev", "renorm_mean", "renorm_stddev"):
            self.register_buffer(name, torch.empty_like(self.running_var))

    def forward(self, x: Tensor, training: bool | None = None) -> Tensor:
        if not (self.training if training is None else training):
            return super().forward(x, False)
        return self.masked(x, torch.ones(x.shape[0], 1, *(1,) * (x.ndim - 2), dtype=torch.bool, device=x.device))

    def _moved(self, out: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
        stddev = torch.sqrt(variance + self.eps)
        slow_mean, slow_stddev = self.renorm_mean.view(mean.shape), self.renorm_stddev.view(mean.shape)
        scale = _clamped(stddev / slow_stddev, self.clipping.get("rmin"), self.clipping.get("rmax"))
        limit = self.clipping.get("dmax")
        shift = _clamped((mean - slow_mean) / slow_stddev, None if limit is None else -limit, limit)
        self.running_mean.lerp_(mean.flatten(), self.momentum)
        self.moving_stddev.lerp_(stddev.flatten(), self.momentum)
        self.running_var.copy_(self.moving_stddev.square() - self.eps)
        self.renorm_mean.lerp_(mean.flatten(), self.renorm_momentum)
        self.renorm_stddev.lerp_(stddev.flatten(), self.renorm_momentum)
        return out * scale + shift


def _as_it_is(x: Tensor) -> Tensor:
    return x


def _clamped(x: Tensor, low: float | None, high: float | None) -> Tensor:
    return x if low is None and high is None else x.clamp(low, high)

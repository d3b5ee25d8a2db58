"""The base of the loss classes: inputs, weights, masks, reduction."""

from typing import Any

import torch
from torch import Tensor

from torchkeras import _ranks, _registry
from torchkeras._dtypes import standardize_dtype, to_torch_dtype
from torchkeras._errors import brief, nearest
from torchkeras._structures import map_leaves
from torchkeras._symbolic import any_symbolic, record
from torchkeras.losses._inputs import same_rank
from torchkeras.ops._op import tensor

REDUCTIONS = ("sum_over_batch_size", "sum", "mean", "mean_with_sample_weight", "none", None)
_AVERAGES = ("sum_over_batch_size", "mean", "mean_with_sample_weight")


class Loss:
    """A number to minimize: ``(y_true, y_pred) -> ()``. Subclasses write ``call(y_true, y_pred)``, a value a sample.

    Args:
        name: the name; made from the class' name if not given.
        reduction: what becomes of the samples' values. ``"sum_over_batch_size"`` and ``"mean"``: their sum, divided
            by how many they are (not by the sum of the weights); ``"mean_with_sample_weight"``: divided by the sum
            of the weights; ``"sum"``; ``"none"`` or None leaves them.
        dtype: the dtype in which it computes, or a dtype policy; ``floatx()`` by default.
    """

    # True where `call` takes targets as they are, say integer labels: they keep their dtype
    _keeps_targets = False

    def __init__(
        self, name: str | None = None, reduction: str | None = "sum_over_batch_size", dtype: Any = None
    ) -> None:
        self.name = name or _registry.auto_name(_registry.to_snake_case(type(self).__name__))
        self.reduction = _reduction(reduction, type(self).__name__)
        self._dtype = compute_dtype(dtype)
        self._default_dtype = dtype is None
        self._torch_dtype = to_torch_dtype(self._dtype)

    @property
    def dtype(self) -> str:
        """The dtype in which it computes."""
        return self._dtype

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The values to reduce, usually one a sample."""
        raise NotImplementedError(f"{type(self).__name__} has no `call(y_true, y_pred)` method.")

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The reduced value.

        Args:
            y_true: targets.
            y_pred: outputs of a model; where they carry a mask, masked elements do not count.
            sample_weight: weights that broadcast to the samples' values; one a sample also does for sequences.
        """
        mask = getattr(y_pred, "_keras_mask", None)
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            dtype = self._torch_dtype
            if y_pred.dtype is not dtype:
                y_pred = y_pred.to(dtype)
            if y_true.device != y_pred.device or (y_true.dtype is not dtype and not self._keeps_targets):
                y_true = y_true.to(y_pred.device) if self._keeps_targets else y_true.to(y_pred)
        elif any_symbolic((y_true, y_pred)):
            return record(self, (y_true, y_pred, sample_weight), {})
        else:
            y_true, y_pred = self._tensors(y_true, self._keeps_targets), self._tensors(y_pred)
        if sample_weight is None and mask is None and self.reduction in _AVERAGES:
            mean = self._mean(y_true, y_pred)
            if mean is not None:
                return mean
        values = self.call(y_true, y_pred)
        mask = _join_masks(mask, getattr(values, "_keras_mask", None))
        return reduce_weighted_values(values, sample_weight, mask, self.reduction, self._torch_dtype)

    def _mean(self, y_true: Any, y_pred: Any) -> Tensor | None:
        """The mean over everything where it takes fewer kernels than `call` and a mean, else None."""
        return None

    def _tensors(self, values: Any, keep_integers: bool = False) -> Any:
        """`values` as tensors: a list of numbers is one, a structure of tensors or arrays keeps its form."""

        def convert(value: Any) -> Tensor:
            found = tensor(value)
            return found if keep_integers else found.to(self._torch_dtype)

        if isinstance(values, dict) or _holds_tensors(values):
            return map_leaves(convert, values)
        return convert(values)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as Keras writes them; a dtype only where one was chosen."""
        config: dict[str, Any] = {"name": self.name, "reduction": self.reduction}
        return config if self._default_dtype else {**config, "dtype": self._dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new loss out of what :meth:`get_config` returned."""
        return cls(**config)

    def __repr__(self) -> str:
        shown = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"<{type(self).__name__} {shown}>"


def compute_dtype(dtype: Any) -> str:
    """The name of the dtype to compute in, of a dtype, a policy or a policy's name; None is ``floatx()``."""
    dtype = getattr(dtype, "compute_dtype", dtype)
    return standardize_dtype(dtype.removeprefix("mixed_") if isinstance(dtype, str) else dtype)


def _reduction(value: Any, owner: str) -> str | None:
    if value == "auto":  # Keras 2's default, which always meant this
        return "sum_over_batch_size"
    if value in REDUCTIONS:
        return value
    hint = nearest(value, [name for name in REDUCTIONS if name]) if isinstance(value, str) else ""
    raise ValueError(
        f"{owner}: Invalid value for argument `reduction`. Expected one of {REDUCTIONS}, got {brief(value)}.{hint}"
    )


def _holds_tensors(values: Any) -> bool:
    return isinstance(values, (list, tuple)) and any(hasattr(item, "shape") for item in values)


def _join_masks(first: Any, second: Any) -> Any:
    if first is None or second is None:
        return second if first is None else first
    return torch.logical_and(first, second)


def reduce_weighted_values(
    values: Tensor, sample_weight: Any, mask: Any, reduction: str | None, dtype: torch.dtype | None = None
) -> Tensor:
    """`values` times weights, without the masked ones, reduced; see :class:`Loss` for the reductions."""
    values = values if dtype is None or values.dtype == dtype else values.to(dtype)
    weight = None if sample_weight is None else tensor(sample_weight).to(values)
    if mask is not None:
        weight = apply_mask(weight, tensor(mask), values, rescale=reduction in ("mean", "sum_over_batch_size"))
    if weight is not None:
        weight = fit_weight(weight, values)
        values, weight = same_rank(values, weight)
        values = values * weight
    if reduction in (None, "none") or values.ndim == 0:
        return values
    if reduction == "sum":
        return values.sum() / (_ranks.share or 1.0)
    if reduction == "mean_with_sample_weight" and weight is not None:
        weights = weight.expand_as(values).sum() if weight.shape == values.shape else weight.sum()
        return _divide_no_nan(values.sum(), _ranks.in_all(weights))
    return values.mean()


def apply_mask(weight: Tensor | None, mask: Tensor, values: Tensor, rescale: bool) -> Tensor:
    """The weight with the mask in it; rescaled, so that a mean over everything is one over what counts."""
    kept = mask.to(device=values.device, dtype=values.dtype)
    if rescale:
        valid = _ranks.in_all(kept.sum())
        kept = kept * _divide_no_nan(torch.full_like(valid, mask.numel()), valid)
    if weight is None:
        return kept
    kept, weight = same_rank(kept, fit_weight(weight, kept))
    return kept * weight


def fit_weight(weight: Tensor, values: Tensor) -> Tensor:
    """Weights of the first axes, say one a sample, ``(n,)`` for values ``(n, t)``, with the axes they lack: ``(n, 1)``.

    Keras broadcasts them from the last axis, so it fails, or where ``n == t`` weighs the wrong axis.
    """
    ndim = weight.ndim
    if not 0 < ndim < values.ndim or any(size not in (1, other) for size, other in zip(weight.shape, values.shape)):
        return weight
    return weight.reshape(weight.shape + (1,) * (values.ndim - ndim))


def _divide_no_nan(numerator: Tensor, denominator: Tensor) -> Tensor:
    safe = denominator != 0
    return torch.where(safe, numerator / torch.where(safe, denominator, 1.0), 0.0)

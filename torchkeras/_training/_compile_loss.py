"""The losses given to ``compile``, matched to the outputs."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from torchkeras import losses
from torchkeras._errors import brief
from torchkeras._symbolic import leaves
from torchkeras._training._outputs import flat_targets, is_one, named_outputs, per_output
from torchkeras.losses import Loss
from torchkeras.metrics import Mean


def check_loss(loss: Any) -> None:
    """Refuse names that no loss has, at ``compile``."""
    for item in leaves(loss) if not isinstance(loss, dict) or "class_name" not in loss else [loss]:
        if isinstance(item, (str, type)) or isinstance(item, dict):
            losses.get(item)
        elif item is not None and not callable(item):
            raise ValueError(f"`loss`: expected a name, a function or a `keras.losses.Loss`, got {brief(item)}.")


def as_loss(item: Any) -> Any:
    """A callable ``(y_true, y_pred, sample_weight) -> scalar`` out of anything ``compile`` takes."""
    if item is None:
        return None
    if isinstance(item, nn.Module):
        return _ModuleLoss(item)
    found = losses.get(item) if not callable(item) or isinstance(item, type) else item
    if isinstance(found, Loss):
        return found
    return _FunctionLoss(found)


class _FunctionLoss(Loss):
    """A plain function ``(y_true, y_pred) -> values``, reduced like every loss."""

    def __init__(self, function: Callable[..., Any]) -> None:
        super().__init__(name=getattr(function, "__name__", type(function).__name__))
        self.function = function
        # ours know by themselves what to do with integer targets
        self._keeps_targets = True

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if isinstance(y_true, Tensor) and isinstance(y_pred, Tensor):
            y_true, y_pred = _same_rank(y_true, y_pred)
        return super().__call__(y_true, y_pred, sample_weight)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.function(y_true, y_pred)


class _ModuleLoss:
    """A ``torch.nn`` loss, which takes predictions first and reduces itself."""

    def __init__(self, module: nn.Module) -> None:
        self.module = module
        self.name = type(module).__name__

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        if sample_weight is not None:
            raise ValueError(f"The loss {self.name} is a torch.nn module; it takes no sample weights.")
        if y_true.ndim == y_pred.ndim and not y_true.is_floating_point() and y_true.shape[-1:] == (1,) != y_pred.shape[-1:]:
            y_true = y_true.squeeze(-1)
        return self.module(y_pred, y_true)


def _same_rank(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """A last axis of size 1 more or less on one side is made up for, as Keras does."""
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        return y_true.unsqueeze(-1), y_pred
    return y_true, y_pred


class CompileLoss:
    """The total loss of all outputs.

    Args:
        loss, loss_weights: as given to ``compile``.
    """

    def __init__(self, loss: Any, loss_weights: Any = None) -> None:
        check_loss(loss)
        self.loss = loss
        self.loss_weights = loss_weights
        self.built = False
        self.trackers: list[Mean] = []
        self._terms: list[tuple[int, Any, float | None, Mean | None]] = []
        self._only: Any = None
        self.names: list[str] = []

    def build(self, model: Any, y_pred: Any) -> None:
        """Match losses and weights to the outputs, whose structure `y_pred` shows."""
        names = self.names = named_outputs(model, y_pred)
        given = self.loss
        if isinstance(given, (list, tuple)) and len(given) == 1 and len(names) == 1:
            given = given[0]
        found = per_output("loss", given, names, y_pred) if not is_one(given) or len(names) > 1 else [given] * len(names)
        weights = per_output("loss_weights", self.loss_weights, names, y_pred) if self.loss_weights is not None else [None] * len(names)
        many = sum(item is not None for item in found) > 1
        self.trackers = []
        self._terms = []
        for index, (item, weight) in enumerate(zip(found, weights, strict=True)):
            if item is None:
                continue
            if isinstance(item, (list, tuple)) and len(item) == 1:
                item = item[0]
            if weight is not None and not isinstance(weight, (int, float)):
                raise ValueError(f"`loss_weights`: expected numbers, got {brief(weight)} for output {names[index]!r}.")
            tracker = Mean(name=f"{names[index]}_loss") if many else None
            if tracker is not None:
                self.trackers.append(tracker)
            self._terms.append((index, as_loss(item), None if weight is None else float(weight), tracker))
        single = len(self._terms) == 1 and len(names) == 1 and self._terms[0][2] is None
        self._only = self._terms[0][1] if single else None
        self.built = True

    def __call__(self, y: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The sum of the outputs' losses times their weights."""
        if self._only is not None and type(y_pred) is Tensor and type(y) is Tensor:
            return self._only(y, y_pred, sample_weight)
        flat = list(leaves(y_pred))
        targets = flat_targets("y", y, self.names)
        weights = flat_targets("sample_weight", sample_weight, self.names)
        total: Any = None
        for index, loss, factor, tracker in self._terms:
            value = loss(targets[index], flat[index], weights[index])
            if factor is not None:
                value = value * factor
            if tracker is not None:
                tracker.update_state(value.detach(), sample_weight=flat[index].shape[0])
            total = value if total is None else total + value
        if total is None:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        return total if isinstance(total, Tensor) else torch.as_tensor(total)

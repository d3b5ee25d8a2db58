"""The losses given to ``compile``, matched to the outputs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from torchkeras import losses
from torchkeras._errors import brief
from torchkeras._structures import leaves, map_leaves
from torchkeras._training._outputs import Place, assign, has_names, is_one, places
from torchkeras.losses import Loss
from torchkeras.losses._function_loss import loss_object
from torchkeras.metrics import Mean


def check_loss(loss: Any) -> None:
    """Refuse names that no loss has, at ``compile``."""
    for item in [loss] if is_one(loss) else leaves(loss):
        if isinstance(item, (str, type, dict)):
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
    return loss_object(found) or _FunctionLoss(found)


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
        if (
            y_true.ndim == y_pred.ndim
            and not y_true.is_floating_point()
            and y_true.shape[-1:] == (1,) != y_pred.shape[-1:]
        ):
            y_true = y_true.squeeze(-1)
        return self.module(y_pred, y_true)


def _same_rank(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, Tensor]:
    """A last axis of size 1 more or less on one side is made up for, as Keras does."""
    if y_true.ndim == y_pred.ndim - 1 and y_pred.shape[-1] == 1:
        return y_true.unsqueeze(-1), y_pred
    return y_true, y_pred


class _Term(NamedTuple):
    """One summand of the total loss."""

    place: Place
    loss: Any
    factor: float | None
    tracker: Mean | None


class CompileLoss:
    """The total loss of all outputs.

    Args:
        loss: one loss for every output, or a list, dict or structure of losses as the outputs have it.
        loss_weights: factors, likewise.
    """

    def __init__(self, loss: Any, loss_weights: Any = None) -> None:
        check_loss(loss)
        self.loss = loss
        self.loss_weights = loss_weights
        self.built = False
        self.trackers: list[Mean] = []
        # what the outputs looked like when the losses were matched to them, and whether targets were compared with that
        self.outputs: Any = None
        self.checked = False
        self._terms: list[_Term] = []
        self._only: Any = None

    @property
    def metrics(self) -> list[Mean]:
        """The mean loss of each output, if there are several."""
        return self.trackers

    def build(self, model: Any, y_pred: Any) -> None:
        """Match losses and weights to the outputs, whose structure `y_pred` shows."""
        found = places(model, y_pred)
        pairs = assign("loss", self.loss, found, y_pred)
        factors = (
            dict(assign("loss_weights", self.loss_weights, found, y_pred)) if self.loss_weights is not None else {}
        )
        pairs = [
            (place, item[0] if isinstance(item, (list, tuple)) and len(item) == 1 else item) for place, item in pairs
        ]
        losses_ = [as_loss(item) for _, item in pairs]
        named = has_names(model, y_pred)
        self.outputs, self.checked = map_leaves(_shape_only, y_pred), False
        self._terms = []
        for (place, item), loss in zip(pairs, losses_, strict=True):
            factor = factors.get(place)
            if factor is not None and not isinstance(factor, (int, float)):
                raise ValueError(f"`loss_weights`: expected numbers, got {brief(factor)} for the output {place.key!r}.")
            name = place.key if named else item if isinstance(item, str) else loss.name
            tracker = Mean(name=f"{name}_loss") if len(pairs) > 1 else None
            self._terms.append(_Term(place, loss, factor, tracker))
        self.trackers = [term.tracker for term in self._terms if term.tracker is not None]
        self._only = losses_[0] if len(found) == 1 and len(pairs) == 1 and self._terms[0].factor is None else None
        self.built = True

    def __call__(self, y: Any, y_pred: Any, sample_weight: Any = None) -> Tensor:
        """The sum of the outputs' losses times their weights."""
        if self._only is not None and type(y_pred) is Tensor and type(y) is Tensor:
            return self._only(y, y_pred, sample_weight)
        total: Any = None
        for place, loss, factor, tracker in self._terms:
            pred = place.of(y_pred)
            value = loss(place.of(y), pred, place.of(sample_weight))
            if tracker is not None:
                tracker.update_state(value.detach(), sample_weight=next(leaves(pred)).shape[0])
            value = value if factor is None else value * factor
            total = value if total is None else total + value
        if total is None:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        return total if isinstance(total, Tensor) else torch.as_tensor(total)


def _shape_only(leaf: Any) -> Any:
    return torch.empty_like(leaf, device="meta") if isinstance(leaf, Tensor) else leaf

"""What ``keras.losses`` had until Keras 2."""

from collections.abc import Callable
from typing import Any

from torchkeras.losses import Loss

__all__ = ["LossFunctionWrapper"]


class LossFunctionWrapper(Loss):
    """A function ``(y_true, y_pred, **kwargs) -> values`` as a loss, which reduces the values.

    Args:
        fn: the function.
        reduction: as for every loss.
        name: the name; by default the function's.
        **kwargs: further arguments of the function.
    """

    def __init__(
        self, fn: Callable[..., Any], reduction: Any = "sum_over_batch_size", name: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(name=name or getattr(fn, "__name__", None), reduction=reduction)
        self.fn = fn
        self._fn_kwargs = kwargs

    def call(self, y_true: Any, y_pred: Any) -> Any:
        return self.fn(y_true, y_pred, **self._fn_kwargs)

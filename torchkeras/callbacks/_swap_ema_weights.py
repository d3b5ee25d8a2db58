"""Evaluate with averaged weights."""

from typing import Any

from torchkeras.callbacks._callback import Callback
from torchkeras.callbacks._expected_logs import ExpectedLogs


class SwapEMAWeights(Callback):
    """Gives the model the optimizer's averaged weights (``use_ema=True``) while it is evaluated.

    Weights and averages change places, so that no memory is needed for a second copy.

    Args:
        swap_on_epoch: also at the end of each epoch, for the callbacks that follow in the list: a
            `ModelCheckpoint` then saves the averaged weights.

    Raises:
        ValueError: the optimizer keeps no averages.

    Example:
        >>> callbacks = [SwapEMAWeights(swap_on_epoch=True)]
        >>> # model.compile(keras.optimizers.SGD(use_ema=True), "mse"); model.fit(x, y, callbacks=callbacks)
    """

    def __init__(self, swap_on_epoch: bool = False) -> None:
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._ema_weights_in_model = False

    def _check_names(self, expected: ExpectedLogs) -> None:
        if self.swap_on_epoch or expected.validates:
            self._averaging_optimizer()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch and self._ema_weights_in_model:
            self._swap()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if not self.swap_on_epoch or self._ema_weights_in_model:
            return
        if epoch + 1 == (self.params or {}).get("epochs"):
            self._averaging_optimizer().finalize_variable_values(self.model.trainable_variables)
        else:
            self._swap()

    def on_test_begin(self, logs: Any = None) -> None:
        if not self._ema_weights_in_model:
            self._swap()

    def on_test_end(self, logs: Any = None) -> None:
        if self._ema_weights_in_model:
            self._swap()

    on_predict_begin = on_test_begin
    on_predict_end = on_test_end

    def on_train_end(self, logs: Any = None) -> None:
        self._ema_weights_in_model = False  # now the weights are the averages for good

    def _swap(self) -> None:
        optimizer = self._averaging_optimizer()
        if optimizer.built:
            self._ema_weights_in_model = not self._ema_weights_in_model
            optimizer._swap_averages(self._ema_weights_in_model)

    def _averaging_optimizer(self) -> Any:
        optimizer = getattr(self.model, "optimizer", None)
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        if not getattr(optimizer, "use_ema", False):
            found = "no optimizer" if optimizer is None else "use_ema=False"
            raise ValueError(
                f"SwapEMAWeights must be used when `use_ema=True` is set on the optimizer. Received: {found}"
            )
        return optimizer

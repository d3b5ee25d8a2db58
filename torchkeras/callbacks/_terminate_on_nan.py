"""Stop when the loss is no number any more."""

import math
from typing import Any

from torchkeras import _ranks
from torchkeras.callbacks._callback import Callback
from torchkeras.callbacks._console import print_message


class TerminateOnNaN(Callback):
    """Stops training after the first batch at which the loss is NaN or infinite.

    It reads the loss after every batch, so the device is waited for every time.

    Args:
        raise_error: raise instead of stopping in order; other callbacks then see no ``on_train_end``, so that
            a saved state is not overwritten or removed.

    Raises:
        RuntimeError: with ``raise_error=True``, at the first bad loss.
    """

    def __init__(self, raise_error: bool = False) -> None:
        super().__init__()
        self.raise_error = raise_error

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        # All ranks stop or none; a bad loss of another rank reaches the first one through the gradients.
        loss = _ranks.broadcast((logs or {}).get("loss") if _ranks.is_first() else None)
        if loss is None or math.isfinite(loss):
            return
        if self.raise_error:
            raise RuntimeError(
                f"NaN or Inf loss encountered at batch {batch}. Loss value: {loss}. Terminating training immediately."
            )
        print_message(f"Batch {batch}: Invalid loss, terminating training")
        self.model.stop_training = True

"""What ``keras.callbacks`` had until Keras 2."""

from typing import Any

from torchkeras import callbacks
from torchkeras._eras._marks import refused
from torchkeras.callbacks._callback_list import CallbackList

__all__ = ["BaseLogger", "CallbackList", "SidecarEvaluatorModelExport", "UpdateEmbeddingCallback"]


class BaseLogger(callbacks.Callback):
    """Keras 2's callback that took the mean of the batches' logs. The metrics do that themselves, so it does nothing.

    Args:
        stateful_metrics: accepted.
    """

    def __init__(self, stateful_metrics: Any = None) -> None:
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())


_SERVERS = "it is for TensorFlow's parameter servers"
SidecarEvaluatorModelExport = refused("keras.callbacks.SidecarEvaluatorModelExport", f"{_SERVERS}; use ModelCheckpoint")
UpdateEmbeddingCallback = refused("keras.callbacks.experimental.UpdateEmbeddingCallback", _SERVERS)

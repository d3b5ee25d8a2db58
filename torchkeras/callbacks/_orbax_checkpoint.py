"""Checkpoints in Orbax' format."""

import importlib.util
from typing import Any

from torchkeras.callbacks._monitor import MonitorCallback


class OrbaxCheckpoint(MonitorCallback):
    """Keras' callback for Orbax, the checkpoint library of JAX; there is none for torch here.

    Every call raises, before training, and says what to use instead.

    Raises:
        ImportError: the package ``orbax-checkpoint`` is missing, as in Keras.
        NotImplementedError: the package is there.
    """

    def __init__(
        self,
        directory: Any,
        monitor: str = "val_loss",
        verbose: int = 0,
        save_best_only: bool = False,
        mode: str = "auto",
        save_freq: int | str = "epoch",
        initial_value_threshold: float | None = None,
        max_to_keep: int | None = 1,
        save_on_background: bool = True,
        save_weights_only: bool = False,
    ) -> None:
        super().__init__(monitor, mode)
        instead = "`keras.callbacks.ModelCheckpoint` saves models, and `BackupAndRestore` the state of a training."
        if importlib.util.find_spec("orbax") is None:
            raise ImportError(f"OrbaxCheckpoint requires the 'orbax-checkpoint' package. {instead}")
        raise NotImplementedError(f"OrbaxCheckpoint writes arrays of JAX, which torchkeras does not have. {instead}")

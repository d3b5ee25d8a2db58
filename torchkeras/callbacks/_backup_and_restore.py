"""Go on after a crash."""

import os
from typing import Any

from torchkeras import _ranks
from torchkeras._errors import brief
from torchkeras.callbacks._backup_files import BackupFiles
from torchkeras.callbacks._backup_signals import SignalWatch
from torchkeras.callbacks._callback import Callback, heard_if


class BackupAndRestore(Callback):
    """Saves the whole state of ``fit``, and goes on from it when the same script runs again.

    A checkpoint holds weights and buffers, optimizers, metrics, the history, what the callbacks remember, the place
    in the data, and the state of every random generator. So the run goes on at the very batch, and ends with the
    numbers of a run that was never interrupted. Data has to come in the same way: a generator or an iterable is read
    again up to that batch. Of a callback, all numbers, strings, arrays, and lists and dicts of them that it keeps as
    attributes count; one with other things to remember writes ``_state() -> dict`` and ``_set_state(dict)``.

    SIGTERM and SIGINT (Ctrl-C) save after the batch that runs, also in validation, and end the process with the code
    143 or 130; a second one ends it at once. With several ranks the first one writes.

    Args:
        backup_dir: the directory of the checkpoints, the last two of which are kept. No two runs may share it.
        save_freq: ``"epoch"`` saves after each epoch, an integer after so many batches.
        double_checkpoint: there are always two; accepted because Keras has it.
        delete_checkpoint: whether to remove the checkpoints, and the directory if it is empty, when training ends.

    Raises:
        ValueError: `backup_dir` is empty or `save_freq` is neither of these; when training begins, the checkpoint is
            of another model.

    Example:
        >>> callback = BackupAndRestore("/tmp/backup", save_freq=100)
        >>> # model.fit(x, y, epochs=100, callbacks=[callback])
    """

    def __init__(
        self,
        backup_dir: Any,
        save_freq: str | int = "epoch",
        double_checkpoint: bool = False,
        delete_checkpoint: bool = True,
    ) -> None:
        super().__init__()
        if not backup_dir:
            raise ValueError(f"Empty `backup_dir` argument passed: expected a directory, got {backup_dir!r}.")
        whole = isinstance(save_freq, int) and not isinstance(save_freq, bool) and save_freq > 0
        if save_freq != "epoch" and not whole:
            raise ValueError(
                f"Invalid value for argument `save_freq`. Received: save_freq={brief(save_freq)}. Expected either "
                "'epoch' or an integer value, the number of batches, above 0."
            )
        self.backup_dir = os.fspath(backup_dir)
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self._files = BackupFiles(self.backup_dir)
        self._signals: SignalWatch | None = None
        # under the names that Keras has for them
        self._current_epoch = 0
        self._last_batch_seen = 0
        self._batches_seen_since_last_saving = 0

    def _join(self, run: Any) -> None:
        """Before training begins: look for a state, and have new ones saved."""
        found = None
        if _ranks.is_first():
            self._files.clean()
            found = self._files.load()
        run.found = _ranks.broadcast(found)
        run.savers.append(self._save)
        self._signals = SignalWatch(run, self.backup_dir)
        run.closers.append(self._signals.close)
        self._current_epoch = self._last_batch_seen = self._batches_seen_since_last_saving = 0

    def _save(self, state: dict[str, Any]) -> None:
        if _ranks.is_first():
            self._files.save(state)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._current_epoch = epoch
        self._last_batch_seen = -1

    @heard_if(lambda self: self.save_freq != "epoch")
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            return
        self._batches_seen_since_last_saving += batch - self._last_batch_seen
        self._last_batch_seen = batch
        if self._batches_seen_since_last_saving >= int(self.save_freq):
            self._batches_seen_since_last_saving = 0
            self._want()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self._current_epoch = epoch + 1
        if self.save_freq == "epoch":
            self._want()

    def _want(self) -> None:
        """Have the run saved when all callbacks have heard of the batch or epoch."""
        if self.model._run is not None:
            self.model._run.due = True

    def on_train_end(self, logs: Any = None) -> None:
        if self.model._run is not None:
            self.model._run.last_call()
        if self._signals is not None:
            self._signals.close()
        if self.delete_checkpoint and _ranks.is_first():
            self._files.remove()

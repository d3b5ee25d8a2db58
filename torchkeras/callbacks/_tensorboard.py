"""Logs for TensorBoard."""

import os
import time
import warnings
from typing import Any

from torchkeras import _ranks
from torchkeras._errors import brief, nearest
from torchkeras.callbacks import _tensorboard_weights as weights
from torchkeras.callbacks._callback import Callback, heard_if
from torchkeras.callbacks._profile import Profile, batches_to_profile
from torchkeras.callbacks._tensorboard_files import TensorBoardFiles

# Arguments of Keras 2 that had lost their meaning before Keras 3 refused them.
DROPPED = ("batch_size", "write_grads", "embeddings_layer_names", "embeddings_data")


def _hears_batches(self: Any) -> bool:
    return self.update_freq != "epoch" or self._profile is not None


class TensorBoard(Callback):
    """Writes logs for TensorBoard: ``tensorboard --logdir logs`` shows them.

    Training goes to ``log_dir/train`` and validation to ``log_dir/validation``, as scalars ``epoch_loss``,
    ``batch_loss``, ``evaluation_loss_vs_iterations``, ... The package ``tensorboard`` is needed, TensorFlow is not.

    Args:
        log_dir: the directory, not to be shared with another callback.
        histogram_freq: every how many epochs to write histograms of the weights; 0 for never.
        write_graph: write the graph of the layers, where the model has one.
        write_images: with `histogram_freq`, write the weights as images, too.
        write_steps_per_second: write how fast it trains.
        update_freq: ``"epoch"``, ``"batch"``, or after how many batches to write the losses and metrics so far. Each
            time the device is waited for.
        profile_batch: the batch to profile, counted from 1, or the first and the last one; 0 for none. torch's profiler
            writes its trace to ``log_dir/profile``, for `chrome://tracing` or https://ui.perfetto.dev.
        embeddings_freq: every how many epochs to write the weights of embeddings for the projector; 0 for never.
        embeddings_metadata: the file with the labels of the rows, or a dictionary of such files by the layers' names.

    Raises:
        ValueError: a frequency or `profile_batch` makes no sense.
        ImportError: before training, if the package ``tensorboard`` is missing.

    Example:
        >>> callback = TensorBoard("logs", update_freq=100)
        >>> # model.fit(x, y, callbacks=[callback])
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        histogram_freq: int = 0,
        write_graph: bool = True,
        write_images: bool = False,
        write_steps_per_second: bool = False,
        update_freq: int | str = "epoch",
        profile_batch: Any = 0,
        embeddings_freq: int = 0,
        embeddings_metadata: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        _drop_old_arguments(**kwargs)
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = _checked_frequency("histogram_freq", histogram_freq)
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq: Any = 1 if update_freq == "batch" else update_freq
        if self.update_freq != "epoch":
            _checked_frequency("update_freq", self.update_freq, 1, ("epoch", "batch"))
        self.embeddings_freq = _checked_frequency("embeddings_freq", embeddings_freq)
        self.embeddings_metadata = embeddings_metadata
        batches = batches_to_profile(profile_batch)
        self._profile = Profile(*batches, os.path.join(self.log_dir, "profile")) if batches else None
        self._in_training = False
        self._global_train_batch = 0
        self._files = TensorBoardFiles(self.log_dir)
        self._since: dict[str, tuple[int, float]] = {}  # the step and the time of the last measurement

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        self._files.check()

    def on_train_begin(self, logs: Any = None) -> None:
        weights.check_metadata(self.model, self.embeddings_metadata if self.embeddings_freq else None)
        self._in_training = True
        self._global_train_batch = self._iterations()
        if self.write_graph and _ranks.is_first():
            self._files.write_graph(self.model)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._since["epoch"] = self._iterations(), time.perf_counter()
        self._since["batch"] = self._global_train_batch, time.perf_counter()

    @heard_if(_hears_batches)
    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self._global_train_batch += 1
        if self._profile is not None and _ranks.is_first():
            self._profile.begin(self._global_train_batch)

    @heard_if(_hears_batches)
    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        if not _ranks.is_first():
            return
        if self._profile is not None:
            self._profile.end(self._global_train_batch)
        if self.update_freq == "epoch" or batch % self.update_freq:
            return
        values = {f"batch_{name}": value for name, value in (logs or {}).items()}
        if self.write_steps_per_second:
            values["batch_steps_per_second"] = self._steps_per_second("batch", self._global_train_batch)
        self._files.scalars("train", values, self._global_train_batch)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if not _ranks.is_first():
            return
        logs = dict(logs or {})
        validation = {f"epoch_{name[4:]}": logs.pop(name) for name in list(logs) if name.startswith("val_")}
        training = {f"epoch_{name}": value for name, value in logs.items()}
        rate = getattr(getattr(self.model, "optimizer", None), "learning_rate", None)
        if rate is not None:
            training["epoch_learning_rate"] = float(rate)
        if self.write_steps_per_second:
            training["epoch_steps_per_second"] = self._steps_per_second("epoch", self._iterations())
        self._files.scalars("train", training, epoch)
        self._files.scalars("validation", validation, epoch)
        self._write_weights(epoch)
        self._files.flush()

    def on_test_end(self, logs: Any = None) -> None:
        if _ranks.is_first() and getattr(self.model, "optimizer", None) is not None:
            values = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
            self._files.scalars("validation", values, self._iterations())
            if not self._in_training:
                self._files.close()

    def on_train_end(self, logs: Any = None) -> None:
        self._in_training = False
        if self._profile is not None:
            self._profile.stop()
        self._files.close()

    def _write_weights(self, epoch: int) -> None:
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            weights.write_histograms(self._files.writer("train"), self.model, epoch)
            if self.write_images:
                weights.write_images(self._files.writer("train"), self.model, epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            folder = os.path.join(self.log_dir, "train")
            weights.write_embeddings(folder, self.model, epoch, self.embeddings_metadata)

    def _iterations(self) -> int:
        return int(getattr(getattr(self.model, "optimizer", None), "iterations", 0))

    def _steps_per_second(self, what: str, step: int) -> float:
        now = time.perf_counter()
        last_step, last = self._since.get(what, (step, now))
        self._since[what] = step, now
        return (step - last_step) / (now - last) if now > last else 0.0


def _checked_frequency(name: str, value: Any, least: int = 0, words: tuple[str, ...] = ()) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    expected = " or ".join([*map(repr, words), "a positive integer" if least else "a non-negative integer"])
    hint = nearest(value, words) if isinstance(value, str) else ""
    raise ValueError(f"TensorBoard: `{name}` must be {expected}, got {brief(value)}.{hint}")


def _drop_old_arguments(**kwargs: Any) -> None:
    for name in kwargs:
        if name not in DROPPED:
            raise TypeError(f"TensorBoard: unexpected argument {name!r}.{nearest(name, _ARGUMENTS)}")
        warnings.warn(f"TensorBoard: `{name}=` has no effect any more.", DeprecationWarning, stacklevel=3)


_ARGUMENTS = ("log_dir", "histogram_freq", "write_graph", "write_images", "write_steps_per_second", "update_freq",
              "profile_batch", "embeddings_freq", "embeddings_metadata")  # fmt: skip

"""Which learning rate to begin with: a range test."""

import math
import os
from typing import Any

import numpy as np

from torchkeras import _ranks
from torchkeras._data._random_states import random_states, set_random_states
from torchkeras._training._run_model import light_state, model_state, restore_light, restore_model
from torchkeras.callbacks import Callback
from torchkeras.extras._figures import new_figure, save
from torchkeras.saving._state_tree import copied

SMOOTHING = 0.9


class LearningRateFinder(Callback):
    """Trains some steps while the learning rate rises, and puts everything back as it was.

    The range test of Smith, "Cyclical Learning Rates for Training Neural Networks" (2017): the rate grows by the same
    factor from batch to batch, and the loss first falls, then rises. It ends early where the loss blows up.
    Afterwards weights, optimizer, metrics, ``model.history`` and all random generators are as before; only data
    that can't be read twice, as from a generator, are used up.

    Args:
        lowest, highest: the range of learning rates.
        steps: how many batches to train.
        divergence: the test ends where the smoothed loss is this many times the least one.

    Attributes:
        rates: the learning rate of each batch.
        losses: the loss of each batch.
        suggestion: a tenth of the rate at which the smoothed loss is least; None before a test.

    Raises:
        ValueError: the range is empty, or the optimizer follows a schedule.

    Example:
        >>> finder = LearningRateFinder(1e-5, 1.0, steps=50)
        >>> # finder.run(model, x, y, batch_size=32)
        >>> # model.optimizer.learning_rate = finder.suggestion
    """

    def __init__(self, lowest: float = 1e-7, highest: float = 10.0, steps: int = 100, divergence: float = 4.0) -> None:
        super().__init__()
        if not (0 < lowest < highest and steps >= 2 and divergence > 1):
            raise ValueError(
                "LearningRateFinder: expected 0 < lowest < highest, steps >= 2 and divergence > 1, "
                f"got lowest={lowest}, highest={highest}, steps={steps}, divergence={divergence}."
            )
        self.lowest = lowest
        self.highest = highest
        self.steps = steps
        self.divergence = divergence
        self.rates: list[float] = []
        self.losses: list[float] = []
        self._before: dict[str, Any] | None = None
        self._history: Any = None

    def run(self, model: Any, x: Any = None, y: Any = None, **arguments: Any) -> "LearningRateFinder":
        """Do the test on `model`, which is compiled; further arguments are those of ``fit``.

        Returns:
            the finder itself, with `rates`, `losses` and `suggestion`.
        """
        callbacks = [self, *arguments.pop("callbacks", ())]
        try:
            model.fit(x, y, epochs=self.steps, callbacks=callbacks, **{"verbose": 0, **arguments})
        finally:
            self._restore()
        return self

    @property
    def smoothed(self) -> list[float]:
        """The losses as a moving average, without its bias towards 0 in the beginning."""
        mean, out = 0.0, []
        for index, loss in enumerate(self.losses, 1):
            mean = SMOOTHING * mean + (1 - SMOOTHING) * loss
            out.append(mean / (1 - SMOOTHING**index))
        return out

    @property
    def suggestion(self) -> float | None:
        if not self.losses:
            return None
        return max(self.rates[int(np.argmin(self.smoothed))] / 10, self.lowest)

    def plot(self, path: str | os.PathLike[str] | None = None) -> Any:
        """Loss over learning rate as a matplotlib figure, also written to `path`."""
        figure = new_figure("LearningRateFinder", 6, 4)
        axes = figure.subplots()
        axes.plot(self.rates, self.losses, color="#3366aa", alpha=0.3, label="loss")
        axes.plot(self.rates, self.smoothed, color="#3366aa", label="smoothed")
        if self.suggestion is not None:
            axes.axvline(self.suggestion, color="#dd7733", linestyle="--", label=f"suggestion {self.suggestion:.1e}")
        axes.set(xscale="log", xlabel="learning rate", ylabel="loss")
        if self.losses:  # the last losses may be far above
            low, high = min(self.losses), max(self.smoothed)
            axes.set_ylim(low - 0.05 * (high - low), high + 0.05 * (high - low))
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
        if path is not None:
            save(figure, path)
        return figure

    # In training.

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        self._history = getattr(model, "history", None)  # `fit` replaces it after this

    def on_train_begin(self, logs: Any = None) -> None:
        optimizer = self.model.optimizer
        if not hasattr(optimizer.learning_rate, "assign"):
            raise ValueError(
                "LearningRateFinder: the optimizer's learning rate follows a schedule; compile the model with a number."
            )
        if not optimizer.built:
            optimizer.build(self.model.trainable_variables)
        self._before = copied({"model": model_state(self.model), "light": light_state(self.model)})
        self._before["random"] = random_states()
        self.rates, self.losses = [], []

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        self.model.reset_metrics()  # so that the logs hold the loss of this batch alone
        place = len(self.rates) / (self.steps - 1)
        self.rates.append(self.lowest * (self.highest / self.lowest) ** place)
        self.model.optimizer.learning_rate = self.rates[-1]

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.losses.append(float(_ranks.broadcast(logs["loss"] if _ranks.is_first() else None)))
        if not math.isfinite(self.losses[-1]):
            self.rates.pop()
            self.losses.pop()
            self.model.stop_training = True
            return
        smoothed = self.smoothed
        blown_up = smoothed[-1] > self.divergence * min(smoothed) > 0
        self.model.stop_training = blown_up or len(self.rates) >= self.steps

    def on_train_end(self, logs: Any = None) -> None:
        self._restore()

    def _restore(self) -> None:
        if self._before is None:
            return
        before, self._before = self._before, None
        restore_model(self.model, before["model"])
        restore_light(self.model, before["light"])
        set_random_states(before["random"])
        self.model.history = self._history

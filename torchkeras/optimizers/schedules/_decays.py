"""The catalogue of learning rate schedules: each says its formula for one step."""

import math
from typing import Annotated, Any

from torchkeras._errors import brief
from torchkeras._fields import Kind, fields
from torchkeras.optimizers.schedules._schedule import LearningRateSchedule


def _positive(value: Any) -> Any:
    if isinstance(value, (bool, str)) or not hasattr(value, "__float__") or not float(value) > 0:
        raise ValueError(f"expected a number > 0, got {brief(value)}.")
    return value


Steps = Annotated[int, Kind(_positive)]


@fields
class ExponentialDecay(LearningRateSchedule):
    """``initial_learning_rate * decay_rate ** (step / decay_steps)``.

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: in how many steps the rate falls by the factor `decay_rate`.
        decay_rate: the factor.
        staircase: whether ``step / decay_steps`` is cut to an integer.
    """

    initial_learning_rate: float
    decay_steps: Steps
    decay_rate: float
    staircase: bool = False
    name: str = "ExponentialDecay"

    def rate(self, step: float) -> float:
        progress = step / self.decay_steps
        return self.initial_learning_rate * self.decay_rate ** (math.floor(progress) if self.staircase else progress)


@fields
class InverseTimeDecay(LearningRateSchedule):
    """``initial_learning_rate / (1 + decay_rate * step / decay_steps)``.

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: the unit in which steps count.
        decay_rate: how fast the rate falls.
        staircase: whether ``step / decay_steps`` is cut to an integer.
    """

    initial_learning_rate: float
    decay_steps: Steps
    decay_rate: float
    staircase: bool = False
    name: str = "InverseTimeDecay"

    def rate(self, step: float) -> float:
        progress = step / self.decay_steps
        return self.initial_learning_rate / (
            1 + self.decay_rate * (math.floor(progress) if self.staircase else progress)
        )


@fields
class PolynomialDecay(LearningRateSchedule):
    """From `initial_learning_rate` to `end_learning_rate` as ``(1 - step / decay_steps) ** power``.

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: after how many steps the end is reached.
        end_learning_rate: the rate from then on.
        power: 1 for a straight line.
        cycle: whether to start again, each time with a multiple of `decay_steps`, instead of staying at the end.
    """

    initial_learning_rate: float
    decay_steps: Steps
    end_learning_rate: float = 0.0001
    power: float = 1.0
    cycle: bool = False
    name: str = "PolynomialDecay"

    def rate(self, step: float) -> float:
        length = self.decay_steps
        if self.cycle:
            length *= max(1, math.ceil(step / length))
        remaining = 1 - min(step, length) / length
        return (self.initial_learning_rate - self.end_learning_rate) * remaining**self.power + self.end_learning_rate


@fields
class PiecewiseConstantDecay(LearningRateSchedule):
    """``values[0]`` up to and including step ``boundaries[0]``, then ``values[1]``, and so on.

    Args:
        boundaries: increasing steps.
        values: the rates, one more than boundaries.
    """

    boundaries: list[Any]
    values: list[Any]
    name: str = "PiecewiseConstant"

    def __post_init__(self) -> None:
        if len(self.boundaries) + 1 != len(self.values):
            raise ValueError(
                "PiecewiseConstantDecay: the length of boundaries should be 1 less than the length of values, got "
                f"{len(self.boundaries)} boundaries {brief(self.boundaries)} and {len(self.values)} values "
                f"{brief(self.values)}."
            )

    def rate(self, step: float) -> float:
        passed = sum(step > boundary for boundary in self.boundaries)
        return float(self.values[passed])


@fields
class CosineDecay(LearningRateSchedule):
    """Half a cosine from `initial_learning_rate` to ``alpha`` times that, after an optional linear warm-up.

    Loshchilov and Hutter, SGDR (https://arxiv.org/abs/1608.03983).

    Args:
        initial_learning_rate: the rate of step 0.
        decay_steps: the length of the half wave.
        alpha: the last rate as a fraction of the first.
        warmup_target: the rate that the warm-up climbs to, where the wave starts; None for no warm-up.
        warmup_steps: the length of the warm-up.
    """

    initial_learning_rate: float
    decay_steps: Steps
    alpha: float = 0.0
    name: str = "CosineDecay"
    warmup_target: float | None = None
    warmup_steps: int = 0

    def rate(self, step: float) -> float:
        top = self.initial_learning_rate
        if self.warmup_target is not None:
            if step < self.warmup_steps:
                return top + (self.warmup_target - top) * step / self.warmup_steps
            top, step = self.warmup_target, step - self.warmup_steps
        return top * _half_wave(min(step / self.decay_steps, 1), self.alpha)


@fields
class CosineDecayRestarts(LearningRateSchedule):
    """Half cosines one after the other, each `t_mul` times as long and `m_mul` times as high as the one before.

    Loshchilov and Hutter, SGDR (https://arxiv.org/abs/1608.03983).

    Args:
        initial_learning_rate: the rate of step 0.
        first_decay_steps: the length of the first half wave.
        t_mul: the growth of the lengths.
        m_mul: the growth of the heights.
        alpha: the last rate of a wave as a fraction of `initial_learning_rate`.
    """

    initial_learning_rate: float
    first_decay_steps: Steps
    t_mul: float = 2.0
    m_mul: float = 1.0
    alpha: float = 0.0
    name: str = "SGDRDecay"

    def rate(self, step: float) -> float:
        wave, part = self._place(step / self.first_decay_steps)
        return self.initial_learning_rate * _half_wave(part, self.alpha, self.m_mul**wave)

    def _place(self, progress: float) -> tuple[int, float]:
        """Which wave, and how much of it is over."""
        if self.t_mul == 1.0:
            return math.floor(progress), progress - math.floor(progress)
        wave = math.floor(math.log(1 - progress * (1 - self.t_mul)) / math.log(self.t_mul))
        before = (1 - self.t_mul**wave) / (1 - self.t_mul)
        return wave, (progress - before) / self.t_mul**wave


def _half_wave(part: float, alpha: float, height: float = 1.0) -> float:
    return (1 - alpha) * 0.5 * height * (1 + math.cos(math.pi * part)) + alpha

"""The progress bar, in Keras 3's look."""

import re
from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any

import numpy as np
import torch

from torchkeras.callbacks._console import can_encode, can_redraw, print_message

Values = Iterable[tuple[str, Any]] | Mapping[str, Any]

# A log file is read later: a line every 10 seconds tells as much as one every 50 ms.
LOG_FILE_FACTOR = 200

_BOLD, _GREEN, _WHITE, _END = "\x1b[1m", "\x1b[32m", "\x1b[37m", "\x1b[0m"
_ESCAPE = re.compile(r"\x1b\[\d+m")


class Progbar:
    """A progress bar with the time left, the time per step and the values so far.

    Example output, ``verbose=1``: ``12/50 ━━━━━━━━━━━━━━━━━━━━ 3s 80ms/step - accuracy: 0.7 - loss: 0.6``.
    On a terminal and in a notebook it redraws one line; elsewhere it writes plain lines, seldom.

    Args:
        target: number of steps expected; ``None`` if unknown.
        width: cells of the bar.
        verbose: 0 silent, 1 a bar, 2 one line at the end.
        interval: the least time between two redraws, in seconds; between two lines of a log file 200 times as much.
        stateful_metrics: names of values to show as they come; all others are averaged over the steps.
        stateless_metrics: names of values to average; all others are shown as they come.
        unit_name: what a step is called, as in ``80ms/step``.

    Raises:
        ValueError: both lists of names are given.
    """

    def __init__(
        self,
        target: int | None,
        width: int = 20,
        verbose: int = 1,
        interval: float = 0.05,
        stateful_metrics: Iterable[str] | None = None,
        stateless_metrics: Iterable[str] | None = None,
        unit_name: str = "step",
    ) -> None:
        if stateful_metrics is not None and stateless_metrics is not None:
            raise ValueError("Progbar: Only one of `stateful_metrics` and `stateless_metrics` can be given, not both.")
        self.target = target
        self.width = width
        self.verbose = verbose
        self.unit_name = unit_name
        self.stateful_metrics = set(stateful_metrics or ())
        self.stateless_metrics = None if stateless_metrics is None else set(stateless_metrics)
        self._dynamic_display = can_redraw()
        self.interval = interval if self._dynamic_display else interval * LOG_FILE_FACTOR
        self._averages: dict[str, list[Any]] = {}  # name -> [weighted sum, weight]
        self._latest: Mapping[str, Any] = {}
        self._seen_so_far = 0
        self._start = perf_counter()
        self._first_step_end: float | None = None
        self._drawn_at = float("-inf")
        self._drawn_width = 0

    def update(self, current: int, values: Values | None = None, finalize: bool | None = None) -> None:
        """Show that `current` steps are done.

        Args:
            current: steps done so far.
            values: ``[(name, value), ...]``, averaged as the constructor says; or a mapping of running
                values, shown as they are and read only where the bar is really redrawn.
            finalize: end the line; by default when `current` reaches the target.
        """
        if finalize is None:
            finalize = self.target is not None and current >= self.target
        if isinstance(values, Mapping):
            self._latest = values
        else:
            self._accumulate(current, values or (), finalize)
        self._seen_so_far = current
        now = perf_counter()
        if current == 1 and self._first_step_end is None:
            self._first_step_end = now
        if self._is_due(now, finalize):
            self._draw(current, now, finalize)

    def add(self, n: int, values: Values | None = None) -> None:
        """Show that `n` more steps are done."""
        self.update(self._seen_so_far + n, values)

    def _is_due(self, now: float, finalize: bool) -> bool:
        if finalize:
            return bool(self.verbose)
        return self.verbose == 1 and now - self._drawn_at >= self.interval

    def _accumulate(self, current: int, values: Iterable[tuple[str, Any]], finalize: bool) -> None:
        for name, value in values:
            value = np.asarray(value) if isinstance(value, (list, tuple)) else value
            if finalize or self._is_stateful(name):
                self._averages[name] = [value, 1]
            else:
                weight = max(current - self._seen_so_far, 1)
                total = self._averages.setdefault(name, [0.0, 0])
                total[0] = total[0] + value * weight
                total[1] += weight

    def _is_stateful(self, name: str) -> bool:
        if self.stateless_metrics is not None:
            return name not in self.stateless_metrics
        return name in self.stateful_metrics

    def _draw(self, current: int, now: float, finalize: bool) -> None:
        if self.verbose == 1:
            bold = f"{_BOLD}{self._time_left(current, now)}{_END}"
            line = f"{self._count_and_bar(current)} {bold} {self._pace(current, now)}{self._shown_values()}"
        else:
            line = f"{self._count(current)} - {now - self._start:.0f}s"
            line += f" - {self._pace(current, now)}{self._shown_values()}"
        self._write(line, finalize)
        self._drawn_at = now

    def _write(self, line: str, finalize: bool) -> None:
        plain = _ESCAPE.sub("", line)
        if self.verbose == 1 and self._dynamic_display:
            padding = " " * (self._drawn_width - len(plain))  # wipes the rest of a longer line
            print_message("\b" * self._drawn_width + "\r" + line + padding, end="\n" if finalize else "")
            self._drawn_width = 0 if finalize else len(plain)
        else:
            print_message(plain)

    def _count(self, current: int) -> str:
        if not self.target:
            return f"{current:7d}/Unknown"
        return f"{current:{len(str(self.target))}d}/{self.target}"

    def _count_and_bar(self, current: int) -> str:
        if not self.target:
            return self._count(current)
        filled = int(self.width * min(current / self.target, 1.0))
        done, rest = self._cells()
        left = f"{_GREEN}{done * filled}{_END}" if filled else ""
        return f"{_BOLD}{self._count(current)}{_END} {left}{_WHITE}{rest * (self.width - filled)}{_END}"

    def _cells(self) -> tuple[str, str]:
        if not can_encode("━─"):
            return "=", "-"
        return "━", "━" if self._dynamic_display else "─"  # without colours the shape must tell

    def _time_left(self, current: int, now: float) -> str:
        if not self.target or current >= self.target:
            return f"{now - self._start:.0f}s"
        seconds = int(self._seconds_per_unit(current, now) * (self.target - current))
        if seconds > 3600:
            return f"{seconds // 3600}:{seconds % 3600 // 60:02d}:{seconds % 60:02d}"
        return f"{seconds // 60}:{seconds % 60:02d}" if seconds > 60 else f"{seconds}s"

    def _pace(self, current: int, now: float) -> str:
        seconds = self._seconds_per_unit(current, now)
        if seconds >= 1 or seconds == 0:
            return f"{seconds:.0f}s/{self.unit_name}"
        if seconds >= 1e-3:
            return f"{seconds * 1e3:.0f}ms/{self.unit_name}"
        return f"{seconds * 1e6:.0f}us/{self.unit_name}"

    def _seconds_per_unit(self, current: int, now: float) -> float:
        if not current:
            return 0.0
        if self._first_step_end is not None and current > 1:
            # The first step also builds, allocates and compiles: it says nothing about the others.
            return (now - self._first_step_end) / (current - 1)
        return (now - self._start) / current

    def _shown_values(self) -> str:
        shown = {name: total / max(1, weight) for name, (total, weight) in self._averages.items()}
        return "".join(f" - {name}: {_format(value)}" for name, value in {**shown, **self._latest}.items())


def _format(value: Any) -> str:
    number = _mean(value)
    return f"{number:.4f}" if abs(number) > 1e-3 else f"{number:.4e}"


def _mean(value: Any) -> float:
    if isinstance(value, torch.Tensor):
        return float(value.detach().double().mean())
    return float(value.mean() if hasattr(value, "mean") else value)

"""Code that built a graph once, run in every step: its variables are made once, its updates wait for its end."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

current: "Replay | None" = None


class Replay:
    """What such code made and asked for. Inside ``with replay.running():`` it makes what it made before, in its order.

    Attributes:
        made: the variables, in the order in which they were made.
        pending: the updates that the last run asked for.
    """

    def __init__(self) -> None:
        self.made: list[Any] = []
        self.pending: list[Callable[[], Any]] = []
        self._next = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Run the code once; its updates happen when it is over, so that all of it sees the values of before."""
        global current
        before, current = current, self
        self._next = 0
        self.pending = []
        try:
            yield
        finally:
            current = before
        for update in self.pending:
            update()

    def variable(self, make: Callable[[], Any]) -> Any:
        """The next variable of this run: the one that was made in its place, or a new one."""
        if self._next == len(self.made):
            self.made.append(make())
        self._next += 1
        return self.made[self._next - 1]

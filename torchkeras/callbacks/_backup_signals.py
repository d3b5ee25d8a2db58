"""SIGTERM and SIGINT during a run: the state is saved after the batch that runs, then the process ends."""

import builtins
import functools
import os
import signal
import threading
from typing import Any

from torchkeras import _ranks
from torchkeras.callbacks._console import print_message


class SignalWatch:
    """Makes the first SIGTERM or SIGINT a wish of `run` to save and leave; a second one does what it did before.

    Only Python's main thread can do that; in others, and for signals that the process ignores, nothing changes.
    """

    def __init__(self, run: Any, where: str) -> None:
        self.run = run
        self.where = where
        self._process = os.getpid()
        self._before: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGINT):
                before = signal.getsignal(number)
                if before is not None and before != signal.SIG_IGN:
                    self._before[number] = before
                    signal.signal(number, self._arrived)

    def close(self) -> None:
        """Put the former handlers back."""
        for number, before in self._before.items():
            if signal.getsignal(number) == self._arrived:
                signal.signal(number, before)
        self._before = {}

    def _arrived(self, number: int, frame: Any) -> None:
        if os.getpid() != self._process:
            self._in_child(number)
            return
        self.close()
        self.run.call(functools.partial(self._leave, number))
        if _ranks.is_first():  # not print: its buffer may be in use
            name = signal.Signals(number).name
            os.write(2, f"\n{name}: saving after this batch. Once more to quit at once.\n".encode())

    def _in_child(self, number: int) -> None:
        """A forked worker: it ends by SIGTERM, and lives through the Ctrl-C that is meant for its parent."""
        if number == signal.SIGTERM:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def _leave(self, number: int) -> None:
        if _ranks.is_first():
            print_message(f"\n{signal.Signals(number).name}: the run is saved in {self.where}.")
        if number == signal.SIGINT and hasattr(builtins, "__IPYTHON__"):
            raise KeyboardInterrupt  # a notebook goes on
        raise SystemExit(128 + number)

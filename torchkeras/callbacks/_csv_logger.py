"""The logs of every epoch in a table."""

import csv
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TextIO

import numpy as np

from torchkeras import _ranks
from torchkeras.callbacks._callback import Callback


class CSVLogger(Callback):
    """Writes one line of comma-separated values an epoch: ``epoch``, then the logs in alphabetical order.

    The columns are those of the first epoch, with a ``val_`` column for each, so that validation may come
    later; what an epoch lacks is ``NA``.

    Args:
        filename: path of the file.
        separator: what stands between two values.
        append: continue an existing file instead of overwriting it.
    """

    def __init__(self, filename: str | os.PathLike[str], separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename = os.fspath(filename)
        self.sep = separator
        self.append = append
        self.append_header = True
        self.keys: list[str] | None = None
        self.csv_file: TextIO | None = None
        self.writer: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        if not _ranks.is_first():
            return
        path = Path(self.filename)
        if self.append and path.exists():
            self.append_header = path.stat().st_size == 0
        run = getattr(self.model, "_run", None)
        goes_on = run is not None and run.found is not None  # a run that is resumed: `_set_state` says from where
        self.csv_file = path.open("a" if self.append or goes_on else "w", encoding="utf-8", newline="")
        self.keys = None
        self.writer = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if not _ranks.is_first():
            return
        logs = logs or {}
        if self.csv_file is None:
            raise RuntimeError(f"CSVLogger({self.filename!r}): no file is open; an epoch ended outside of a training.")
        if self.keys is None:
            self._begin_table(logs)
        row = {name: _as_text(logs.get(name, "NA")) for name in self.keys or ()}
        self.writer.writerow({"epoch": epoch, **row})
        self.csv_file.flush()

    def on_train_end(self, logs: Any = None) -> None:
        if self.csv_file is not None:
            self.csv_file.close()
        self.csv_file = None
        self.writer = None

    def _state(self) -> dict[str, Any]:
        """How far the file has got, and with what columns: what a checkpoint of the run keeps."""
        size = self.csv_file and os.fstat(self.csv_file.fileno()).st_size
        return {"keys": self.keys, "size": size}

    def _set_state(self, state: dict[str, Any]) -> None:
        """Go on where the run does: rows that were written later will be written again."""
        if self.csv_file is None or state["size"] is None:
            return
        self.csv_file.truncate(min(state["size"], os.fstat(self.csv_file.fileno()).st_size))
        self.keys = state["keys"]
        if self.keys is not None:
            self._make_writer()

    def _begin_table(self, logs: dict[str, Any]) -> None:
        self.keys = sorted(logs)
        if not any(name.startswith("val_") for name in self.keys):
            self.keys += [f"val_{name}" for name in self.keys]
        self._make_writer()
        if self.append_header:
            self.writer.writeheader()

    def _make_writer(self) -> None:
        columns = ["epoch", *(self.keys or ())]
        self.writer = csv.DictWriter(self.csv_file, columns, delimiter=self.sep)  # type: ignore[arg-type]


def _as_text(value: Any) -> Any:
    if isinstance(value, str) or (isinstance(value, np.ndarray) and value.ndim == 0) or not isinstance(value, Iterable):
        return value
    return f'"[{", ".join(map(str, value))}]"'

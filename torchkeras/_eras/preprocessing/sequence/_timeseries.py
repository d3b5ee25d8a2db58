"""Windows of a series, each with the value that follows it."""

import json
from typing import Any

import numpy as np

from torchkeras._data._pydataset import PyDataset


class TimeseriesGenerator(PyDataset):
    """Batches of windows of a series and their targets: ``(batch_size, length / sampling_rate, ...)``.

    The window before step `i` holds the steps ``i - length``, ``i - length + sampling_rate``, ..., below `i`; its
    target is ``targets[i]``.

    Args:
        data: the series, time first.
        targets: as many targets.
        length: of the windows, in steps.
        sampling_rate: steps between two values of a window.
        stride: steps between two windows.
        start_index, end_index: the first and the last step to use; by default all.
        shuffle: draw the windows of each batch at random.
        reverse: turn the time in each window around.
        batch_size: windows in a batch; the last one may have fewer.

    Raises:
        ValueError: `data` and `targets` differ in length, or are too short for one window.

    >>> inputs, targets = TimeseriesGenerator(np.arange(10), np.arange(10), length=3, batch_size=2)[0]
    >>> inputs.tolist(), targets.tolist()
    ([[0, 1, 2], [1, 2, 3]], [3, 4])
    """

    _goes_round = True

    def __init__(
        self,
        data: Any,
        targets: Any,
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
    ) -> None:
        super().__init__()
        if len(data) != len(targets):
            raise ValueError(
                "TimeseriesGenerator: `data` and `targets` should be of the same length, got "
                f"{len(data)} and {len(targets)}."
            )
        self.data = data
        self.targets = targets
        self.length = length
        self.sampling_rate = sampling_rate
        self.stride = stride
        self.start_index = start_index + length  # of targets: the first window lies before it
        self.end_index = len(data) - 1 if end_index is None else end_index
        self.shuffle = shuffle
        self.reverse = reverse
        self.batch_size = batch_size
        if self.start_index > self.end_index:
            raise ValueError(
                f"TimeseriesGenerator: `start_index + length` = {self.start_index} is beyond `end_index` = "
                f"{self.end_index}, so there is no whole window."
            )

    def __len__(self) -> int:
        span = self.batch_size * self.stride
        return (self.end_index - self.start_index + span) // span

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Batch number `index`."""
        rows = self._rows(index)
        samples = np.array([self.data[row - self.length : row : self.sampling_rate] for row in rows])
        targets = np.array([self.targets[row] for row in rows])
        return (samples[:, ::-1] if self.reverse else samples), targets

    def _rows(self, index: int) -> np.ndarray:
        if self.shuffle:
            return np.random.randint(self.start_index, self.end_index + 1, size=self.batch_size)
        span = self.batch_size * self.stride
        first = self.start_index + span * index
        return np.arange(first, min(first + span, self.end_index + 1), self.stride)

    def get_config(self) -> dict[str, Any]:
        """The arguments, with the data as JSON text."""
        names = ("length", "sampling_rate", "stride", "start_index", "end_index", "shuffle", "reverse", "batch_size")
        config = {"data": _as_json(self.data), "targets": _as_json(self.targets)}
        return config | {name: getattr(self, name) for name in names}

    def to_json(self, **kwargs: Any) -> str:
        """The generator as JSON text, which `timeseries_generator_from_json` reads.

        Args:
            **kwargs: handed to `json.dumps`.
        """
        return json.dumps({"class_name": type(self).__name__, "config": self.get_config()}, **kwargs)


def timeseries_generator_from_json(json_string: str) -> TimeseriesGenerator:
    """The generator that `TimeseriesGenerator.to_json` wrote; its data are lists then."""
    config = json.loads(json_string)["config"]
    config["data"], config["targets"] = json.loads(config["data"]), json.loads(config["targets"])
    config["start_index"] -= config["length"]
    return TimeseriesGenerator(**config)


def _as_json(data: Any) -> str:
    try:
        return json.dumps(data.tolist() if isinstance(data, np.ndarray) else data)
    except TypeError as error:
        raise TypeError(f"TimeseriesGenerator: data of type {type(data).__name__} have no JSON form.") from error

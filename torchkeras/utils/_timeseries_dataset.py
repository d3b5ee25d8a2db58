"""Windows of a series as a data set."""

from typing import Any

import numpy as np
import torch

from torchkeras._pipeline import Dataset, TensorSpec
from torchkeras._pipeline._elements import as_tensor
from torchkeras._pipeline._nodes import Indexed, Listed
from torchkeras.utils._directory import checked_format


def timeseries_dataset_from_array(
    data: Any,
    targets: Any,
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
    format: str = "tf",
) -> Dataset:
    """Windows of a series, with targets: ``(steps, ...) -> (b, sequence_length, ...)``.

    Args:
        data: the series: time is the first axis.
        targets: ``targets[i]`` belongs to the window that begins at step `i`; None for windows alone.
        sequence_length: steps a window.
        sequence_stride: steps from the begin of a window to that of the next.
        sampling_rate: steps from one step of a window to its next.
        batch_size: windows a batch; None for single windows.
        shuffle: another order each epoch.
        seed: for the order.
        start_index: the first step that is used.
        end_index: the first step that is not used any more.
        format: ``"tf"``, which here needs no TensorFlow. ``"grain"`` is refused.

    Returns:
        The data set. A batch is gathered at once.

    Raises:
        ValueError: an argument that makes no sense.
    """
    checked_format(format)
    _check_indices(len(data), start_index, end_index)
    for name, value in (("sampling_rate", sampling_rate), ("sequence_stride", sequence_stride)):
        _check_step(name, value, len(data))
    if sequence_length <= 0:
        raise ValueError(f"`sequence_length` must be higher than 0. Received: sequence_length={sequence_length}")
    used = slice(start_index or 0, len(data) if end_index is None else end_index)
    windows = _Windows(
        as_tensor(data)[used], None if targets is None else as_tensor(targets)[used], sequence_length, sampling_rate
    )
    starts = torch.arange(0, max(0, windows.count), sequence_stride)
    dataset = Dataset._of(Indexed(windows, Listed(starts)))
    if shuffle:
        dataset = dataset.shuffle(max(1, len(starts)), seed=seed)
    return dataset if batch_size is None else dataset.batch(batch_size)


class _Windows:
    """The windows of a series, by the steps at which they begin."""

    def __init__(self, series: Any, targets: Any, length: int, rate: int) -> None:
        self.series, self.targets = series, targets
        self.offsets = torch.arange(0, length * rate, rate)
        self.count = len(series) - (length - 1) * rate
        if targets is not None:
            self.count = min(self.count, len(targets))

    def gather(self, block: Any) -> Any:
        """The windows that begin at these steps, as a batch."""
        starts = block if isinstance(block, torch.Tensor) else torch.tensor(list(block), dtype=torch.int64)
        windows = self.series[starts[:, None] + self.offsets]
        return windows if self.targets is None else (windows, self.targets[starts])

    def spec(self) -> Any:
        """The spec of a window."""
        window = TensorSpec((None, *self.series.shape[1:]), self.series.dtype)
        return window if self.targets is None else (window, TensorSpec(self.targets.shape[1:], self.targets.dtype))


def _check_indices(length: int, start: int | None, end: int | None) -> None:
    for name, value in (("start_index", start), ("end_index", end)):
        if value is None:
            continue
        if not isinstance(value, (int, np.integer)) or value < 0:
            raise ValueError(f"`{name}` must be 0 or greater. Received: {name}={value}")
        if value >= length:
            raise ValueError(
                f"`{name}` must be lower than the length of the data. Received: {name}={value}, for data of length "
                f"{length}"
            )
    if start and end is not None and end <= start:
        raise ValueError(
            f"`end_index` must be higher than `start_index`. Received: start_index={start}, and end_index={end}"
        )


def _check_step(name: str, value: int, length: int) -> None:
    if value <= 0:
        raise ValueError(f"`{name}` must be higher than 0. Received: {name}={value}")
    if value >= length:
        raise ValueError(
            f"`{name}` must be lower than the length of the data. Received: {name}={value}, for data of length {length}"
        )

"""`keras.preprocessing.sequence` as Keras 1, Keras 2 and tf.keras had it."""

from torchkeras._eras.preprocessing.sequence._skipgrams import make_sampling_table as make_sampling_table
from torchkeras._eras.preprocessing.sequence._skipgrams import skipgrams as skipgrams
from torchkeras._eras.preprocessing.sequence._timeseries import TimeseriesGenerator as TimeseriesGenerator
from torchkeras._eras.preprocessing.sequence._timeseries import (
    timeseries_generator_from_json as timeseries_generator_from_json,
)

__all__ = [
    "TimeseriesGenerator",
    "_remove_long_seq",
    "make_sampling_table",
    "skipgrams",
    "timeseries_generator_from_json",
]


def _remove_long_seq(maxlen: int, seq: list[list[int]], label: list[int]) -> tuple[list[list[int]], list[int]]:
    """The sequences shorter than `maxlen`, with their labels; Keras' data sets called it so."""
    kept = [(steps, one) for steps, one in zip(seq, label) if len(steps) < maxlen]
    return [steps for steps, _ in kept], [one for _, one in kept]

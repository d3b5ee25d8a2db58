"""What will the brain do next? A recurrent network forecasts an electroencephalogram three samples ahead.

    python -m torchkeras examples/time_series.py

A plain Keras script. Windows are cut out of the recording batch by batch by a `PyDataset`; training stops by itself
when forecasts of the last part, which it never saw, get no better.
Data: matplotlib's `eeg.dat`, 800 samples of 4 channels.
"""

import sys
from pathlib import Path

import keras
import matplotlib
import numpy as np
from keras import layers

WINDOW, AHEAD = 32, 3


def recording() -> tuple[np.ndarray, np.ndarray]:
    """The first four fifths and the rest of the recording, ``(time, 4)``, in units of the first part's spread."""
    samples = np.fromfile(Path(matplotlib.get_data_path()) / "sample_data" / "eeg.dat", "<f8").reshape(800, 4)
    known = samples[:640]
    return tuple(((part - known.mean(0)) / known.std(0)).astype("float32") for part in (known, samples[640 - WINDOW :]))


class Windows(keras.utils.PyDataset):
    """Batches of windows ``(b, WINDOW, 4)`` and of what comes AHEAD samples after their end, ``(b, 4)``."""

    def __init__(self, samples: np.ndarray, batch_size: int = 32, **kwargs) -> None:
        super().__init__(**kwargs)
        self.samples, self.batch_size = samples, batch_size
        self.starts = np.arange(len(samples) - WINDOW - AHEAD + 1)

    def __len__(self) -> int:
        return -(-len(self.starts) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        starts = self.starts[index * self.batch_size : (index + 1) * self.batch_size]
        windows = self.samples[starts[:, None] + np.arange(WINDOW)]
        return windows, self.samples[starts + WINDOW + AHEAD - 1]

    def on_epoch_end(self) -> None:
        np.random.default_rng(0).shuffle(self.starts)


def main() -> int:
    keras.utils.set_random_seed(0)
    known, later = recording()
    model = keras.Sequential(
        [
            keras.Input((WINDOW, 4)),
            layers.Conv1D(16, 5, activation="relu", padding="causal"),
            layers.GRU(24),
            layers.Dropout(0.2),
            layers.Dense(4),
        ]
    )
    model.compile(keras.optimizers.Adam(0.003), loss="mae")
    stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    model.fit(Windows(known), validation_data=Windows(later), epochs=20, callbacks=[stop], verbose=2)

    windows, truth = (np.concatenate(parts) for parts in zip(*Windows(later)))
    forecast = np.abs(model.predict(windows, verbose=0) - truth).mean()
    same, average = np.abs(windows[:, -1] - truth).mean(), np.abs(truth).mean()
    print(f"Mean error of the forecast {forecast:.3f}; of 'as now' {same:.3f}; of 'the average' {average:.3f}")
    return 0 if forecast < 0.95 * min(same, average) else 1


if __name__ == "__main__":
    sys.exit(main())

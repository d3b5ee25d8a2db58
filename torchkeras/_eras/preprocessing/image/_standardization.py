"""Scaling images, and taking means, deviations and correlations out of them."""

from collections.abc import Callable
from typing import Any

import numpy as np

from torchkeras._eras.preprocessing._rows import IMAGES, takes
from torchkeras._errors import warn

_TINY = 1e-6  # added to deviations


class Standardization:
    """The part of `ImageDataGenerator` that treats all images alike."""

    featurewise_center: bool
    samplewise_center: bool
    featurewise_std_normalization: bool
    samplewise_std_normalization: bool
    zca_whitening: bool
    zca_epsilon: float
    rescale: float | None
    preprocessing_function: Callable[[np.ndarray], np.ndarray] | None
    data_format: str
    dtype: Any
    row_axis: int
    col_axis: int
    channel_axis: int
    mean: Any
    std: Any
    zca_whitening_matrix: Any
    random_transform: Callable[[np.ndarray], np.ndarray]

    def standardize(self, x: np.ndarray) -> np.ndarray:
        """Apply `preprocessing_function`, `rescale` and the normalisations to an image or a batch.

        Float arrays are changed in place, as in Keras.

        Args:
            x: an image ``(h, w, c)`` or a batch ``(n, h, w, c)``; a batch counts as one sample.
        """
        if self.preprocessing_function:
            x = self.preprocessing_function(x)
        if self.rescale:
            x *= self.rescale
        if self.samplewise_center:
            x -= np.mean(x, keepdims=True)
        if self.samplewise_std_normalization:
            x /= np.std(x, keepdims=True) + _TINY
        if self.featurewise_center and self._fitted("featurewise_center", self.mean):
            x -= self.mean
        if self.featurewise_std_normalization and self._fitted("featurewise_std_normalization", self.std):
            x /= self.std + _TINY
        if self.zca_whitening and self._fitted("zca_whitening", self.zca_whitening_matrix):
            x = _whitened(x, self.zca_whitening_matrix)
        return x

    def _fitted(self, name: str, statistic: Any) -> bool:
        if statistic is None:
            warn(
                f"This ImageDataGenerator specifies `{name}`, but it hasn't been fit on any training data. "
                "Fit it first by calling `.fit(numpy_data)`.",
            )
        return statistic is not None

    @takes(IMAGES)
    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:
        """Measure what `featurewise_center`, `featurewise_std_normalization` and `zca_whitening` need.

        Args:
            x: training images ``(n, h, w, c)``.
            augment: measure randomly changed images.
            rounds: with `augment`, how many times each image is changed.
            seed: for NumPy's global generator.

        Raises:
            ValueError: `x` has not four axes.
        """
        x = np.array(x, dtype=self.dtype)
        self._check_images(x)
        if seed is not None:
            np.random.seed(seed)
        if self.rescale:
            x *= self.rescale
        if augment:
            x = np.stack([self.random_transform(image) for _ in range(rounds) for image in x]).astype(self.dtype)
        if self.featurewise_center:
            self.mean = self._per_channel(np.mean, x)
            x -= self.mean
        if self.featurewise_std_normalization:
            self.std = self._per_channel(np.std, x)
            x /= self.std + _TINY
        if self.zca_whitening:
            self.zca_whitening_matrix = _whitening(x, self.zca_epsilon)

    def _per_channel(self, measure: Callable[..., np.ndarray], x: np.ndarray) -> np.ndarray:
        """A statistic of each channel, shaped to meet one image."""
        return measure(x, axis=(0, self.row_axis, self.col_axis), keepdims=True)[0]

    @property
    def principal_components(self) -> Any:
        """The name of `zca_whitening_matrix` before Keras 2.4."""
        return self.zca_whitening_matrix

    def _check_images(self, x: np.ndarray) -> None:
        if x.ndim != 4:
            raise ValueError(f"Input to `.fit()` should have rank 4. Got array with shape: {x.shape}")
        check_channels("ImageDataGenerator.fit", x, self.data_format, self.channel_axis)


def check_channels(name: str, x: np.ndarray, data_format: str, channel_axis: int) -> None:
    """Warn where the channels are not 1, 3 or 4: the array may have its axes in another order."""
    if x.shape[channel_axis] not in (1, 3, 4):
        warn(
            f'{name}: expected 1, 3 or 4 channels on axis {channel_axis} (data format "{data_format}"), got an array '
            f"of shape {x.shape} ({x.shape[channel_axis]} channels).",
        )


def _whitening(x: np.ndarray, epsilon: float) -> np.ndarray:
    """The ZCA matrix of images ``(n, ...)``: with it their features have variance one and no correlation."""
    flat = x.reshape(len(x), -1)
    directions, lengths, _ = np.linalg.svd(flat.T, full_matrices=False)
    return directions * (np.sqrt(len(x)) / (lengths + epsilon)) @ directions.T


def _whitened(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return (x.reshape(-1, len(matrix)) @ matrix).reshape(x.shape)

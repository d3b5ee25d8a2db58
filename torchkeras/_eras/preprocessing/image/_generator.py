"""Images, changed at random while a model trains."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from torchkeras import _settings
from torchkeras._eras.preprocessing._rows import IMAGES, ORDERING, takes
from torchkeras._eras.preprocessing.image._arrays import NumpyArrayIterator
from torchkeras._eras.preprocessing.image._augmentation import Augmentation
from torchkeras._eras.preprocessing.image._dataframe import DataFrameIterator
from torchkeras._eras.preprocessing.image._directory import DirectoryIterator
from torchkeras._eras.preprocessing.image._old_arguments import without_old
from torchkeras._eras.preprocessing.image._standardization import Standardization
from torchkeras._errors import warn

# channel, row and column axes of a batch
_AXES = {"channels_last": (3, 1, 2), "channels_first": (1, 2, 3)}


class ImageDataGenerator(Augmentation, Standardization):
    """Batches of images, changed at random and normalised on the fly.

    Args:
        featurewise_center: take the training images' mean out of each channel; needs `fit`.
        samplewise_center: take each image's own mean out.
        featurewise_std_normalization: divide each channel by the training images' deviation; needs `fit`.
        samplewise_std_normalization: divide each image by its own deviation.
        zca_whitening: take correlations between pixels out; needs `fit`.
        zca_epsilon: added to the singular values in whitening.
        rotation_range: largest rotation, in degrees.
        width_shift_range, height_shift_range: largest shift: a float below 1 is a fraction of the size, other floats
            are pixels; of an integer the pixels are drawn below it, of a list from its values.
        brightness_range: smallest and largest factor of the brightness.
        shear_range: largest angle of shearing, in degrees.
        zoom_range: smallest and largest factor; a float `z` stands for ``(1 - z, 1 + z)``.
        channel_shift_range: largest number to add to all values.
        fill_mode, cval: what is seen outside of the image; see `apply_affine_transform`.
        horizontal_flip, vertical_flip: mirror every other image.
        rescale: number to multiply values by, after `preprocessing_function`.
        preprocessing_function: takes and returns one image; runs after the random changes.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default that of the settings.
        validation_split: fraction of the images kept for ``subset="validation"``.
        interpolation_order: of the splines that interpolate, 0 to 5.
        dtype: of the images; by default `floatx()`.

    Raises:
        ValueError: a value is out of its range.

    Example:
        >>> generator = ImageDataGenerator(rescale=1 / 255)
        >>> images, labels = next(generator.flow(np.full((4, 8, 8, 3), 255.0), [0, 1, 0, 1], batch_size=2))
        >>> images.shape, float(images.max())
        ((2, 8, 8, 3), 1.0)
    """

    @takes(ORDERING)
    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: Any = 0.0,
        height_shift_range: Any = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: Any = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[np.ndarray], np.ndarray] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,
    ) -> None:
        given = {name: value for name, value in locals().items() if name not in ("self", "validation_split")}
        vars(self).update(given)
        self.data_format = _settings.image_data_format if data_format is None else data_format
        if self.data_format not in _AXES:
            raise ValueError(f"`data_format`: expected 'channels_last' or 'channels_first', got {data_format!r}.")
        self.channel_axis, self.row_axis, self.col_axis = _AXES[self.data_format]
        self.dtype = dtype or _settings.floatx
        self.zoom_range = _as_range(zoom_range)
        if validation_split and not 0 < validation_split < 1:
            raise ValueError(f"`validation_split` must be strictly between 0 and 1. Received: {validation_split}")
        self._validation_split = validation_split
        self.mean = self.std = self.zca_whitening_matrix = None
        self._settle()

    def _settle(self) -> None:
        """Deviations and whitening come with means; whitening leaves no deviations to divide by."""
        if self.zca_whitening:
            self._override("zca_whitening", featurewise_center=True)
            self._override("zca_whitening", featurewise_std_normalization=False)
        if self.featurewise_std_normalization:
            self._override("featurewise_std_normalization", featurewise_center=True)
        if self.samplewise_std_normalization:
            self._override("samplewise_std_normalization", samplewise_center=True)

    def _override(self, winner: str, **settings: bool) -> None:
        for name, value in settings.items():
            if getattr(self, name) != value:
                setattr(self, name, value)
                warn(f"This ImageDataGenerator specifies `{winner}`, which overrides setting of `{name}`.")

    @takes(IMAGES)
    def flow(
        self,
        x: Any,
        y: Any = None,
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        ignore_class_split: bool = False,
        subset: str | None = None,
    ) -> NumpyArrayIterator:
        """Batches of images from an array; for the arguments see `NumpyArrayIterator`."""
        given = {name: value for name, value in locals().items() if name != "self"}
        return NumpyArrayIterator(image_data_generator=self, data_format=self.data_format, dtype=self.dtype, **given)

    def flow_from_directory(
        self,
        directory: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
    ) -> DirectoryIterator:
        """Batches of images from a folder with a folder for each class; for the arguments see `DirectoryIterator`."""
        given = {name: value for name, value in locals().items() if name != "self"}
        return DirectoryIterator(image_data_generator=self, data_format=self.data_format, dtype=self.dtype, **given)

    def flow_from_dataframe(
        self,
        dataframe: Any,
        directory: Any = None,
        x_col: str = "filename",
        y_col: Any = "class",
        weight_col: str | None = None,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Iterable[Any] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        validate_filenames: bool = True,
        **kwargs: Any,
    ) -> DataFrameIterator:
        """Batches of images that a data frame lists; for the arguments see `DataFrameIterator`.

        Of Keras 2.2, ``class_mode="other"`` (today ``"raw"``), ``has_ext=False`` (paths without their suffix),
        ``drop_duplicates`` and ``sort`` are understood, too.
        """
        given = {name: value for name, value in locals().items() if name not in ("self", "kwargs")}
        return DataFrameIterator(
            image_data_generator=self, data_format=self.data_format, dtype=self.dtype, **without_old(given, kwargs)
        )


def _as_range(zoom_range: Any) -> Sequence[float]:
    if isinstance(zoom_range, (int, float)):
        return [1 - zoom_range, 1 + zoom_range]
    if np.shape(zoom_range) != (2,):
        raise ValueError(f"`zoom_range` should be a float or a tuple or list of two floats. Received: {zoom_range}")
    return [zoom_range[0], zoom_range[1]]

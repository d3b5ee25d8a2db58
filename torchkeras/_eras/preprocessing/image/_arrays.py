"""Images in arrays, changed at random, batch by batch."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras import _settings
from torchkeras._eras.preprocessing._rows import IMAGES, ORDERING, takes
from torchkeras._eras.preprocessing.image._iterator import Iterator
from torchkeras._eras.preprocessing.image._standardization import check_channels
from torchkeras.utils._image import array_to_img


class NumpyArrayIterator(Iterator):
    """Batches of images from an array; `ImageDataGenerator.flow` makes it.

    A batch is the images, or ``(images, y)``, or ``(images, y, sample_weight)``, where images is a list
    ``[images, *others]`` if `x` has others.

    Args:
        x: images, four axes; or ``(images, others)``, arrays with as many rows, which go along unchanged.
        y: targets, as many rows.
        image_data_generator: what changes the images.
        batch_size, shuffle, seed: as in `Iterator`.
        sample_weight: as many weights.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default that of the settings.
        save_to_dir: a folder to write the changed images to.
        save_prefix, save_format: of the files that are written.
        subset: ``"training"`` or ``"validation"``, if the generator has a `validation_split`.
        ignore_class_split: allow a split where the two parts of `y` do not hold the same number of classes.
        dtype: of the images; by default `floatx()`.

    Raises:
        ValueError: lengths differ, `x` has not four axes, or the split leaves classes out.
    """

    @takes(ORDERING, IMAGES)
    def __init__(
        self,
        x: Any,
        y: Any,
        image_data_generator: Any,
        batch_size: int = 32,
        shuffle: bool = False,
        sample_weight: Any = None,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        ignore_class_split: bool = False,
        dtype: Any = None,
    ) -> None:
        self.dtype = dtype or _settings.floatx
        self.image_data_generator = image_data_generator
        self.data_format = data_format or _settings.image_data_format
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        x, others = x if isinstance(x, (tuple, list)) and len(x) == 2 else (x, [])
        others = [np.asarray(each) for each in (others if isinstance(others, (tuple, list)) else [others])]
        self._take(np.asarray(x), others, y, sample_weight)
        if subset is not None:
            self._split(subset, ignore_class_split)
        super().__init__(len(self.x), batch_size, shuffle, seed)

    def _take(self, x: np.ndarray, others: list[np.ndarray], y: Any, weight: Any) -> None:
        self.y = None if y is None else np.asarray(y)
        self.sample_weight = None if weight is None else np.asarray(weight)
        for name, part in [*(("x", other) for other in others), ("y", self.y), ("sample_weight", self.sample_weight)]:
            if part is not None and len(part) != len(x):
                raise ValueError(f"`x` and `{name}` should have the same length, got {len(x)} and {len(part)}.")
        self.x, self.x_misc = np.asarray(x, dtype=self.dtype), others
        if self.x.ndim != 4:
            raise ValueError(f"{type(self).__name__}: expected images with four axes, got an array of shape {x.shape}.")
        check_channels(type(self).__name__, self.x, self.data_format, 3 if self.data_format == "channels_last" else 1)

    def _split(self, subset: str, ignore_class_split: bool) -> None:
        if subset not in ("training", "validation"):
            raise ValueError(f'Invalid subset name: {subset!r}; expected "training" or "validation".')
        border = int(len(self.x) * self.image_data_generator._validation_split)
        if self.y is not None and not ignore_class_split:
            _check_classes(self.y, border)
        part = slice(None, border) if subset == "validation" else slice(border, None)
        self.x, self.x_misc = self.x[part], [other[part] for other in self.x_misc]
        self.y = None if self.y is None else self.y[part]
        self.sample_weight = None if self.sample_weight is None else self.sample_weight[part]

    def _get_batches_of_transformed_samples(self, index_array: Sequence[int] | np.ndarray) -> Any:
        images = np.zeros((len(index_array), *self.x.shape[1:]), dtype=self.dtype)
        for place, index in enumerate(index_array):
            images[place] = changed(self.image_data_generator, self.x[index].astype(self.dtype))
        if self.save_to_dir:
            save_batch(self, images, index_array, 10_000)
        rows = np.asarray(index_array)
        x = [images, *(other[rows] for other in self.x_misc)] if self.x_misc else images
        if self.y is None:
            return x
        batch = x, self.y[rows]
        return batch if self.sample_weight is None else (*batch, self.sample_weight[rows])


def changed(generator: Any, image: np.ndarray) -> np.ndarray:
    """One image as the generator gives it."""
    return generator.standardize(generator.random_transform(image))


def save_batch(iterator: Any, images: np.ndarray, indices: Sequence[int] | np.ndarray, numbers: int) -> None:
    """Write the images, each named by its index and a random number below `numbers`."""
    for image, index in zip(images, indices):
        name = f"{iterator.save_prefix}_{index}_{np.random.randint(numbers)}.{iterator.save_format}"
        picture = array_to_img(image, iterator.data_format, scale=True)
        picture.save(os.path.join(iterator.save_to_dir, name))


def _check_classes(y: np.ndarray, border: int) -> None:
    if not np.array_equal(np.unique(y[:border]), np.unique(y[border:])):
        raise ValueError(
            "The training and validation subsets do not hold the same classes. If the arrays are sorted by label, "
            "shuffle them first, or give `ignore_class_split=True`."
        )

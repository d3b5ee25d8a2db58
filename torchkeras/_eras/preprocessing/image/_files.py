"""Images in files: finding them, reading a batch of them."""

import os
from collections.abc import Iterable, Sequence
from collections.abc import Iterator as Endless
from typing import Any

import numpy as np

from torchkeras import _settings
from torchkeras._eras.preprocessing.image._arrays import changed, save_batch
from torchkeras._eras.preprocessing.image._iterator import Iterator
from torchkeras.utils._image import img_to_array, load_img

_CHANNELS = {"rgb": 3, "rgba": 4, "grayscale": 1}
_SUFFIXES = tuple(f".{name}" for name in Iterator.white_list_formats)


def is_image(path: str) -> bool:
    """Whether the name ends as an image's does."""
    return path.lower().endswith(_SUFFIXES)


def images_below(folder: str, follow_links: bool = False) -> Endless[str]:
    """The paths of all images in `folder` and the folders in it, each folder's in alphabetical order."""
    for where, _, names in sorted(os.walk(folder, followlinks=follow_links)):
        yield from (os.path.join(where, name) for name in sorted(names) if is_image(name))


def list_pictures(directory: Any, ext: Any = ("jpg", "jpeg", "bmp", "png", "ppm", "tif", "tiff")) -> list[str]:
    """The paths of the images in a folder and the folders in it.

    Args:
        directory: the folder.
        ext: the suffixes of images, or several separated by ``|``, as Keras 1 had it.
    """
    names = ext.split("|") if isinstance(ext, str) else ext
    suffixes = tuple(f".{name}" for name in names)
    found = (os.path.join(where, name) for where, _, names in sorted(os.walk(directory)) for name in sorted(names))
    return [path for path in found if path.lower().endswith(suffixes)]


class FilesIterator(Iterator):
    """What the iterators over image files share. A subclass names the files and their targets.

    Attributes:
        image_shape: shape of one image.
        samples: number of images, also `n`.
        class_indices: the number of each class.
        filenames: the paths, relative to `directory`.
        filepaths: the paths.
    """

    image_data_generator: Any
    class_mode: str | None
    class_indices: dict[Any, int]
    classes: Any
    filenames: list[str]
    directory: Any
    dtype: Any
    _filepaths: list[str]

    def set_processing_attrs(
        self,
        image_data_generator: Any,
        target_size: tuple[int, int],
        color_mode: str,
        data_format: str | None,
        save_to_dir: Any,
        save_prefix: str,
        save_format: str,
        subset: str | None,
        interpolation: str,
        keep_aspect_ratio: bool = False,
    ) -> None:
        """Keep how files are read.

        Raises:
            ValueError: an unknown `color_mode` or `subset`.
        """
        if color_mode not in _CHANNELS:
            raise ValueError(f'Invalid color mode: {color_mode!r}; expected "rgb", "rgba", or "grayscale".')
        self.image_data_generator = image_data_generator
        height, width = target_size
        self.target_size = height, width
        self.color_mode = color_mode
        self.data_format = data_format or _settings.image_data_format
        channels = _CHANNELS[color_mode]
        first = self.data_format == "channels_first"
        self.image_shape = (channels, height, width) if first else (height, width, channels)
        self.save_to_dir, self.save_prefix, self.save_format = save_to_dir, save_prefix, save_format
        self.subset = subset
        self.split = _split(subset, image_data_generator)
        self.interpolation = interpolation
        self.keep_aspect_ratio = keep_aspect_ratio

    def _part(self, items: Sequence[Any]) -> Sequence[Any]:
        """Those of `items` that are in this subset."""
        if self.split is None:
            return items
        start, stop = (int(share * len(items)) for share in self.split)
        return items[start:stop]

    @property
    def filepaths(self) -> list[str]:
        return self._filepaths

    @property
    def labels(self) -> Any:
        """The class numbers, or the targets, of all images."""
        return self.classes

    @property
    def sample_weight(self) -> Any:
        """The weights of all images, or None."""
        return None

    def _get_batches_of_transformed_samples(self, index_array: Sequence[int] | np.ndarray) -> Any:
        images = np.zeros((len(index_array), *self.image_shape), dtype=self.dtype)
        for place, index in enumerate(index_array):
            image = self._read(self.filepaths[index])
            images[place] = image if self.image_data_generator is None else changed(self.image_data_generator, image)
        if self.save_to_dir:
            save_batch(self, images, index_array, 10_000_000)
        if self.class_mode is None:
            return images
        targets = self._targets(images, index_array)
        if self.sample_weight is None:
            return images, targets
        return images, targets, np.asarray(self.sample_weight)[index_array]

    def _read(self, path: str) -> np.ndarray:
        image = load_img(
            path,
            color_mode=self.color_mode,
            target_size=self.target_size,
            interpolation=self.interpolation,
            keep_aspect_ratio=self.keep_aspect_ratio,
        )
        return img_to_array(image, data_format=self.data_format)

    def _targets(self, images: np.ndarray, index_array: Sequence[int] | np.ndarray) -> Any:
        if self.class_mode == "input":
            return images.copy()
        if self.class_mode in ("binary", "sparse"):
            return np.array([self.classes[index] for index in index_array], dtype=self.dtype)
        if self.class_mode == "categorical":
            return self._many_hot([self.classes[index] for index in index_array])
        if self.class_mode == "multi_output":
            return [column[index_array] for column in self.labels]
        return self.labels[index_array]

    def _many_hot(self, labels: Iterable[Any]) -> np.ndarray:
        """Rows with a one at each class; a row may have several."""
        rows = [np.atleast_1d(label) for label in labels]
        out = np.zeros((len(rows), len(self.class_indices)), dtype=self.dtype)
        for place, row in enumerate(rows):
            out[place, row] = 1
        return out


def _split(subset: str | None, generator: Any) -> tuple[float, float] | None:
    """Where the subset begins and ends, as fractions."""
    if subset is None:
        return None
    share = getattr(generator, "_validation_split", 0.0)
    parts = {"validation": (0, share), "training": (share, 1)}
    if subset not in parts:
        raise ValueError(f'Invalid subset name: {subset!r}; expected "training" or "validation".')
    return parts[subset]


def check_class_mode(class_mode: str | None, allowed: Sequence[str | None]) -> None:
    """Refuse what the iterator cannot give."""
    if class_mode not in allowed:
        raise ValueError(f"Invalid class_mode: {class_mode!r}; expected one of {', '.join(map(repr, allowed))}.")

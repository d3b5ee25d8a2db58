"""Images in folders named after their classes."""

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from torchkeras import _settings
from torchkeras._eras.preprocessing._rows import ORDERING, takes
from torchkeras._eras.preprocessing.image._files import FilesIterator, check_class_mode, images_below


class DirectoryIterator(FilesIterator):
    """Batches of images from a folder with a folder for each class; `ImageDataGenerator.flow_from_directory` makes it.

    Args:
        directory: the folder.
        image_data_generator: what changes the images; None leaves them.
        target_size: ``(height, width)`` to resize to, in pixels.
        color_mode: ``"rgb"``, ``"rgba"`` or ``"grayscale"``.
        classes: names of the classes' folders, in the order of their numbers; by default all, in alphabetical order.
        class_mode: the targets: ``"categorical"`` one-hot rows, ``"binary"`` and ``"sparse"`` class numbers,
            ``"input"`` the images themselves, None no targets.
        batch_size, shuffle, seed: as in `Iterator`.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default that of the settings.
        save_to_dir: a folder to write the changed images to.
        save_prefix, save_format: of the files that are written.
        follow_links: look into folders that are symbolic links, too.
        subset: ``"training"`` or ``"validation"``, if the generator has a `validation_split`: the validation subset is
            the first fraction of each class.
        interpolation: how to resize; see `load_img`.
        keep_aspect_ratio: cut the middle out to the target's proportions before resizing.
        dtype: of the images and targets; by default `floatx()`.

    Raises:
        ValueError: an unknown `class_mode`, `color_mode` or `subset`.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "input", None)

    @takes(ORDERING)
    def __init__(
        self,
        directory: Any,
        image_data_generator: Any,
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        data_format: str | None = None,
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        follow_links: bool = False,
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
    ) -> None:
        saving = save_to_dir, save_prefix, save_format
        self.set_processing_attrs(
            image_data_generator,
            target_size,
            color_mode,
            data_format,
            *saving,
            subset,
            interpolation,
            keep_aspect_ratio,
        )
        check_class_mode(class_mode, self.allowed_class_modes)
        self.directory = directory
        self.class_mode = class_mode
        self.dtype = dtype or _settings.floatx
        names = list(classes) if classes else _folders(directory)
        self.num_classes = len(names)
        self.class_indices = {name: number for number, name in enumerate(names)}
        self._list_files(follow_links)
        self.samples = len(self._filepaths)
        print(f"Found {self.samples} images belonging to {self.num_classes} classes.")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _list_files(self, follow_links: bool) -> None:
        numbers, self._filepaths = [], []
        for name, number in self.class_indices.items():
            paths = self._part(list(images_below(os.path.join(self.directory, name), follow_links)))
            self._filepaths.extend(paths)
            numbers.extend([number] * len(paths))
        self.filenames = [os.path.relpath(path, self.directory) for path in self._filepaths]
        self.classes = np.array(numbers, dtype="int32")


def _folders(directory: Any) -> list[str]:
    return sorted(entry.name for entry in os.scandir(directory) if entry.is_dir())

"""Images that a data frame lists, with their targets."""

import os
from collections.abc import Iterable
from typing import Any

import numpy as np

from torchkeras import _settings
from torchkeras._eras.preprocessing.image._files import FilesIterator, check_class_mode, is_image
from torchkeras._errors import warn

_WITH_CLASSES = ("categorical", "binary", "sparse")
_SEVERAL = (list, tuple)


class DataFrameIterator(FilesIterator):
    """Batches of images listed in a data frame; `ImageDataGenerator.flow_from_dataframe` makes it.

    Args:
        dataframe: a pandas data frame.
        directory: where the files are; None if the frame holds whole paths.
        image_data_generator: what changes the images; None leaves them.
        x_col: the column of paths.
        y_col: the column of classes (strings, numbers, or lists of them), or of targets; for ``"raw"`` and
            ``"multi_output"`` a list of columns, too.
        weight_col: the column of sample weights.
        target_size, color_mode, data_format, interpolation, keep_aspect_ratio: as in `DirectoryIterator`.
        classes: the classes in the order of their numbers; rows of others are left out. By default all, in order.
        class_mode: the targets: ``"categorical"`` one-hot rows, ``"binary"`` and ``"sparse"`` class numbers, ``"raw"``
            the columns as one array, ``"multi_output"`` a list of arrays, ``"input"`` the images, None no targets.
        batch_size, shuffle, seed, save_to_dir, save_prefix, save_format: as in `DirectoryIterator`.
        subset: ``"training"`` or ``"validation"``; the validation subset is the first fraction of the rows.
        dtype: of the images and targets.
        validate_filenames: leave out rows whose file is no image or does not exist.

    Raises:
        ValueError: an unknown `class_mode`, `color_mode` or `subset`; ``"binary"`` with other than two classes.
        TypeError: paths that are no strings, several columns where one is needed, weights that are no numbers.
    """

    allowed_class_modes = ("categorical", "binary", "sparse", "raw", "multi_output", "input", None)

    def __init__(
        self,
        dataframe: Any,
        directory: Any = None,
        image_data_generator: Any = None,
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
        data_format: str | None = "channels_last",
        save_to_dir: Any = None,
        save_prefix: str = "",
        save_format: str = "png",
        subset: str | None = None,
        interpolation: str = "nearest",
        keep_aspect_ratio: bool = False,
        dtype: Any = None,
        validate_filenames: bool = True,
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
        self.class_mode = class_mode
        self.directory = directory or ""
        self.dtype = dtype or _settings.floatx
        self._read_frame(dataframe.copy(), x_col, y_col, weight_col, classes, validate_filenames)
        self._report("validated" if validate_filenames else "non-validated")
        super().__init__(self.samples, batch_size, shuffle, seed)

    def _read_frame(
        self, frame: Any, x_col: str, y_col: Any, weight_col: str | None, classes: Any, validate_filenames: bool
    ) -> None:
        """Keep the files, targets and weights of the rows that count."""
        self._check(frame, x_col, y_col, weight_col)
        if self.class_mode in _WITH_CLASSES:
            frame = self._number_classes(frame, y_col, classes)
        if validate_filenames:
            frame = self._with_files(frame, x_col)
        self._take(self._part(frame), x_col, y_col, weight_col)

    def _check(self, frame: Any, x_col: str, y_col: Any, weight_col: str | None) -> None:
        if not all(isinstance(path, (str, os.PathLike)) for path in frame[x_col]):
            raise TypeError(f"All values in column x_col={x_col} must be strings.")
        if weight_col is not None and not np.issubdtype(np.asarray(frame[weight_col]).dtype, np.number):
            raise TypeError(f"Column weight_col={weight_col} must be numeric.")
        if self.class_mode in _WITH_CLASSES and not isinstance(y_col, str) and np.ndim(y_col) > 0:
            raise TypeError(f'class_mode="{self.class_mode}" takes one column of classes, got y_col={y_col!r}.')

    def _number_classes(self, frame: Any, y_col: Any, classes: Iterable[Any] | None) -> Any:
        """The rows of known classes; their numbers are kept in `class_indices`."""
        if self.class_mode != "categorical" and any(isinstance(label, _SEVERAL) for label in frame[y_col]):
            raise TypeError(f'class_mode="{self.class_mode}" takes one class a row, y_col={y_col!r} holds lists.')
        if classes is None:
            known = sorted({one for label in frame[y_col] for one in _as_list(label)})
        else:
            known = list(dict.fromkeys(sorted(classes) if isinstance(classes, (set, frozenset)) else classes))
            allowed = set(known)
            left = [[one for one in _as_list(label) if one in allowed] for label in frame[y_col]]
            frame = frame[[bool(kept) for kept in left]]
        if self.class_mode == "binary" and len(known) != 2:
            raise ValueError(f'If class_mode="binary" there must be 2 classes. {len(known)} classes were found.')
        self.class_indices = {name: number for number, name in enumerate(known)}
        return frame

    def _with_files(self, frame: Any, x_col: str) -> Any:
        paths = [os.path.join(self.directory, path) for path in frame[x_col]]
        good = np.array([is_image(str(path)) and os.path.isfile(path) for path in paths], dtype=bool)
        missing = int((~good).sum())
        if missing:
            warn(f'Found {missing} invalid image filename(s) in x_col="{x_col}". These filename(s) will be ignored.')
        return frame[good]

    def _take(self, frame: Any, x_col: str, y_col: Any, weight_col: str | None) -> None:
        self.filenames = [str(path) for path in frame[x_col]]
        self._filepaths = [os.path.join(self.directory, path) for path in self.filenames]
        self.samples = len(self.filenames)
        self._sample_weight = None if weight_col is None else frame[weight_col].to_numpy()
        if self.class_mode in _WITH_CLASSES:
            self.classes = [self._numbers(label) for label in frame[y_col]]
        elif self.class_mode == "raw":
            self._targets_as_given = frame[y_col].to_numpy()
        elif self.class_mode == "multi_output":
            names = [y_col] if isinstance(y_col, str) else y_col
            self._targets_as_given = [np.array(frame[name].tolist()) for name in names]

    def _numbers(self, label: Any) -> Any:
        if isinstance(label, _SEVERAL):
            return [self.class_indices[one] for one in label if one in self.class_indices]
        return self.class_indices[label]

    @property
    def labels(self) -> Any:
        """The class numbers, or the targets, of all images."""
        return self.classes if self.class_mode in _WITH_CLASSES else self._targets_as_given

    @property
    def sample_weight(self) -> Any:
        """The weights of all images, or None."""
        return self._sample_weight

    def _report(self, validated: str) -> None:
        told = f"Found {self.samples} {validated} image filenames"
        if self.class_mode in _WITH_CLASSES:
            self.num_classes = len(self.class_indices)
            told += f" belonging to {self.num_classes} classes"
        print(f"{told}.")


def _as_list(label: Any) -> list[Any]:
    return list(label) if isinstance(label, _SEVERAL) else [label]

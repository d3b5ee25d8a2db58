"""The files of a directory, with labels by subdirectory, shuffled and split: what data sets from directories share."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._pipeline import Dataset, StringTensor

LABEL_MODES = ("int", "categorical", "binary", None)


@dataclass
class Order:
    """What the caller wants of the files: their labels, order and part.

    Attributes:
        kind: what the files are or hold, for messages.
        endings: of the names of the files that count.
    """

    kind: str
    endings: tuple[str, ...]
    directory: Any
    labels: Any
    label_mode: str | None
    class_names: Any
    shuffle: bool
    seed: int | None
    validation_split: float | None
    subset: str | None
    follow_links: bool
    verbose: bool

    def check(self) -> None:
        """Refuse what makes no sense.

        Raises:
            ValueError: names the argument.
        """
        if self.labels not in ("inferred", None) and not isinstance(self.labels, (list, tuple)):
            raise ValueError(
                f"`labels` argument should be 'inferred', None, or a list of integers, one for each of the files with "
                f"{self.kind}. Received: labels={brief(self.labels)}"
            )
        if self.label_mode not in LABEL_MODES:
            raise ValueError(
                "`label_mode` argument must be one of 'int', 'categorical', 'binary' or None. "
                f"Received: label_mode={self.label_mode}"
            )
        if self.labels is None and self.class_names is not None:
            raise ValueError("`class_names` cannot be given with `labels=None`: there are no labels to name.")
        if isinstance(self.labels, (list, tuple)) and self.class_names is not None:
            raise ValueError(
                'You can only pass `class_names` if `labels="inferred"`: the labels of a list are named by their '
                f"numbers. Received: class_names={self.class_names}"
            )
        _check_split(self.validation_split, self.subset, self.shuffle, self.seed)

    @property
    def parts(self) -> tuple[str | None, ...]:
        """The subsets asked for."""
        return ("training", "validation") if self.subset == "both" else (self.subset,)


def _check_split(split: Any, subset: Any, shuffle: bool, seed: Any) -> None:
    if (split is None) != (subset is None):
        raise ValueError("If `subset` is set, `validation_split` must be set, and inversely.")
    if split is None:
        return
    if not isinstance(split, (int, float)) or not 0 < split < 1:
        raise ValueError(f"`validation_split` must be between 0 and 1, received: {split}")
    if subset not in ("training", "validation", "both"):
        raise ValueError(f'`subset` must be either "training", "validation" or "both", received: {subset}')
    if shuffle and seed is None:
        raise ValueError(
            "If using `validation_split` and shuffling the data, you must provide a `seed` argument, to make sure that "
            "there is no overlap between the training and validation subset."
        )


@dataclass
class Files:
    """Files with their labels."""

    paths: list[str]
    labels: list[int] | None
    class_names: list[str]


def found(order: Order) -> Files:
    """The files of the directory, shuffled if wanted.

    Raises:
        ValueError: there are none, or not as many as labels.
    """
    order.check()
    files = _labelled(order) if order.labels == "inferred" else _listed(order)
    if order.verbose:
        told = f" belonging to {len(files.class_names)} classes" if order.labels is not None else ""
        print(f"Found {len(files.paths)} files{told}.")
    if not files.paths:
        raise ValueError(
            f"No {order.kind} found in directory {os.fspath(order.directory)}. Allowed formats: {order.endings}"
        )
    if order.label_mode == "binary" and len(files.class_names) != 2:
        raise ValueError(
            'When passing `label_mode="binary"`, there must be exactly 2 class_names. '
            f"Received: class_names={files.class_names}"
        )
    return _shuffled(files, order.seed) if order.shuffle else files


def _labelled(order: Order) -> Files:
    root = os.fspath(order.directory)
    subdirectories = sorted(name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name)))
    names = list(order.class_names) if order.class_names is not None else subdirectories
    missing = sorted(set(names) - set(subdirectories))
    if missing:
        raise ValueError(
            f"The `class_names` passed did not match the names of the subdirectories of {root}, which are "
            f"{subdirectories[:20]}. Missing: {missing}"
        )
    paths, labels = [], []
    for number, name in enumerate(names):
        of_class = list(_walk(os.path.join(root, name), order))
        paths += of_class
        labels += [number] * len(of_class)
    return Files(paths, labels, names)


def _listed(order: Order) -> Files:
    paths = list(_walk(os.fspath(order.directory), order))
    if order.labels is None:
        return Files(paths, None, [])
    labels = [int(label) for label in order.labels]
    if len(labels) != len(paths):
        raise ValueError(
            "Expected the lengths of `labels` to match the number of files in the target directory. "
            f"len(labels) is {len(labels)} while we found {len(paths)} files in directory {os.fspath(order.directory)}."
        )
    return Files(paths, labels, [str(label) for label in sorted(set(labels))])


def _walk(root: str, order: Order) -> Iterator[str]:
    for folder, _, names in sorted(os.walk(root, followlinks=order.follow_links)):
        for name in sorted(names):
            if name.lower().endswith(order.endings):
                yield os.path.join(folder, name)


def _shuffled(files: Files, seed: int | None) -> Files:
    seed = int(np.random.randint(1_000_000)) if seed is None else int(seed)
    order = np.random.RandomState(seed).permutation(len(files.paths)).tolist()
    labels = None if files.labels is None else [files.labels[place] for place in order]
    return Files([files.paths[place] for place in order], labels, files.class_names)


def subset(files: Files, order: Order, part: str | None) -> Files:
    """The files of the training or the validation subset; all if there is none."""
    if part is None:
        return files
    held_out = int(order.validation_split * len(files.paths))  # type: ignore[operator]
    border = len(files.paths) - held_out
    chosen = slice(0, border) if part == "training" else slice(border, None)
    if order.verbose:
        print(f"Using {len(files.paths[chosen])} files for {part}.")
    labels = None if files.labels is None else files.labels[chosen]
    return Files(files.paths[chosen], labels, files.class_names)


def encoded(labels: list[int], label_mode: str, classes: int) -> Tensor:
    """Labels as `label_mode` wants them: ``(n,)``, ``(n, classes)`` or ``(n, 1)``."""
    numbers = torch.tensor(labels, dtype=torch.int32)
    if label_mode == "categorical":
        return torch.nn.functional.one_hot(numbers.long(), classes).float()
    return numbers.float()[:, None] if label_mode == "binary" else numbers


def datasets(order: Order, finish: Any) -> Any:
    """The data set, or the two of ``subset="both"``.

    Args:
        order: what is wanted.
        finish: makes a data set of one of paths, or of pairs ``(path, label)``.
    """
    files = found(order)
    made = [_dataset(subset(files, order, part), order, finish, part) for part in order.parts]
    return made if order.subset == "both" else made[0]


def _dataset(files: Files, order: Order, finish: Any, part: str | None) -> Dataset:
    paths = StringTensor(files.paths) if files.paths else StringTensor(np.empty(0, dtype=object))
    if files.labels is None or order.label_mode is None:
        dataset = Dataset.from_tensor_slices(paths)
    else:
        labels = encoded(files.labels, order.label_mode, len(files.class_names))
        dataset = Dataset.from_tensor_slices((paths, labels))
    if order.shuffle and files.paths:
        dataset = dataset.shuffle(len(files.paths), seed=order.seed)
    dataset = finish(dataset)
    dataset.file_paths = files.paths
    if order.labels is not None and order.label_mode is not None:
        dataset.class_names = files.class_names
    return dataset


def with_loaded(load: Any) -> Any:
    """A map for ``path`` and ``(path, label)`` that reads the file."""

    def loaded(path: StringTensor, *label: Any) -> Any:
        value = load(path.numpy().decode())
        return (value, *label) if label else value

    return loaded


def checked_format(given: str) -> None:
    """Refuse what `format` may say in Keras and cannot be served.

    Raises:
        ValueError: not "tf" or "grain".
        ImportError: "grain".
    """
    if given not in ("tf", "grain"):
        raise ValueError(f'`format` should be either "tf" or "grain". Received: format={given}')
    if given == "grain":
        raise ImportError(
            "`format='grain'`: pipelines of the package grain are not served. Leave `format` out: the data set is "
            "one of torch tensors, without TensorFlow, which fit takes as well."
        )

"""Texts in directories as a data set."""

from typing import Any

from torchkeras._pipeline import Dataset, StringTensor
from torchkeras.utils._directory import Order, checked_format, datasets, with_loaded
from torchkeras.utils._image_dataset import batched

ENDINGS = (".txt",)


def text_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Any = None,
    batch_size: int | None = 32,
    max_length: int | None = None,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    format: str = "tf",
    verbose: bool = True,
) -> Any:
    """Batches of texts from a directory of ``.txt`` files, with labels: ``(b,)`` of text.

    Args:
        directory: with a subdirectory for each class, or with the files themselves.
        labels, label_mode, class_names: as for :func:`image_dataset_from_directory`.
        batch_size: texts a batch; None for single texts.
        max_length: bytes after which a text is cut off.
        shuffle, seed, validation_split, subset, follow_links: as for :func:`image_dataset_from_directory`.
        format: ``"tf"``, which here needs no TensorFlow. ``"grain"`` is refused.
        verbose: say how many files there are.

    Returns:
        The data set, with `class_names` and `file_paths`. Its texts are ``StringTensor``, encoded in UTF-8 as they
        are in the files.

    Raises:
        ValueError: an argument that makes no sense, or a directory without texts.
    """
    checked_format(format)

    def load(path: str) -> StringTensor:
        with open(path, "rb") as file:
            return StringTensor.of(file.read(-1 if max_length is None else max_length))

    def finish(dataset: Dataset) -> Dataset:
        return batched(dataset.map(with_loaded(load)), batch_size)

    wanted = Order(
        "text files", ENDINGS, directory, labels, label_mode, class_names, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return datasets(wanted, finish)

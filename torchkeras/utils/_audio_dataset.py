"""Sounds in directories as a data set."""

from typing import Any

import torch.nn.functional as F
from torch import Tensor

from torchkeras._pipeline import AUTOTUNE, Dataset
from torchkeras.utils._directory import Order, datasets, with_loaded
from torchkeras.utils._image_dataset import batched
from torchkeras.utils._wave import decode_wav, resampled

ENDINGS = (".wav",)


def audio_dataset_from_directory(
    directory: Any,
    labels: Any = "inferred",
    label_mode: str | None = "int",
    class_names: Any = None,
    batch_size: int | None = 32,
    sampling_rate: int | None = None,
    output_sequence_length: int | None = None,
    ragged: bool = False,
    shuffle: bool = True,
    seed: int | None = None,
    validation_split: float | None = None,
    subset: str | None = None,
    follow_links: bool = False,
    verbose: bool = True,
) -> Any:
    """Batches of sounds from a directory of 16-bit ``.wav`` files, with labels: ``(b, samples, channels)`` in [-1, 1].

    Args:
        directory: with a subdirectory for each class, or with the files themselves.
        labels, label_mode, class_names: as for :func:`image_dataset_from_directory`.
        batch_size: sounds a batch; None for single sounds.
        sampling_rate: samples a second that all sounds are brought to; by default they stay as they are. (Keras needs
            the package tensorflow-io for it; here the spectrum is cut or continued by zeros.)
        output_sequence_length: samples that each sound is cut or padded to; by default batches are as long as their
            longest sound.
        ragged: batches are ragged tensors, in which sounds keep their lengths.
        shuffle, seed, validation_split, subset, follow_links: as for :func:`image_dataset_from_directory`.
        verbose: say how many files there are.

    Returns:
        The data set, with `class_names` and `file_paths`.

    Raises:
        ValueError: an argument that makes no sense, or a directory without sounds.
    """
    if ragged and output_sequence_length is not None:
        raise ValueError(
            "Cannot set both `ragged` and `output_sequence_length`: sounds of one length are not ragged. "
            f"Received: ragged={ragged} and output_sequence_length={output_sequence_length}"
        )
    for name, value in (("sampling_rate", sampling_rate), ("output_sequence_length", output_sequence_length)):
        if value is not None and (not isinstance(value, int) or value <= 0):
            raise ValueError(f"`{name}` should be higher than 0. Received: {name}={value}")

    def load(path: str) -> Tensor:
        with open(path, "rb") as file:
            audio, rate = decode_wav(file.read())
        audio = audio if sampling_rate is None else resampled(audio, rate, sampling_rate)
        return audio if output_sequence_length is None else _of_length(audio, output_sequence_length)

    def finish(dataset: Dataset) -> Dataset:
        dataset = dataset.map(with_loaded(load), num_parallel_calls=AUTOTUNE)
        if batch_size is None or output_sequence_length is not None:
            return batched(dataset, batch_size)
        together = _ragged(dataset, batch_size) if ragged else dataset.padded_batch(batch_size)
        return together.prefetch(AUTOTUNE)

    wanted = Order(
        "audio files", ENDINGS, directory, labels, label_mode, class_names, shuffle, seed,
        validation_split, subset, follow_links, verbose,
    )  # fmt: skip
    return datasets(wanted, finish)


def _of_length(audio: Tensor, length: int) -> Tensor:
    audio = audio[:length]
    return F.pad(audio, (0, 0, 0, length - len(audio)))


def _ragged(dataset: Dataset, batch_size: int) -> Dataset:
    """Ragged batches of the sounds, plain ones of one-hot labels."""
    if not isinstance(dataset.element_spec, tuple):
        return dataset.ragged_batch(batch_size)
    sounds = dataset.ragged_batch(batch_size)
    return sounds.map(lambda audio, label: (audio, label.to_tensor() if hasattr(label, "to_tensor") else label))

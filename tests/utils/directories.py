"""Small directories of images, texts and sounds, and what is asked of them: rows that real Keras answers, too."""

import wave
from pathlib import Path
from typing import Any

import numpy as np

SIZES = ((7, 9), (6, 6), (10, 4))


def make_images(root: Path) -> Path:
    """Two classes of four images each, one of them in a folder of its own; PNG, GIF and JPEG."""
    from PIL import Image

    rng = np.random.default_rng(0)
    for number in range(8):
        folder = root / ("cats", "dogs")[number % 2] / ("", "deep")[number == 4]
        folder.mkdir(parents=True, exist_ok=True)
        height, width = SIZES[number % 3]
        channels = (3, 4)[number == 2]
        pixels = rng.integers(0, 256, (height, width, channels)).astype("uint8")
        Image.fromarray(pixels).save(folder / f"{number}.png")
    (root / "cats" / "notes.txt").write_text("no image")
    return root


def make_texts(root: Path) -> Path:
    """Three classes of two texts each."""
    for number, word in enumerate(["one", "two", "three", "four", "fünf", "six"]):
        folder = root / ("neg", "pos", "unsup")[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_text(f"{word} times", encoding="utf-8")
    return root


def make_sounds(root: Path) -> Path:
    """Two classes of two sounds each, of different lengths."""
    for number in range(4):
        folder = root / ("high", "low")[number % 2]
        folder.mkdir(parents=True, exist_ok=True)
        samples = (np.arange((number + 2) * 2) * 1000 - 3000).astype("<i2")
        with wave.open(str(folder / f"{number}.wav"), "wb") as file:
            file.setnchannels(1 + (number == 9))
            file.setsampwidth(2)
            file.setframerate(16)
            file.writeframes(samples.tobytes())
    return root


MAKERS = {"image": make_images, "text": make_texts, "audio": make_sounds}

SMALL: dict[str, Any] = {"image_size": (4, 3), "batch_size": 3, "shuffle": False}

# name -> (what, arguments); a row that begins "order" is compared by its files alone
ROWS: dict[str, tuple[str, dict[str, Any]]] = {
    "images": ("image", SMALL),
    "images one-hot": ("image", {**SMALL, "label_mode": "categorical"}),
    "images binary": ("image", {**SMALL, "label_mode": "binary"}),
    "images without label mode": ("image", {**SMALL, "label_mode": None}),
    "images without labels": ("image", {**SMALL, "labels": None}),
    "images with a list": ("image", {**SMALL, "labels": [0, 1, 2, 0, 1, 2, 0, 1]}),
    "images of named classes": ("image", {**SMALL, "class_names": ["dogs", "cats"]}),
    "images of one class": ("image", {**SMALL, "class_names": ["dogs"]}),
    "images in gray": ("image", {**SMALL, "color_mode": "grayscale"}),
    "images with alpha": ("image", {**SMALL, "color_mode": "rgba"}),
    "images nearest": ("image", {**SMALL, "interpolation": "nearest"}),
    "images lanczos3": ("image", {**SMALL, "interpolation": "lanczos3"}),
    "images cropped": ("image", {**SMALL, "crop_to_aspect_ratio": True}),
    "images channels first": ("image", {**SMALL, "data_format": "channels_first"}),
    "images without batches": ("image", {**SMALL, "batch_size": None}),
    "images for training": ("image", {**SMALL, "validation_split": 0.3, "subset": "training"}),
    "images for validation": ("image", {**SMALL, "validation_split": 0.3, "subset": "validation"}),
    "texts": ("text", {"batch_size": 4, "shuffle": False}),
    "texts cut": ("text", {"batch_size": 4, "shuffle": False, "max_length": 4}),
    "texts of two classes": ("text", {"shuffle": False, "class_names": ["pos", "neg"], "label_mode": "binary"}),
    "sounds": ("audio", {"batch_size": 3, "shuffle": False}),
    "sounds of a length": ("audio", {"batch_size": 3, "shuffle": False, "output_sequence_length": 6}),
    "sounds without batches": ("audio", {"batch_size": None, "shuffle": False}),
    "ragged sounds": ("audio", {"batch_size": 3, "shuffle": False, "ragged": True}),
    "order": ("image", {"seed": 7}),
    "order for training": ("image", {"seed": 7, "validation_split": 0.25, "subset": "training"}),
    "order for validation": ("image", {"seed": 7, "validation_split": 0.25, "subset": "validation"}),
    "order of texts": ("text", {"seed": 123}),
}

SERIES = np.arange(20.0).reshape(10, 2)

# the arguments after `data`
SERIES_ROWS: dict[str, tuple[Any, dict[str, Any]]] = {
    "plain": (SERIES, {"targets": None, "sequence_length": 3, "batch_size": 4}),
    "with targets": (SERIES, {"targets": np.arange(10), "sequence_length": 3, "batch_size": 4}),
    "with few targets": (SERIES, {"targets": [5, 6, 7], "sequence_length": 3}),
    "rate": (SERIES, {"targets": None, "sequence_length": 3, "sampling_rate": 2}),
    "stride": (SERIES, {"targets": np.arange(10), "sequence_length": 2, "sequence_stride": 3}),
    "part": (SERIES, {"targets": np.arange(10), "sequence_length": 2, "start_index": 2, "end_index": 8}),
    "all": (
        SERIES,
        {"targets": None, "sequence_length": 4, "sequence_stride": 2, "sampling_rate": 2, "start_index": 1},
    ),
    "without batches": (SERIES, {"targets": np.arange(10), "sequence_length": 8, "batch_size": None}),
    "list": (list(range(10)), {"targets": None, "sequence_length": 4}),
    "too long": (SERIES, {"targets": None, "sequence_length": 11}),
}

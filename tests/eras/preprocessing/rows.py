"""What the preprocessing of the time is asked to do: each row is called with Keras' namespace, and gives numbers.

The tests call the rows with torchkeras' namespace and with the one that Keras 3.15.1 still has hidden;
``record.py`` calls them with tf-keras' and keeps a digest of what they give.
"""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

draw = np.random.RandomState(0)
IMAGE = draw.uniform(0, 255, (9, 7, 3)).astype("float32")
BATCH = draw.randint(0, 255, (7, 8, 6, 3))
LABELS = np.arange(7) % 2
WEIGHTS = np.linspace(0, 1, 7)
LAST = {"row_axis": 0, "col_axis": 1, "channel_axis": 2}

# ---- functions on one image

WARPS: list[dict[str, Any]] = [
    {"theta": 30},
    {"tx": 1.5, "ty": -2},
    {"shear": 20},
    {"zx": 0.5, "zy": 1.3},
    {"theta": 10, "tx": 1, "shear": 5, "zx": 1.2, "zy": 0.7, "order": 3},
    {"theta": 30, "fill_mode": "constant", "cval": 3.0},
    {"theta": 30, "fill_mode": "reflect", "order": 0},
    {"zx": 1.7, "zy": 1.9, "fill_mode": "wrap"},
    {"theta": 30, "row_axis": 1, "col_axis": 2, "channel_axis": 0},
    {"zx": 0.5, "row_axis": 1, "col_axis": 0, "channel_axis": 2},
]

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "rotation": lambda image: image.random_rotation(IMAGE, 30, **LAST),
    "shift": lambda image: image.random_shift(IMAGE, 0.3, 0.2, **LAST),
    "shear": lambda image: image.random_shear(IMAGE, 30, **LAST),
    "zoom": lambda image: image.random_zoom(IMAGE, (0.5, 1.5), **LAST),
    "no zoom": lambda image: image.random_zoom(IMAGE, (1, 1), **LAST),
    "channel shift": lambda image: image.random_channel_shift(IMAGE, 30, 2),
    "given channel shift": lambda image: image.apply_channel_shift(IMAGE - 100, 30, 0),
    "brightness": lambda image: image.random_brightness(IMAGE, (0.5, 2)),
    "given brightness": lambda image: image.apply_brightness_shift(IMAGE, 0.6, False),
    "brightness out of range": lambda image: image.apply_brightness_shift(IMAGE * 2 - 100, 0.6, False),
    "brightness, scaled": lambda image: image.apply_brightness_shift(IMAGE / 255, 1.4, True),
}

# ---- generators on arrays

GENERATORS: list[dict[str, Any]] = [
    {},
    {"rotation_range": 40},
    {"width_shift_range": 0.3, "height_shift_range": 0.2},
    {"width_shift_range": 3, "height_shift_range": 2},
    {"width_shift_range": [1, 2, 3]},
    {"width_shift_range": [0.1, 0.3], "height_shift_range": [-0.1, 0.1]},
    {"width_shift_range": 2.5, "height_shift_range": 1.0},
    {"shear_range": 0.2, "zoom_range": 0.3},
    {"zoom_range": [0.5, 0.9]},
    {"horizontal_flip": True, "vertical_flip": True},
    {"brightness_range": (0.2, 1.5)},
    {"brightness_range": [0.2, 1.5], "rescale": 1 / 255},
    {"channel_shift_range": 50.0},
    {"fill_mode": "reflect", "rotation_range": 90, "interpolation_order": 3},
    {"fill_mode": "wrap", "zoom_range": 0.9},
    {"samplewise_center": True, "samplewise_std_normalization": True},
    {"preprocessing_function": lambda x: x / 127.5 - 1},
    {"dtype": "float64", "rotation_range": 3},
    {"featurewise_center": True, "featurewise_std_normalization": True, "rotation_range": 8},
    {"zca_whitening": True, "zca_epsilon": 0.1, "rescale": 1 / 255, "horizontal_flip": True},
    {"featurewise_center": True, "rescale": 0.5},
    {"data_format": "channels_first", "rotation_range": 10, "width_shift_range": 0.3, "featurewise_center": True},
    {
        "rotation_range": 40,
        "width_shift_range": 0.2,
        "height_shift_range": 0.2,
        "shear_range": 0.2,
        "zoom_range": 0.2,
        "channel_shift_range": 9.0,
        "horizontal_flip": True,
        "fill_mode": "constant",
        "cval": 9.0,
        "rescale": 1.0 / 255,
    },
]


def flow(image: Any, generator: dict[str, Any], fit: dict[str, Any], **flow: Any) -> Any:
    """Four batches by `next`, three by number, one of another epoch; statistics, and where the iterator stands."""
    made = image.ImageDataGenerator(**generator)
    x = BATCH.transpose(0, 3, 1, 2) if "data_format" in generator else BATCH
    made.fit(x, **fit)
    first, second = (made.flow(x, LABELS, batch_size=3, **flow) for _ in range(2))
    batches = [next(first) for _ in range(4)] + [second[index] for index in (0, 2, 1)]
    second.on_epoch_end()
    batches.append(second[0])
    measured = [part for part in (made.mean, made.std, made.zca_whitening_matrix) if part is not None]
    drawn = [float(value or 0) for value in made.get_random_transform(x.shape[1:], seed=5).values()]
    return batches, measured, drawn, [first.total_batches_seen, first.batch_index, len(first), first.n]


def parts(image: Any, **split: Any) -> Any:
    generator = image.ImageDataGenerator(validation_split=0.3)
    return [generator.flow(BATCH, LABELS, seed=1, subset=part, **split)[0] for part in ("training", "validation")]


FLOWS: dict[str, Callable[[Any], Any]] = {
    "images only": lambda image: next(image.ImageDataGenerator().flow(BATCH, seed=1)),
    "weights": lambda image: next(image.ImageDataGenerator().flow(BATCH, LABELS, sample_weight=WEIGHTS, seed=1)),
    "other inputs": lambda image: next(image.ImageDataGenerator().flow((BATCH, [WEIGHTS, LABELS]), LABELS, seed=1)),
    "another input": lambda image: next(image.ImageDataGenerator().flow((BATCH, WEIGHTS), LABELS, seed=1)),
    "subsets": parts,
    "unequal subsets": lambda image: parts(image, ignore_class_split=True),
}

# ---- generators on files

FILES = ["target_size", "image_shape", "samples", "n", "batch_size", "filenames", "class_indices", "classes", "labels"]
DIRECTORIES: list[dict[str, Any]] = [
    {},
    {"class_mode": "binary"},
    {"class_mode": "binary", "classes": ["dog", "cat"]},
    {"class_mode": "sparse", "subset": "training"},
    {"class_mode": "input", "subset": "training", "color_mode": "grayscale"},
    {"class_mode": None, "color_mode": "rgba", "shuffle": False},
    {"interpolation": "bicubic"},
    {"keep_aspect_ratio": True},
    {"seed": None},
]
FRAMES: list[dict[str, Any]] = [
    {},
    {"subset": "training"},
    {"y_col": "several"},
    {"y_col": "several", "classes": ["a", "c"]},
    {"y_col": "number", "class_mode": "raw"},
    {"y_col": ["number", "count"], "class_mode": "raw"},
    {"y_col": ["number", "vector"], "class_mode": "multi_output"},
    {"class_mode": "binary", "classes": ["cat", "dog"]},
    {"class_mode": "binary", "y_col": "parity"},
    {"class_mode": "sparse", "weight_col": "number"},
    {"class_mode": "input", "shuffle": False},
    {"class_mode": None},
    {"classes": ["dog", "cat"]},
]
CHANGES = {"validation_split": 0.4, "horizontal_flip": True, "rotation_range": 20}
USUAL = {"target_size": (4, 5), "batch_size": 4, "seed": 1}


def picture_folder(folder: Path) -> Path:
    """Ten pictures of three classes, some in folders below, and what is no picture."""
    from PIL import Image

    paint = np.random.RandomState(0)
    for name, count in [("dog", 5), ("cat", 3), ("emu", 2)]:
        (folder / name / "sub").mkdir(parents=True)
        for index in range(count):
            path = folder / name / ("sub" if index == 1 else "") / f"{index}.{'png' if index % 2 else 'JPG'}"
            Image.fromarray(paint.randint(0, 255, (9, 7, 3), dtype="uint8")).save(path, format="png")
    (folder / "dog" / "notes.txt").write_text("no picture")
    return folder


def frame(folder: Path) -> Any:
    import pandas

    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*")) if path.suffix in (".png", ".JPG")]
    count = len(files)
    return pandas.DataFrame(
        {
            "filename": files,
            "class": [name.split("/")[0] for name in files],
            "number": np.arange(count * 1.0),
            "count": np.arange(count),
            "several": [["a", "b"] if index % 2 else ["c"] for index in range(count)],
            "parity": [str(index % 2) for index in range(count)],
            "vector": [np.arange(3) + index for index in range(count)],
        }
    )


def batches(iterator: Any) -> Any:
    facts = {name: getattr(iterator, name) for name in FILES if not _lacks(iterator, name)}
    facts = {name: list(fact) if isinstance(fact, np.ndarray) else fact for name, fact in facts.items()}
    return json.dumps(facts, default=int), [next(iterator) for _ in range(3)], [iterator[index] for index in (0, 1)]


def _lacks(iterator: Any, name: str) -> bool:
    with_classes = ("class_indices", "classes", "labels")
    return name in with_classes and iterator.class_mode in (None, "input", "raw", "multi_output")


# ---- texts and sequences

TEXTS = ["The cat sat on the mat.", "The dog sat on\tthe log!", "Dogs and cats living together", ""]
TOKENIZERS: list[dict[str, Any]] = [
    {},
    {"num_words": 5},
    {"num_words": 4, "oov_token": "<OOV>"},
    {"lower": False, "filters": ".!"},
    {"char_level": True},
    {"split": "o", "oov_token": "?"},
    {"analyzer": lambda text: text.lower().split()},
]


def tokenizer(text: Any, args: dict[str, Any]) -> Any:
    made = text.Tokenizer(**args)
    made.fit_on_texts(TEXTS[:3])
    sequences = made.texts_to_sequences([*TEXTS, "the unknown cat", *([["The", "cat", "x"]] * (not made.char_level))])
    modes = ("binary", "count", "freq", "tfidf")
    counted = [dict(made.word_counts), dict(sorted(made.word_docs.items())), dict(sorted(made.index_docs.items()))]
    told = [sequences, made.sequences_to_texts(sequences), made.word_index, counted, made.document_count]
    return json.dumps(told), [made.sequences_to_matrix(sequences, mode) for mode in modes], list(made.get_config())


SEQUENCES: dict[str, Callable[[Any], Any]] = {
    "words": lambda keras: json.dumps(keras.text.text_to_word_sequence("Hi, there! It's A-B", lower=False)),
    "words by commas": lambda keras: json.dumps(keras.text.text_to_word_sequence("a b,c d", filters="", split=",")),
    "hashing trick": lambda keras: keras.text.hashing_trick("the cat sat on the mat", 50, "md5"),
    "sampling table": lambda keras: keras.sequence.make_sampling_table(20, 1e-3),
    "skipgrams": lambda keras: keras.sequence.skipgrams([1, 2, 0, 3, 4, 5], 6, window_size=2),
    "skipgrams, seed": lambda keras: keras.sequence.skipgrams([1, 2, 3, 4], 6, seed=3, categorical=True),
    "skipgrams, in order": lambda keras: keras.sequence.skipgrams([1, 2, 3], 6, shuffle=False, negative_samples=0.5),
    "skipgrams, sampled": lambda keras: keras.sequence.skipgrams(
        list(range(9)), 9, sampling_table=keras.sequence.make_sampling_table(9, 0.1), negative_samples=0
    ),
}
SERIES: list[dict[str, Any]] = [
    {"length": 3},
    {"length": 6, "sampling_rate": 2, "batch_size": 4},
    {"length": 3, "stride": 2, "batch_size": 3},
    {"length": 3, "start_index": 4, "end_index": 15, "batch_size": 5},
    {"length": 3, "reverse": True, "batch_size": 5},
    {"length": 3, "shuffle": True, "batch_size": 5},
]


def series(sequence: Any, args: dict[str, Any]) -> Any:
    data = np.arange(40.0).reshape(20, 2)
    return sequence.TimeseriesGenerator(data, data[:, 0] * 10, **args)


def rows(folder: Path) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    """Every row's name, and what it does with a namespace that has `image`, `text` and `sequence`."""
    for args in WARPS:
        yield f"affine {args}", lambda keras, args=args: keras.image.apply_affine_transform(IMAGE, **{**LAST, **args})
    for name, call in FUNCTIONS.items():
        yield name, lambda keras, call=call: call(keras.image)
    for index, args in enumerate(GENERATORS):
        for told in ({"seed": 3}, {"seed": None}, {"shuffle": False}):
            yield f"flow {index} {told}", lambda keras, args=args, told=told: flow(keras.image, args, {}, **told)
        augmented = {"augment": True, "rounds": 2, "seed": 2}
        yield f"fit {index}", lambda keras, args=args, fit=augmented: flow(keras.image, args, fit, seed=1)
    for name, call in FLOWS.items():
        yield name, lambda keras, call=call: call(keras.image)
    for args in DIRECTORIES:
        yield (
            f"directory {args}",
            lambda keras, args=args: batches(
                keras.image.ImageDataGenerator(**CHANGES).flow_from_directory(str(folder), **{**USUAL, **args})
            ),
        )
    for args in FRAMES:
        yield (
            f"frame {args}",
            lambda keras, args=args: batches(
                keras.image.ImageDataGenerator(**CHANGES).flow_from_dataframe(
                    frame(folder), str(folder), **{**USUAL, **args}
                )
            ),
        )
    for index, args in enumerate(TOKENIZERS):
        yield f"tokenizer {index}", lambda keras, args=args: tokenizer(keras.text, args)
    for name, call in SEQUENCES.items():
        yield name, call
    for args in SERIES:
        yield f"series {args}", lambda keras, args=args: list(series(keras.sequence, args))
        yield f"series as JSON {args}", lambda keras, args=args: series(keras.sequence, args).to_json()


def perform(call: Callable[[Any], Any], keras: Any) -> Any:
    """What a row gives, and the next number of the generators of NumPy and Python, which both start anew."""
    np.random.seed(7)
    random.seed(7)
    return call(keras), np.random.random(), random.random()


def digest(given: Any) -> Any:
    """Texts as they are, arrays by shape, type, and sums that depend on each number and its place."""
    if isinstance(given, (list, tuple)) and any(isinstance(part, (list, tuple, str, np.ndarray)) for part in given):
        return [digest(part) for part in given]
    if isinstance(given, str):
        return given
    array = np.asarray(given)
    flat = array.astype("float64").ravel()
    weighed = flat * np.cos(np.arange(flat.size))
    return [list(array.shape), str(array.dtype), round(float(flat.sum()), 2), round(float(weighed.sum()), 2)]

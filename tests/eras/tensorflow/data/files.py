"""Rows of ``tf.io`` and of data sets of files: each a function of the module ``tf`` and of a folder."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

Rows = dict[str, Callable[[Any, Path], Any]]

TABLE = 'name,age,height,grade\nann,31,1.5,2\n"b, ob",22,,0\ncy,,2.25,1\n'


def make(folder: Path) -> Path:
    """Text, tables, and images without loss."""
    import numpy as np
    from PIL import Image

    (folder / "lines.txt").write_bytes("one\ntwö\r\n\nlast".encode())
    (folder / "table.csv").write_text(TABLE)
    pixels = np.arange(5 * 4 * 4).reshape(5, 4, 4).astype("uint8") * 3
    Image.fromarray(pixels[..., :3]).save(folder / "rgb.png")
    Image.fromarray(pixels).save(folder / "rgba.png")
    Image.fromarray(pixels[..., 0]).save(folder / "gray.png")
    Image.fromarray(pixels[..., :3]).save(folder / "rgb.bmp")
    frames = [Image.new("RGB", (3, 2), color) for color in ("red", "blue")]
    frames[0].save(folder / "two.gif", save_all=True, append_images=frames[1:])
    return folder


def _records(tf: Any, folder: Path) -> str:
    path = str(folder / "written.tfrecord")
    with tf.io.TFRecordWriter(path) as writer:
        for number in range(3):
            writer.write(_example(tf, number).SerializeToString())
    return path


def _example(tf: Any, number: int) -> Any:
    train = tf.train
    feature = {
        "name": train.Feature(bytes_list=train.BytesList(value=[b"n%d" % number])),
        "age": train.Feature(int64_list=train.Int64List(value=[number * 300, -number])),
        "height": train.Feature(float_list=train.FloatList(value=[number / 2])),
        "tags": train.Feature(int64_list=train.Int64List(value=range(number))),
    }
    return train.Example(features=train.Features(feature=feature))


def _of_one(tf: Any, name: str) -> Any:
    """With one feature: the order of several is not told."""
    return tf.train.Example(features=tf.train.Features(feature={name: _example(tf, 2).features.feature[name]}))


def _wanted(tf: Any) -> dict[str, Any]:
    return {
        "name": tf.io.FixedLenFeature([], tf.string),
        "age": tf.io.FixedLenFeature([2], tf.int64),
        "height": tf.io.FixedLenFeature([1], tf.float32),
        "absent": tf.io.FixedLenFeature([], tf.int64, default_value=7),
        "tags": tf.io.VarLenFeature(tf.int64),
    }


def _read(tf: Any, folder: Path, name: str) -> Any:
    return tf.io.read_file(str(folder / name))


FILES: Rows = {
    "read": lambda tf, folder: _read(tf, folder, "lines.txt"),
    "lines": lambda tf, folder: list(tf.data.TextLineDataset(str(folder / "lines.txt"))),
    "lines of two": lambda tf, folder: list(tf.data.TextLineDataset([str(folder / "lines.txt")] * 2).skip(3)),
    "fixed lengths": lambda tf, folder: list(tf.data.FixedLengthRecordDataset(str(folder / "lines.txt"), 7, 1)),
    "png": lambda tf, folder: tf.io.decode_png(_read(tf, folder, "rgb.png")),
    "png with alpha": lambda tf, folder: tf.io.decode_png(_read(tf, folder, "rgba.png")),
    "png without alpha": lambda tf, folder: tf.io.decode_png(_read(tf, folder, "rgba.png"), channels=3),
    "gray png": lambda tf, folder: tf.io.decode_image(_read(tf, folder, "gray.png")),
    "gray png in color": lambda tf, folder: tf.image.decode_image(_read(tf, folder, "gray.png"), channels=3),
    "image as floats": lambda tf, folder: tf.io.decode_image(_read(tf, folder, "rgb.png"), dtype=tf.float32),
    "bmp": lambda tf, folder: tf.io.decode_bmp(_read(tf, folder, "rgb.bmp")),
    "gif": lambda tf, folder: tf.io.decode_gif(_read(tf, folder, "two.gif")),
    "gif as an image": lambda tf, folder: tf.io.decode_image(_read(tf, folder, "two.gif"), expand_animations=False),
    "encoded and decoded": lambda tf, folder: tf.io.decode_png(
        tf.io.encode_png(tf.io.decode_png(_read(tf, folder, "rgb.png")))
    ),
    "no jpeg": lambda tf, folder: tf.io.is_jpeg(_read(tf, folder, "rgb.png")),
    "raw": lambda tf, folder: tf.io.decode_raw(tf.constant([b"\x01\x00\x02\x00", b"\x03\x00\xff\xff"]), tf.int16),
    "raw bytes": lambda tf, folder: tf.io.decode_raw("abc", tf.uint8),
    "base64": lambda tf, folder: tf.io.encode_base64(["ab", "abc?>"]),
    "from base64": lambda tf, folder: tf.io.decode_base64(["YWI", "YWJjPz4"]),
    "csv line": lambda tf, folder: tf.io.decode_csv('x,"a,b",3,', [["?"], ["?"], [0], [1.5]]),
    "csv lines": lambda tf, folder: tf.io.decode_csv(["1,2.5", "3,4"], [tf.constant([], tf.int32), [0.0]]),
    "csv columns": lambda tf, folder: tf.io.decode_csv("1;2;3", [0, 0], field_delim=";", select_cols=[0, 2]),
    "csv rows": lambda tf, folder: list(
        tf.data.experimental.CsvDataset(str(folder / "table.csv"), ["?", 0, 0.0], header=True, select_cols=[0, 1, 2])
    ),
    "csv batches": lambda tf, folder: list(
        tf.data.experimental.make_csv_dataset(
            str(folder / "table.csv"), batch_size=2, label_name="grade", num_epochs=1, shuffle=False
        )
    ),
    "csv selected": lambda tf, folder: list(
        tf.data.experimental.make_csv_dataset(
            str(folder / "table.csv"), 3, select_columns=["age", "name"], num_epochs=1, shuffle=False
        )
    ),
    "records": lambda tf, folder: [len(each.numpy()) for each in tf.data.TFRecordDataset(_records(tf, folder))],
    "bytes of examples": lambda tf, folder: [
        _of_one(tf, name).SerializeToString() for name in ("name", "age", "height")
    ],
    "example and back": lambda tf, folder: [
        list(tf.train.Example.FromString(_example(tf, 2).SerializeToString()).features.feature["age"].int64_list.value)
    ],
    "parsed": lambda tf, folder: list(
        tf.data.TFRecordDataset(_records(tf, folder)).map(lambda each: tf.io.parse_single_example(each, _wanted(tf)))
    ),
    "parsed together": lambda tf, folder: tf.io.parse_example(
        tf.constant([_example(tf, number).SerializeToString() for number in range(3)]), _wanted(tf)
    ),
    "asserted": lambda tf, folder: tf.data.experimental.cardinality(
        tf.data.Dataset.range(6).filter(lambda x: x > 2).apply(tf.data.experimental.assert_cardinality(3))
    ),
    "applied": lambda tf, folder: list(tf.data.Dataset.range(4).batch(3).apply(tf.data.experimental.unbatch())),
}

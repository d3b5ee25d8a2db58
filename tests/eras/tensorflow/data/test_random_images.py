"""Images changed at random, and images that are symbolic: what no recorded number says."""

from typing import Any

import numpy as np
import pytest
import torch

import torchkeras as keras
import torchkeras._tensorflow as tf

BATCH = np.arange(2 * 4 * 6 * 3, dtype="float32").reshape(2, 4, 6, 3) / 144

CHANGES: dict[str, tuple[Any, ...]] = {
    "flip_left_right": (),
    "flip_up_down": (),
    "brightness": (0.3,),
    "contrast": (0.5, 1.5),
    "saturation": (0.5, 1.5),
    "hue": (0.2,),
    "crop": ((2, 3, 3, 3),),
}


@pytest.mark.parametrize("name", CHANGES)
def test_seeds(name: str) -> None:
    change, stateless = getattr(tf.image, f"random_{name}"), getattr(tf.image, f"stateless_random_{name}")
    arguments = CHANGES[name]

    def drawn() -> list[torch.Tensor]:
        tf.random.set_seed(3)
        return [change(BATCH, *arguments) for _ in range(12)] + [change(BATCH, *arguments, seed=5) for _ in range(12)]

    first, second = drawn(), drawn()
    assert all(torch.equal(a, b) for a, b in zip(first, second))
    assert any(not torch.equal(a, first[0]) for a in first[:12])
    assert any(not torch.equal(a, first[12]) for a in first[12:])
    assert torch.equal(stateless(BATCH, *arguments, seed=(1, 2)), stateless(BATCH, *arguments, seed=(1, 2)))


def test_each_image_of_a_batch_is_flipped_by_itself() -> None:
    many = np.repeat(BATCH[:1], 64, 0)
    out = tf.image.random_flip_left_right(many, seed=1)
    flipped = [torch.equal(image, torch.tensor(many[0]).flip(1)) for image in out]
    assert 16 < sum(flipped) < 48
    assert all(was or torch.equal(image, torch.tensor(many[0])) for was, image in zip(flipped, out))


def test_functions_of_images_go_into_models() -> None:
    inputs = keras.Input((8, 8, 3))
    x = keras.layers.Lambda(lambda image: tf.image.resize(image, (4, 4)))(inputs)
    x = tf.image.rgb_to_grayscale(x)
    x = keras.layers.Lambda(lambda image: tf.image.per_image_standardization(image))(x)
    model = keras.Model(inputs, keras.layers.Flatten()(tf.image.flip_left_right(x)))
    images = np.random.default_rng(0).random((3, 8, 8, 3)).astype("float32")
    wanted = tf.image.flip_left_right(
        tf.image.per_image_standardization(tf.image.rgb_to_grayscale(tf.image.resize(images, (4, 4))))
    )
    assert model.output_shape == (None, 16)
    np.testing.assert_allclose(model.predict(images, verbose=0), wanted.reshape(3, 16), atol=1e-5)


ERRORS = {
    "axes": (lambda: tf.image.resize(np.ones((3, 3)), (2, 2)), r"expected \(h, w, c\) or \(b, h, w, c\)"),
    "method": (lambda: tf.image.resize(BATCH, (2, 2), "bilinar"), "Unknown resize method: 'bilinar'. Did you mean"),
    "fraction": (lambda: tf.image.central_crop(BATCH, 1.5), r"within \(0, 1\], got 1.5"),
    "crop": (lambda: tf.image.crop_to_bounding_box(BATCH, 2, 0, 3, 3), "go beyond an image of 4 x 6"),
    "pad": (lambda: tf.image.pad_to_bounding_box(BATCH, 0, 0, 3, 9), "does not fit into 3 x 9"),
    "random crop": (lambda: tf.image.random_crop(BATCH, (2, 9, 9, 3)), "expected a size within"),
    "contrast": (lambda: tf.image.random_contrast(BATCH, 1.0, 0.5), "0 <= lower <= upper"),
    "no image": (lambda: tf.io.decode_image(b"nothing"), "Expected an image"),
    "channels": (lambda: tf.io.decode_png(b"", channels=2), "expected 0, 1, 3 or 4"),
    "small": (lambda: tf.image.ssim(BATCH, BATCH, 1.0), "at least 11 x 11"),
    "number": (lambda: tf.strings.to_number("x"), "to_number: expected float32, got b'x'"),
    "substr": (lambda: tf.strings.substr("abc", 5, 1), "a text has 3 bytes"),
    "records": (lambda: list(tf.data.TFRecordDataset(__file__)), "no file of TFRecords"),
    "missing feature": (
        lambda: tf.io.parse_single_example(b"", {"a": tf.io.FixedLenFeature([], tf.int64)}),
        "the feature 'a' is missing",
    ),
    "no example": (lambda: tf.io.parse_single_example(b"\xff\xff", {}), "cut off, or no Example"),
    "cardinality": (
        lambda: list(tf.data.Dataset.range(3).apply(tf.data.experimental.assert_cardinality(4))),
        "expected 4 elements, the data set has 3",
    ),
    "csv": (lambda: tf.io.decode_csv("1,2", [[0]]), "expected 1 fields, got 2"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(name: str) -> None:
    make, words = ERRORS[name]
    with pytest.raises(ValueError, match=words):
        make()


def test_functions_of_numpy_get_one_text_as_bytes() -> None:
    texts = tf.data.Dataset.from_tensor_slices(["ab", "c"])
    upper = texts.map(lambda text: tf.numpy_function(lambda each: each.decode().upper(), [text], tf.string))
    assert [text.numpy() for text in upper] == [b"AB", b"C"]
    lengths = texts.batch(2).map(
        lambda batch: tf.numpy_function(lambda each: np.array([len(e) for e in each]), [batch], tf.int64)
    )
    assert next(iter(lengths)).tolist() == [2, 1]

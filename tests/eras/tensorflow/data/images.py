"""Rows of ``tf.image``: each a function of the module ``tf``."""

from collections.abc import Callable
from typing import Any

import numpy as np

RNG = np.random.default_rng(0)
BYTES = RNG.integers(0, 256, (5, 6, 3)).astype("uint8")
FLOATS = RNG.random((5, 6, 3)).astype("float32")
BATCH = RNG.random((2, 6, 4, 3)).astype("float32")
GRAY = RNG.random((4, 5, 1)).astype("float32")
LARGE = RNG.random((2, 24, 26, 2)).astype("float32")
OTHER = np.clip(LARGE + 0.1 * RNG.normal(size=LARGE.shape), 0, 1).astype("float32")
HUGE = RNG.random((1, 176, 180, 1)).astype("float32")
BOXES = np.array([[0, 0, 1, 1], [0.1, 0, 1.1, 1], [0, 2, 1, 3], [0, 0, 0.4, 0.4]], dtype="float32")
SCORES = np.array([0.9, 0.8, 0.7, 0.95], dtype="float32")

Rows = dict[str, Callable[[Any], Any]]

METHODS = ("bilinear", "nearest", "bicubic", "area", "lanczos3", "lanczos5", "gaussian", "mitchellcubic")

IMAGES: Rows = {
    **{f"resize {m} down": lambda tf, m=m: tf.image.resize(FLOATS, [3, 4], method=m) for m in METHODS},
    **{f"resize {m} up": lambda tf, m=m: tf.image.resize(BATCH, (9, 7), method=m) for m in METHODS},
    **{
        f"resize {m} antialias": lambda tf, m=m: tf.image.resize(BATCH, (3, 2), method=m, antialias=True)
        for m in METHODS
        if m not in ("nearest", "area")
    },
    "resize bytes": lambda tf: tf.image.resize(BYTES, [3, 4]),
    "resize bytes nearest": lambda tf: tf.image.resize(BYTES, [7, 4], method="nearest"),
    "resize in proportion": lambda tf: tf.image.resize(BATCH, [12, 12], preserve_aspect_ratio=True),
    "resize by a named method": lambda tf: tf.image.resize(FLOATS, [10, 12], tf.image.ResizeMethod.NEAREST_NEIGHBOR),
    "resize with pad": lambda tf: tf.image.resize_with_pad(BATCH, 5, 9),
    "resize with crop or pad": lambda tf: tf.image.resize_with_crop_or_pad(BATCH, 4, 9),
    "crop or pad one": lambda tf: tf.image.resize_with_crop_or_pad(BYTES, 8, 3),
    "flip left right": lambda tf: tf.image.flip_left_right(BATCH),
    "flip up down": lambda tf: tf.image.flip_up_down(BYTES),
    "rot90": lambda tf: tf.image.rot90(BATCH),
    "rot90 thrice": lambda tf: tf.image.rot90(FLOATS, k=3),
    "transpose": lambda tf: tf.image.transpose(BATCH),
    "crop to a box": lambda tf: tf.image.crop_to_bounding_box(BATCH, 1, 2, 3, 2),
    "pad to a box": lambda tf: tf.image.pad_to_bounding_box(FLOATS, 1, 2, 8, 9),
    "central crop": lambda tf: tf.image.central_crop(FLOATS, 0.5),
    "central crop of a batch": lambda tf: tf.image.central_crop(BATCH, 0.7),
    "patches": lambda tf: tf.image.extract_patches(BATCH, [1, 2, 2, 1], [1, 2, 1, 1], [1, 1, 1, 1], "VALID"),
    "patches of all": lambda tf: tf.image.extract_patches(BATCH, [1, 3, 3, 1], [1, 2, 2, 1], [1, 1, 1, 1], "SAME"),
    "to floats": lambda tf: tf.image.convert_image_dtype(BYTES, tf.float32),
    "to bytes": lambda tf: tf.image.convert_image_dtype(FLOATS, tf.uint8),
    "to bytes within range": lambda tf: tf.image.convert_image_dtype(FLOATS * 2 - 0.5, tf.uint8, saturate=True),
    "to more bits": lambda tf: tf.image.convert_image_dtype(BYTES, tf.int32),
    "to fewer bits": lambda tf: tf.image.convert_image_dtype(BYTES.astype("int32") * 2**20, tf.uint8),
    "to gray": lambda tf: tf.image.rgb_to_grayscale(BATCH),
    "bytes to gray": lambda tf: tf.image.rgb_to_grayscale(BYTES),
    "from gray": lambda tf: tf.image.grayscale_to_rgb(tf.constant(GRAY)),
    "to hsv": lambda tf: tf.image.rgb_to_hsv(FLOATS),
    "from hsv": lambda tf: tf.image.hsv_to_rgb(FLOATS),
    "to yuv": lambda tf: tf.image.rgb_to_yuv(FLOATS),
    "from yuv": lambda tf: tf.image.yuv_to_rgb(FLOATS),
    "to yiq": lambda tf: tf.image.rgb_to_yiq(FLOATS),
    "brightness": lambda tf: tf.image.adjust_brightness(BATCH, 0.2),
    "brightness of bytes": lambda tf: tf.image.adjust_brightness(BYTES, 0.2),
    "contrast": lambda tf: tf.image.adjust_contrast(BATCH, 1.7),
    "contrast of bytes": lambda tf: tf.image.adjust_contrast(BYTES, 0.6),
    "gamma": lambda tf: tf.image.adjust_gamma(BATCH, 0.5, 2),
    "saturation": lambda tf: tf.image.adjust_saturation(FLOATS, 2.0),
    "saturation of bytes": lambda tf: tf.image.adjust_saturation(BYTES, 0.5),
    "hue": lambda tf: tf.image.adjust_hue(FLOATS, 0.3),
    "hue of bytes": lambda tf: tf.image.adjust_hue(BYTES, -0.2),
    "standardization": lambda tf: tf.image.per_image_standardization(BATCH),
    "standardization of bytes": lambda tf: tf.image.per_image_standardization(BYTES),
    "psnr": lambda tf: tf.image.psnr(LARGE, OTHER, max_val=1.0),
    "psnr of bytes": lambda tf: tf.image.psnr(BYTES, BYTES // 2, max_val=255),
    "ssim": lambda tf: tf.image.ssim(tf.constant(LARGE), tf.constant(OTHER), max_val=1.0),
    "ssim of one": lambda tf: tf.image.ssim(tf.constant(LARGE[0]), tf.constant(OTHER[0]), 1.0, filter_size=7),
    "ssim of scales": lambda tf: tf.image.ssim_multiscale(tf.constant(HUGE), tf.constant(HUGE[:, ::-1].copy()), 1.0),
    "total variation": lambda tf: tf.image.total_variation(tf.constant(BATCH)),
    "total variation of one": lambda tf: tf.image.total_variation(tf.constant(FLOATS)),
    "gradients": lambda tf: tf.image.image_gradients(tf.constant(BATCH)),
    "sobel": lambda tf: tf.image.sobel_edges(tf.constant(BATCH)),
    "suppression": lambda tf: tf.image.non_max_suppression(BOXES, SCORES, 10),
    "suppression of few": lambda tf: tf.image.non_max_suppression(BOXES, SCORES, 2, iou_threshold=0.95),
    "suppression of low": lambda tf: tf.image.non_max_suppression(BOXES, SCORES, 9, score_threshold=0.75),
    "crop and resize": lambda tf: tf.image.crop_and_resize(BATCH, BOXES, [0, 1, 0, 1], [3, 4]),
    "crop and resize nearest": lambda tf: tf.image.crop_and_resize(BATCH, BOXES[:2], [0, 1], [4, 4], method="nearest"),
    "crop to one pixel": lambda tf: tf.image.crop_and_resize(BATCH, BOXES[3:], [1], [1, 1], extrapolation_value=9.0),
    "boxes": lambda tf: tf.image.draw_bounding_boxes(
        BATCH, np.array([[[0.1, 0.1, 0.8, 0.9]]] * 2, "float32"), [[1.0, 0.0, 0.5]]
    ),
    "random crop of all": lambda tf: tf.image.random_crop(FLOATS, [5, 6, 3]),
}

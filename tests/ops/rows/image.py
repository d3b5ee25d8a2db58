"""Images."""

import numpy as np

rng = np.random.default_rng(4)
image = rng.uniform(size=(2, 6, 8, 3)).astype("float32")
first = np.moveaxis(image, -1, 1).copy()
pixels = rng.integers(0, 256, (2, 6, 8, 3)).astype("uint8")
large = rng.uniform(size=(2, 16, 14, 3)).astype("float32")
gray = np.arange(30, dtype="float32").reshape(1, 5, 6, 1)
volume = rng.uniform(size=(1, 4, 6, 5, 2)).astype("float32")
shift = np.array([[1, 0.1, 1.3, 0.2, 1, 0.4, 0, 0], [0.9, 0, -1, 0, 1.1, 0.3, 0, 0]], "float32")
start = np.array([[[0, 0], [0, 4], [5, 0], [5, 4]]], "float32")
end = np.array([[[1, 0], [0, 4], [4, 1], [3, 4]]], "float32")
places = np.array([[-1.3, 0.2, 2.6, 4.7, 9], [0, 1, 1.6, 3, -6]], "float32")
fills = ("constant", "nearest", "wrap", "mirror", "reflect")


def call(*args, **kwargs):
    return args, kwargs


ROWS = {
    "image.resize": [
        call(image, s, m, a)
        for s in ((4, 5), (9, 11))
        for m in ("nearest", "bilinear", "bicubic")
        for a in (False, True)
    ]
    + [call(image, (4, 4), crop_to_aspect_ratio=True), call(image, (10, 4), pad_to_aspect_ratio=True, fill_value=0.5)]
    + [call(pixels, (4, 5)), call(first, (3, 4), data_format="channels_first"), call(image[0], (3, 3))],
    "image.crop_images": [call(image, 1, 2, target_height=3, target_width=4), call(image, 1, 2, 1, 1)],
    "image.pad_images": [call(image, 1, 2, target_height=12, target_width=12), call(image[0], 1, 2, 1, 1)],
    "image.extract_patches": [call(image, 2), call(image, (3, 2), strides=1, padding="same"), call(image[0], 2)]
    + [call(image, (2, 2), strides=1, dilation_rate=2), call(first, 2, data_format="channels_first")],
    "image.extract_patches_3d": [call(volume, 2), call(volume, (2, 3, 2), 1, padding="same")],
    "image.rgb_to_grayscale": [call(image), call(first, data_format="channels_first"), call(image[0])],
    "image.rgb_to_hsv": [call(image), call(first, data_format="channels_first")],
    "image.hsv_to_rgb": [call(image), call(image[0])],
    "image.sobel_edges": [call(image), call(first, data_format="channels_first")],
    "image.ssim": [
        call(large, large * 0.9),
        call(large, large[::-1].copy(), max_val=2.0, filter_size=5),
        call(large[0], large[1]),
    ],
    "image.affine_transform": [call(image, shift), call(image, shift, "nearest"), call(image[0], shift[0])]
    + [call(gray, shift[:1], fill_mode=mode, fill_value=-1) for mode in fills if mode != "mirror"],
    "image.perspective_transform": [
        call(gray, start, end),
        call(gray, start, end, "nearest", 9),
        call(gray[0], start[0], end[0]),
    ],
    "image.map_coordinates": [call(gray[0, :, :, 0], places, o, mode, -1.0) for o in (0, 1) for mode in fills],
    "image.scale_and_translate": [
        call(gray, (1, 7, 7, 1), np.array(s, "float32"), np.array([0.5, 1.0], "float32"), (1, 2), method, antialias)
        for s in ([1.5, 1.2], [0.5, 0.7])
        for method in ("linear", "cubic", "lanczos3", "lanczos5")
        for antialias in (True, False)
    ],
}

"""Cases of the layers that change images while training; see ../test_parity.py.

Chance is taken out by equal bounds of what is drawn; what stays random is compared at inference, where nothing changes.
"""


def case(layer, inputs=(2, 6, 5, 3), training=True, **rest):
    known = {"tolerance", "differs", "graph", "why"}
    args = {key: value for key, value in rest.items() if key not in known}
    row = {"layer": layer, "args": args, "inputs": inputs, "training": training}
    return row | {key: rest[key] for key in known & set(rest)}


UNIT = {"value_range": (0, 1)}
RANDOM = {"training": False}
OTHERWISE = {
    "differs": {"outputs"},
    "why": "Keras leaves images at inference as they are, against its own output shape",
}

WARPING = [
    *[
        case("RandomRotation", factor=(0.1, 0.1), fill_mode=mode, fill_value=0.5)
        for mode in ("reflect", "constant", "nearest", "wrap")
    ],
    case("RandomRotation", factor=(-0.2, -0.2), interpolation="nearest", seed=3),
    case("RandomRotation", (2, 3, 6, 5), factor=(0.3, 0.3), data_format="channels_first"),
    case("RandomRotation", **RANDOM, factor=0.2),
    case("RandomTranslation", height_factor=(0.3, 0.3), width_factor=(-0.2, -0.2)),
    case(
        "RandomTranslation", height_factor=(-0.5, -0.5), width_factor=(0.3, 0.3), fill_mode="constant", fill_value=2.0
    ),
    case("RandomTranslation", **RANDOM, height_factor=0.2, width_factor=(0.1, 0.2)),
    case("RandomZoom", height_factor=(0.5, 0.5)),
    case("RandomZoom", height_factor=(-0.5, -0.5), width_factor=(0.2, 0.2), fill_mode="nearest"),
    case("RandomZoom", **RANDOM, height_factor=0.2, width_factor=0.3, interpolation="nearest"),
    case("RandomShear", x_factor=(0.0, 0.0), y_factor=(0.0, 0.0)),
    case("RandomShear", **RANDOM, x_factor=(0.0, 0.3), y_factor=(0.1, 0.2), fill_mode="constant", seed=1),
    case("RandomPerspective", factor=(0.0, 0.0)),
    case("RandomPerspective", **RANDOM, factor=0.3, scale=0.5),
    case("RandomElasticTransform", **RANDOM, factor=(0.2, 0.7), scale=0.5),
    case("RandomFlip", **RANDOM),
    case("RandomFlip", **RANDOM, mode="vertical", seed=2, data_format="channels_first"),
    case("RandomCrop", (2, 6, 5, 3), height=6, width=5, seed=1),
    case(
        "RandomCrop",
        (2, 6, 5, 3),
        height=4,
        width=4,
        seed=1,
        training=False,
        differs={"outputs"},
        why="see differences",
    ),
]

COLORS = [
    case("RandomBrightness", **RANDOM, factor=0.2, seed=5),
    case("RandomContrast", factor=(0.0, 0.0), value_range=(-9, 9)),
    case("RandomContrast", **RANDOM, factor=(0.1, 0.3)),
    case("RandomHue", factor=(0.0, 0.0), **UNIT, tolerance=1e-4),
    case("RandomHue", **RANDOM, factor=0.3),
    case("RandomSaturation", **RANDOM, factor=0.3),
    case("RandomColorDegeneration", factor=(0.3, 0.3), value_range=(-9, 9)),
    case("RandomColorDegeneration", **RANDOM, factor=0.3, seed=2),
    case("RandomGrayscale", factor=1.0),
    case("RandomGrayscale", **RANDOM),
    case("RandomInvert", factor=(1.0, 1.0), **UNIT),
    case("RandomInvert", **RANDOM, factor=0.4),
    case("RandomPosterization", **RANDOM, factor=5),
    case("RandomPosterization", **RANDOM, factor=(2, 4), **UNIT),
    case("Solarization", value_range=(-9, 9)),
    case("Solarization", **RANDOM, addition_factor=0.2, threshold_factor=(0.3, 0.6)),
    case("AutoContrast", **UNIT),
    case("AutoContrast"),
    case("Equalization", **RANDOM, bins=16, graph=False, why="Keras calls its symbolic form part of a cycle"),
    case("RandomSharpness", factor=(0.8, 0.8), value_range=(-9, 9)),
    case("RandomSharpness", factor=(0.2, 0.2), value_range=(-9, 9)),
    case("RandomSharpness", **RANDOM, factor=0.3),
    case("RandomGaussianBlur", factor=(1.0, 1.0), sigma=(0.8, 0.8), value_range=(-9, 9)),
    case("RandomGaussianBlur", **RANDOM, factor=0.5, kernel_size=5, sigma=0.5),
    case("RandomErasing", factor=(1.0, 1.0), scale=(1.0, 1.0), fill_value=0.3),
    case("RandomErasing", **RANDOM, factor=0.3, scale=(0.1, 0.2), **UNIT),
    case("RandomColorJitter", contrast_factor=(0.0, 0.0), value_range=(-9, 9)),
    case("RandomColorJitter", **RANDOM, brightness_factor=0.2, saturation_factor=0.3, hue_factor=(0.1, 0.2), seed=1),
    case("ContrastLimitedAdaptiveHistogramEqualization", tile_grid_size=(2, 3), **UNIT),
    case(
        "ContrastLimitedAdaptiveHistogramEqualization",
        (1, 18, 15, 1),
        clip_limit=30.0,
        tile_grid_size=(4, 4),
        training=False,
    ),
    case("RandAugment", **RANDOM, factor=0.4, num_ops=3),
    case("AugMix", **RANDOM, factor=0.4, all_ops=False, seed=1),
    case("MaxNumBoundingBoxes", max_number=3),
    case("MixUp", **RANDOM, alpha=0.4),
    case("CutMix", **RANDOM, factor=0.5, seed=1),
]

PIPELINE = [
    {
        "layer": "Pipeline",
        "args": lambda layers: {"layers": [layers.RandomFlip(name="flip"), layers.Rescaling(2.0, name="rescaling")]},
        "inputs": (2, 6, 5, 3),
        "training": False,
    }
]

BINS = [
    case("Discretization", (2, 4), None, bin_boundaries=[-1.0, 0.0, 0.5], output_mode=mode)
    for mode in ("int", "one_hot", "multi_hot", "count")
]

ROWS = BINS + WARPING + COLORS + PIPELINE

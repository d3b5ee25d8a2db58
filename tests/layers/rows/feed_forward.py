"""Cases of the layers without a time loop; see ../test_parity.py."""

import torch


def mask(*shape):
    found = torch.rand(shape, generator=torch.Generator().manual_seed(3)) > 0.4
    found[:, 0] = True
    return found


def case(layer, inputs, **rest):
    known = {"call", "training", "integers", "tolerance", "differs", "why"}
    args = {key: value for key, value in rest.items() if key not in known}
    return {"layer": layer, "args": args, "inputs": inputs} | {key: rest[key] for key in known & set(rest)}


CORE = [
    case("Dense", (2, 3), units=4),
    case("Dense", (2, 5, 3), units=4, activation="relu", use_bias=False),
    case("Dense", (2, 3), units=4, kernel_regularizer="l2", bias_constraint="non_neg", kernel_initializer="he_normal"),
    case("Dense", (2, 3), units=4, activity_regularizer="l2"),
    case("Activation", (2, 3), activation="tanh"),
    case("Activation", (2, 3, 2), activation="softmax"),
    case("Identity", (2, 3)),
    case("Flatten", (2, 3, 4)),
    case("Flatten", (2,)),
    case("Flatten", (2, 3, 4, 5), data_format="channels_first"),
    case("Flatten", (2, 3, 4), integers=9),
    case("Reshape", (2, 3, 4), target_shape=(4, 3)),
    case("Reshape", (2, 3, 4), target_shape=(2, -1)),
    case("Reshape", (2, 3, 4), target_shape=(-1,), integers=5),
    case("Permute", (2, 3, 4, 5), dims=(3, 1, 2)),
    case("RepeatVector", (2, 3), n=4),
    case("Cropping1D", (2, 7, 3), cropping=(1, 2)),
    case("Cropping2D", (2, 7, 6, 3), cropping=((1, 2), (0, 3))),
    case("Cropping2D", (2, 3, 7, 6), cropping=(1, 2), data_format="channels_first"),
    case("Cropping3D", (2, 5, 6, 7, 2), cropping=((1, 0), (2, 2), (0, 1))),
    case("ZeroPadding1D", (2, 3, 2), padding=(1, 2)),
    case("ZeroPadding1D", (2, 3, 2), padding=2, data_format="channels_first"),
    case("ZeroPadding2D", (2, 3, 4, 2), padding=((1, 0), (2, 1))),
    case("ZeroPadding2D", (2, 3, 4, 2), padding=(2, 1), data_format="channels_first"),
    case("ZeroPadding3D", (2, 2, 3, 4, 2), padding=((1, 0), (2, 1), (0, 3))),
    case("UpSampling1D", (2, 3, 4), size=3),
    case("UpSampling2D", (2, 3, 4, 2), size=(2, 3)),
    case("UpSampling2D", (2, 3, 4, 2), size=2, data_format="channels_first"),
    case("UpSampling2D", (2, 3, 4, 2), interpolation="bilinear"),
    case("UpSampling2D", (2, 5, 4, 2), interpolation="bicubic"),
    case("UpSampling3D", (2, 2, 3, 2, 2), size=(1, 2, 3)),
]

ACTIVATION = [
    case("ReLU", (2, 3)),
    case("ReLU", (2, 30), max_value=0.8, negative_slope=0.1, threshold=0.2),
    case("LeakyReLU", (2, 9), negative_slope=0.2),
    case("PReLU", (2, 3, 4)),
    case("PReLU", (2, 3, 4, 2), shared_axes=[1, 2], alpha_regularizer="l2"),
    case("ELU", (2, 9), alpha=0.7),
    case("Softmax", (2, 3, 4)),
    case("Softmax", (2, 3, 4), axis=1),
    case("Softmax", (2, 3, 4), axis=(1, 2)),
    case("Softmax", (2, 3, 4), call=lambda: {"mask": mask(2, 3, 4)}),
]

NOISE = [
    case("Dropout", (2, 3), rate=0.5, noise_shape=(None, 1)),
    case("Dropout", (2, 3), rate=0.0, training=True),
    case("SpatialDropout1D", (2, 3, 4), rate=0.3, seed=4),
    case("SpatialDropout2D", (2, 3, 4, 2), rate=0.3),
    case("SpatialDropout3D", (2, 3, 4, 2, 2), rate=0.3, data_format="channels_first"),
    case("GaussianNoise", (2, 3), stddev=0.3, seed=1),
    case("GaussianDropout", (2, 3), rate=0.3),
    case("AlphaDropout", (2, 3), rate=0.3),
    case("ActivityRegularization", (2, 3), l1=0.1, l2=0.2),
]

CONVOLUTION = [
    case("Conv1D", (2, 9, 3), filters=4, kernel_size=3),
    case("Conv1D", (2, 9, 3), filters=4, kernel_size=3, padding="causal", dilation_rate=2),
    case("Conv1D", (2, 9, 3), filters=4, kernel_size=4, padding="causal", strides=2),
    case("Conv1D", (2, 9, 4), filters=4, kernel_size=2, padding="same", groups=2),
    case("Conv2D", (2, 8, 7, 3), filters=4, kernel_size=3),
    case("Conv2D", (2, 8, 7, 3), filters=4, kernel_size=(3, 5), padding="same", activation="relu"),
    case("Conv2D", (2, 8, 7, 3), filters=4, kernel_size=(2, 3), padding="same", use_bias=False),
    case("Conv2D", (2, 8, 7, 3), filters=4, kernel_size=3, padding="same", strides=2),
    case("Conv2D", (2, 8, 7, 3), filters=4, kernel_size=1, padding="same", strides=3),
    case("Conv2D", (2, 8, 7, 4), filters=6, kernel_size=3, dilation_rate=(2, 1), groups=2, padding="same"),
    case("Conv2D", (2, 3, 8, 7), filters=4, kernel_size=2, strides=2, padding="same", data_format="channels_first"),
    case("Conv2D", (2, 4, 4, 3), filters=2, kernel_size=1, activation="softmax", activity_regularizer="l2"),
    case("Conv3D", (2, 4, 5, 6, 2), filters=3, kernel_size=(2, 3, 1)),
    case("Conv3D", (2, 4, 5, 6, 2), filters=3, kernel_size=2, padding="same", strides=(1, 2, 2)),
    case("DepthwiseConv1D", (2, 7, 3), kernel_size=3, depth_multiplier=2),
    case(
        "DepthwiseConv2D", (2, 7, 6, 3), kernel_size=3, depth_multiplier=2, padding="same", depthwise_regularizer="l2"
    ),
    case("DepthwiseConv2D", (2, 7, 6, 3), kernel_size=(3, 2), padding="same", strides=2),
    case("DepthwiseConv2D", (2, 3, 7, 6), kernel_size=3, use_bias=False, data_format="channels_first"),
    case("SeparableConv1D", (2, 7, 3), filters=4, kernel_size=3, depth_multiplier=2, activation="tanh"),
    case("SeparableConv1D", (2, 7, 3), filters=4, kernel_size=2, padding="same"),
    case("SeparableConv2D", (2, 7, 6, 3), filters=4, kernel_size=3, depth_multiplier=2, padding="same", strides=2),
    case("SeparableConv2D", (2, 7, 6, 3), filters=4, kernel_size=3, dilation_rate=2, use_bias=False),
]

TRANSPOSED = [
    case("Conv1DTranspose", (2, 5, 3), filters=4, kernel_size=3, strides=2, padding="same"),
    case("Conv1DTranspose", (2, 5, 3), filters=4, kernel_size=2, strides=3),
    case("Conv2DTranspose", (2, 4, 5, 3), filters=4, kernel_size=3, strides=2, padding="same", activation="relu"),
    case("Conv2DTranspose", (2, 4, 5, 3), filters=4, kernel_size=(4, 2), strides=2, padding="same"),
    case("Conv2DTranspose", (2, 4, 5, 3), filters=4, kernel_size=3, strides=2, padding="same", output_padding=1),
    case("Conv2DTranspose", (2, 4, 5, 3), filters=4, kernel_size=3, strides=2, output_padding=(0, 1)),
    case("Conv2DTranspose", (2, 4, 5, 3), filters=4, kernel_size=3, dilation_rate=2, padding="same"),
    case("Conv2DTranspose", (2, 3, 4, 5), filters=4, kernel_size=2, strides=3, data_format="channels_first"),
    case("Conv3DTranspose", (2, 2, 3, 2, 3), filters=2, kernel_size=3, strides=2, padding="same"),
]

POOLING = [
    case(f"{kind}Pooling{rank}D", (2, 7, 5, 9)[: rank + 1] + (3,), pool_size=size, strides=strides, padding=padding)
    for kind in ("Max", "Average")
    for rank in (1, 2, 3)
    for size, strides, padding in [(2, None, "valid"), (2, 1, "same"), (3, 2, "same"), (2, 3, "same"), (3, 1, "same")]
]
POOLING += [
    case("MaxPooling2D", (2, 3, 7, 6), pool_size=(3, 2), padding="same", data_format="channels_first"),
    case(
        "AveragePooling2D",
        (2, 7, 6, 3),
        pool_size=(4, 3),
        strides=(1, 2),
        padding="same",
        differs={"outputs"},
        why="where the padding is longer at the end, Keras on torch repeats the border, TensorFlow leaves it out",
    ),
]
POOLING += [
    case(f"Global{kind}Pooling{rank}D", (2, 4, 3, 5)[: rank + 1] + (3,), **args)
    for kind in ("Max", "Average")
    for rank in (1, 2, 3)
    for args in ({}, {"keepdims": True, "data_format": "channels_first"})
]
POOLING += [case("GlobalAveragePooling1D", (2, 4, 3), call=lambda: {"mask": mask(2, 4)})]
POOLING += [
    case(f"Adaptive{kind}Pooling{rank}D", (2, 7, 6, 5)[: rank + 1] + (3,), output_size=3)
    for kind in ("Max", "Average")
    for rank in (1, 2, 3)
]

NORMALIZATION = [
    case("BatchNormalization", (5, 3), training=True),
    case("BatchNormalization", (5, 3), training=False),
    case("BatchNormalization", (5, 4, 3), training=True, momentum=0.7, epsilon=1e-2),
    case("BatchNormalization", (5, 4, 6, 3), training=True, scale=False),
    case("BatchNormalization", (5, 4, 6, 3), training=True, center=False, axis=1),
    case("BatchNormalization", (5, 4, 3, 2, 3), training=True, gamma_regularizer="l2"),
    case("BatchNormalization", (5, 4, 3), training=True, axis=-2),
    case("BatchNormalization", (1, 3), training=True),
    case("BatchNormalization", (5, 4, 3), training=True, call=lambda: {"mask": mask(5, 4)}),
    case("BatchNormalization", (5, 4, 3), training=False, call=lambda: {"mask": mask(5, 4)}),
    case("BatchNormalization", (5, 4, 3), training=True, renorm=True),
    case("BatchNormalization", (5, 4, 3), training=True, renorm=True, momentum=0.7, renorm_momentum=0.5, axis=1),
    case(
        "BatchNormalization",
        (5, 4, 3),
        training=True,
        renorm=True,
        renorm_clipping={"rmin": 0.9, "rmax": 1.1, "dmax": 0.1},
    ),
    case("BatchNormalization", (5, 4, 3), training=False, renorm=True),
    case("BatchNormalization", (5, 3), training=True, momentum=0.0),
    case("LayerNormalization", (2, 3, 4)),
    case("LayerNormalization", (2, 3, 4), rms_scaling=True),
    case("LayerNormalization", (2, 3, 4), axis=[1, 2], center=False),
    case("LayerNormalization", (2, 3, 4), scale=False, epsilon=0.1),
    case("GroupNormalization", (2, 3, 4), groups=2),
    case("GroupNormalization", (2, 5, 5, 6), groups=3, scale=False),
    case("GroupNormalization", (2, 6, 5), groups=-1, axis=1, center=False),
    case("RMSNormalization", (2, 3, 4)),
    case("RMSNormalization", (2, 3, 4), axis=[1, 2], epsilon=0.1),
    {
        "layer": "SpectralNormalization",
        "args": lambda L: {"layer": L.Dense(4, name="inner"), "power_iterations": 2},
        "inputs": (2, 3),
        "training": True,
    },
    {
        "layer": "SpectralNormalization",
        "args": lambda L: {"layer": L.Conv2D(4, 3, name="inner")},
        "inputs": (2, 5, 5, 3),
        "training": False,
    },
    case("UnitNormalization", (2, 3, 4)),
    case("UnitNormalization", (2, 3, 4), axis=[1, 2]),
]

MERGING = [
    case(name, [(2, 3, 4), (2, 3, 4), (2, 3, 4)]) for name in ("Add", "Multiply", "Average", "Maximum", "Minimum")
]
MERGING += [
    case("Add", [(2, 4), (2, 3, 4)]),
    case("Multiply", [(2, 3, 1), (2, 1, 4)]),
    case("Subtract", [(2, 3), (2, 3)]),
    case("Concatenate", [(2, 3), (2, 4), (2, 1)]),
    case("Concatenate", [(2, 3, 2), (2, 1, 2)], axis=1),
    case("Dot", [(2, 3), (2, 3)], axes=1),
    case("Dot", [(2, 3, 4), (2, 5, 4)], axes=2, normalize=True),
    case("Dot", [(2, 3, 4), (2, 4, 5)], axes=(2, 1)),
    case("Dot", [(2, 3, 4, 5), (2, 4, 6)], axes=(2, 1)),
]

ROWS = CORE + ACTIVATION + NOISE + CONVOLUTION + TRANSPOSED + POOLING + NORMALIZATION + MERGING

"""ConvNeXt: residual networks after the model of transformers (Liu et al., https://arxiv.org/abs/2201.03545)."""

import dataclasses
from typing import NamedTuple

from torchkeras import _registry
from torchkeras._symbolic import KerasTensor
from torchkeras.applications._application import Architecture, Options, build, channel_axis
from torchkeras.applications._weights import pair
from torchkeras.layers import (
    Activation,
    Conv2D,
    Dense,
    GlobalAveragePooling2D,
    LayerNormalization,
    Normalization,
)
from torchkeras.layers._scaling import LayerScale
from torchkeras.models import Model, Sequential

_MEAN, _STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


class Variant(NamedTuple):
    """How many blocks each of the four stages has, their channels, the files' hashes."""

    blocks: tuple[int, ...]
    channels: tuple[int, ...]
    hashes: tuple[str, str]


VARIANTS = {
    "tiny": Variant(
        (3, 3, 9, 3),
        (96, 192, 384, 768),
        (
            "8ae6e78ce2933352b1ef4008e6dd2f17bc40771563877d156bc6426c7cf503ff",
            "d547c096cabd03329d7be5562c5e14798aa39ed24b474157cef5e85ab9e49ef1",
        ),
    ),
    "small": Variant(
        (3, 3, 27, 3),
        (96, 192, 384, 768),
        (
            "ce1277d8f1ee5a0ef0e171469089c18f5233860ceaf9b168049cb9263fd7483c",
            "6fc8009faa2f00c1c1dfce59feea9b0745eb260a7dd11bee65c8e20843da6eab",
        ),
    ),
    "base": Variant(
        (3, 3, 27, 3),
        (128, 256, 512, 1024),
        (
            "52cbb006d3dadd03f6e095a8ca1aca47aecdd75acb4bc74bce1f5c695d0086e6",
            "40a20c5548a5e9202f69735ecc06c990e6b7c9d2de39f0361e27baeb24cb7c45",
        ),
    ),
    "large": Variant(
        (3, 3, 27, 3),
        (192, 384, 768, 1536),
        (
            "070c5ed9ed289581e477741d3b34beffa920db8cf590899d6d2c67fba2a198a6",
            "96f02b6f0753d4f543261bc9d09bed650f24dd6bc02ddde3066135b63d23a1cd",
        ),
    ),
    "xlarge": Variant(
        (3, 3, 27, 3),
        (256, 512, 1024, 2048),
        (
            "c1f5ccab661354fc3a79a10fa99af82f0fbf10ec65cb894a3ae0815f17a889ee",
            "de3f8a54174130e0cecdc71583354753d557fcf1f4487331558e2a16ba0cfe05",
        ),
    ),
}


def convnext(name: str, include_preprocessing: bool, options: Options) -> Model:
    """ConvNeXt ``"tiny"`` to ``"xlarge"``; its layers bear the model's name."""
    variant = VARIANTS[name]
    if options.name is None:
        options = dataclasses.replace(options, name=_registry.auto_name(f"convnext_{name}"))
    prefix = str(options.name)

    def features(x: KerasTensor) -> KerasTensor:
        if include_preprocessing and x.shape[channel_axis(-1)] == 3:
            x = _normalized(x, f"{prefix}_prestem_normalization")
        for stage, (blocks, channels) in enumerate(zip(variant.blocks, variant.channels, strict=True)):
            x = _downsampled(x, channels, stage, prefix)
            for block in range(blocks):
                x = _block(x, channels, f"{prefix}_stage_{stage}_block_{block}")
        return x

    def top(x: KerasTensor, options: Options) -> KerasTensor:
        x = GlobalAveragePooling2D(name=f"{prefix}_head_gap")(x)
        x = LayerNormalization(epsilon=1e-6, name=f"{prefix}_head_layernorm")(x)
        return Dense(options.classes, activation=options.classifier_activation, name=f"{prefix}_head_dense")(x)

    files = pair(f"convnext_{name}", variant.hashes, "convnext")
    return build(Architecture(features, 224, files, top=top, finish=LayerNormalization(epsilon=1e-6)), options)


def _normalized(x: KerasTensor, name: str) -> KerasTensor:
    """Pixels of 0 to 255 with ImageNet's statistics taken out."""
    mean, variance = [255 * mean for mean in _MEAN], [(255 * std) ** 2 for std in _STD]
    return Normalization(mean=mean, variance=variance, name=name)(x)


def _downsampled(x: KerasTensor, channels: int, stage: int, name: str) -> KerasTensor:
    """Patches of 4x4 at the beginning, of 2x2 between the stages: ``(b, h, w, c) -> (b, h/2, w/2, channels)``."""
    if stage == 0:
        conv = Conv2D(channels, 4, strides=4, name=f"{name}_stem_conv")
        norm = LayerNormalization(epsilon=1e-6, name=f"{name}_stem_layernorm")
        return Sequential([conv, norm], name=f"{name}_stem")(x)
    norm = LayerNormalization(epsilon=1e-6, name=f"{name}_downsampling_layernorm_{stage - 1}")
    conv = Conv2D(channels, 2, strides=2, name=f"{name}_downsampling_conv_{stage - 1}")
    return Sequential([norm, conv], name=f"{name}_downsampling_block_{stage - 1}")(x)


def _block(inputs: KerasTensor, channels: int, name: str) -> KerasTensor:
    """A depthwise 7x7 convolution, two dense layers over the channels, a scale; the shape stays."""
    x = Conv2D(channels, 7, padding="same", groups=channels, name=f"{name}_depthwise_conv")(inputs)
    x = LayerNormalization(epsilon=1e-6, name=f"{name}_layernorm")(x)
    x = Dense(4 * channels, name=f"{name}_pointwise_conv_1")(x)
    x = Activation("gelu", name=f"{name}_gelu")(x)
    x = Dense(channels, name=f"{name}_pointwise_conv_2")(x)
    x = LayerScale(1e-6, channels, name=f"{name}_layer_scale")(x)
    x = Activation("linear", name=f"{name}_identity")(x)  # where stochastic depth would be
    return inputs + x

"""Convolutions under names that only Keras 1 had: today's classes, which take its arguments as well."""

from torchkeras import layers
from torchkeras._eras._arguments import second_name

__all__ = [
    "AtrousConv1D",
    "AtrousConv2D",
    "AtrousConvolution1D",
    "AtrousConvolution2D",
    "Deconvolution2D",
    "Deconvolution3D",
]

AtrousConvolution1D = second_name("AtrousConvolution1D", layers.Conv1D, "Conv1D(..., dilation_rate=)")
AtrousConvolution2D = second_name("AtrousConvolution2D", layers.Conv2D, "Conv2D(..., dilation_rate=)")
Deconvolution2D = second_name("Deconvolution2D", layers.Conv2DTranspose, "Conv2DTranspose")
Deconvolution3D = second_name("Deconvolution3D", layers.Conv3DTranspose, "Conv3DTranspose")
AtrousConv1D, AtrousConv2D = AtrousConvolution1D, AtrousConvolution2D

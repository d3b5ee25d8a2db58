"""What ``keras.initializers`` had until Keras 2: short names of today's."""

from torchkeras import initializers

__all__ = ["normal", "one", "uniform", "zero"]

zero, one = initializers.Zeros, initializers.Ones
normal, uniform = initializers.RandomNormal, initializers.RandomUniform

"""``keras.utils.losses_utils``: reductions, under the names that tf.keras had inside."""

from torchkeras.losses._family import Reduction

__all__ = ["Reduction", "ReductionV2"]

ReductionV2 = Reduction

"""Training a small model, the student, with the help of a large one, the teacher (https://arxiv.org/abs/1503.02531)."""

from torchkeras.distillation._distiller import Distiller as Distiller
from torchkeras.distillation._losses import DistillationLoss as DistillationLoss
from torchkeras.distillation._losses import FeatureDistillation as FeatureDistillation
from torchkeras.distillation._losses import LogitsDistillation as LogitsDistillation

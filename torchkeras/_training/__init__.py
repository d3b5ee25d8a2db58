"""The training engine: losses and metrics matched to outputs, steps, loops."""

from torchkeras._training._trainer import Trainer as Trainer

"""Sequences of different lengths as one array."""

from torchkeras.utils._sequences import pad_sequences as pad_sequences

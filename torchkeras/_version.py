"""The version of the distribution `torchkeras-compat`; the build reads it from here."""

__version__ = "0.1.0"

"""``tf.app`` of TensorFlow 1: ``tf.app.run(main)``."""

import sys
from collections.abc import Callable
from typing import Any

from torchkeras._tensorflow import _refused
from torchkeras._tensorflow.compat.v1 import flags as flags


def run(main: Callable[[list[str]], Any] | None = None, argv: list[str] | None = None) -> None:
    """Read the flags, call ``main`` (by default that of the script) with what is left, and exit with its result."""
    rest = flags.FLAGS(argv)
    function = main or sys.modules["__main__"].main
    sys.exit(function(rest))


__all__ = ["flags", "run"]
__getattr__ = _refused.lookup("tf.compat.v1.app", globals())

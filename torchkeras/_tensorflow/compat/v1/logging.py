"""``tf.logging`` of TensorFlow 1, by Python's logger ``tensorflow``."""

import logging as _logging
from typing import Any

from torchkeras._tensorflow import _refused

DEBUG, INFO, ERROR, FATAL = _logging.DEBUG, _logging.INFO, _logging.ERROR, _logging.FATAL
WARN = WARNING = _logging.WARNING

_logger = _logging.getLogger("tensorflow")
debug, info, error, fatal, log = _logger.debug, _logger.info, _logger.error, _logger.critical, _logger.log
warn = warning = _logger.warning


def set_verbosity(v: Any) -> None:
    """Let the logger tell what has this level at least."""
    _logger.setLevel(v)


def get_verbosity() -> int:
    """The logger's level."""
    return _logger.getEffectiveLevel()


__all__ = ["DEBUG", "ERROR", "FATAL", "INFO", "WARN", "WARNING", "debug", "error", "fatal", "get_verbosity", "info"]
__all__ += ["log", "set_verbosity", "warn", "warning"]
__getattr__ = _refused.lookup("tf.compat.v1.logging", globals())

"""Warnings that point at the user's line, however deep the place that gives them."""

import sys
import warnings
from pathlib import Path

_OURS = str(Path(__file__).parents[2])


def warn(message: str, category: type[Warning] = UserWarning) -> None:
    """Warn of the nearest line outside of torchkeras."""
    frame, level = sys._getframe(1), 2
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_OURS):
        frame, level = frame.f_back, level + 1
    warnings.warn(message, category, stacklevel=level)

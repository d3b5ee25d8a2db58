"""Figures without a window: matplotlib's objects, not pyplot."""

import os
from typing import Any

from torchkeras.saving._atomic import replacing


def new_figure(owner: str, width: float, height: float) -> Any:
    """A figure of `width` x `height` inches.

    Raises:
        ImportError: matplotlib is missing.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError(f"{owner} draws with matplotlib; install it with `pip install matplotlib`.") from error
    return Figure(figsize=(width, height), layout="constrained")


def save(figure: Any, path: str | os.PathLike[str]) -> None:
    """Write `figure` to `path`, whole; the ending of the path says in which format."""
    folder, name = os.path.split(os.fspath(path))
    if folder:
        os.makedirs(folder, exist_ok=True)
    with replacing(path) as temporary:
        figure.savefig(temporary, format=os.path.splitext(name)[1][1:] or "png", dpi=120)

"""The other PyPI project named `torchkeras` fills the same folder: refuse to run mixed with it."""

import functools
import importlib.metadata
from pathlib import Path

# A file that only the other project's package has.
_FOREIGN = Path(__file__).with_name("kerasmodel.py")


@functools.cache
def check() -> None:
    """Nothing, or an error where the other project is installed beside this one.

    Costs a quarter of a millisecond: one look for a file, one for the metadata (which torch has imported anyway).

    Raises:
        ImportError: the distribution `torchkeras` is installed, or its files lie in this package's folder.
    """
    version = _other_version()
    if version is None and not _FOREIGN.exists():
        return
    raise ImportError(
        f"Two projects install a package named 'torchkeras': torchkeras-compat (this one, Keras' API on PyTorch, "
        f"in {_FOREIGN.parent}) and torchkeras{f' {version}' if version else ''} (KerasModel, a training loop). "
        "They overwrite each other's files and cannot be used in one environment. To use this one: "
        "`pip uninstall torchkeras`, then reinstall torchkeras-compat.",
        name="torchkeras",
    )


def _other_version() -> str | None:
    try:
        return importlib.metadata.version("torchkeras")
    except importlib.metadata.PackageNotFoundError:
        return None

"""Files of users' layers beside the weights: what ``save_assets(folder)`` writes and ``load_assets(folder)`` reads."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from typing import Any

from torchkeras._file_errors import UnsafeFileError
from torchkeras.saving._parts import walk

_FOLDER = "assets"
# all assets of a model together
_BYTES = 1 << 30


@contextlib.contextmanager
def written_assets(model: Any) -> Iterator[list[tuple[str, str]]]:
    """Inside, the assets lie in a temporary folder: their names below ``assets/`` and their paths."""
    writers = [(path, part) for path, part in walk(model) if hasattr(part, "save_assets")]
    if not writers:
        yield []
        return
    with tempfile.TemporaryDirectory() as root:
        for path, part in writers:
            folder = os.path.join(root, path)
            os.makedirs(folder, exist_ok=True)
            part.save_assets(folder)
        yield sorted(_files(root))


def _files(root: str) -> Iterator[tuple[str, str]]:
    for folder, _, names in os.walk(root):
        for name in names:
            path = os.path.join(folder, name)
            yield os.path.relpath(path, root).replace(os.sep, "/"), path


def load_assets(model: Any, archive: Any) -> None:
    """Give each layer that has ``load_assets`` the files that were saved for it, in a temporary folder.

    Args:
        archive: an open zip archive, or folder, of checked names.
    """
    for path, part in walk(model):
        if hasattr(part, "load_assets"):
            prefix = f"{_FOLDER}/{path}/" if path else f"{_FOLDER}/"
            with tempfile.TemporaryDirectory() as folder:
                _unpack(archive, prefix, folder)
                part.load_assets(folder)


def _unpack(archive: Any, prefix: str, folder: str) -> None:
    left, root = _BYTES, os.path.realpath(folder)
    for name in archive.names:
        if not name.startswith(prefix):
            continue
        target = os.path.realpath(os.path.join(root, *name[len(prefix) :].split("/")))
        if os.path.commonpath([root, target]) != root:
            raise UnsafeFileError(member=name, expected="a file of this folder", found="one outside")
        content = archive.read(name, left)
        left -= len(content)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        with open(target, "xb") as file:
            file.write(content)

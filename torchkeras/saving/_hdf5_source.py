"""Weights out of an HDF5 file, for the loading plan."""

from typing import Any

from torchkeras.saving._hdf5_reader import Dataset, Group
from torchkeras.saving._hdf5_writer import VARS


class HDF5Source:
    """The arrays of each part, from an open file.

    Args:
        root: the file's root group.
    """

    def __init__(self, root: Group) -> None:
        self._root = root

    def arrays(self, path: str) -> dict[str, Any]:
        """The arrays stored for the part at `path`, unread; none if the file does not have it."""
        group = self._group(f"{path}/{VARS}" if path else VARS)
        if group is None:
            return {}
        found = {name: group.child(name) for name in group.names}
        return {name: child for name, child in found.items() if isinstance(child, Dataset)}

    def _group(self, path: str) -> Group | None:
        found: Any = self._root
        for name in path.split("/"):
            if not isinstance(found, Group):
                return None
            # some layers of Keras became public attributes later: `_key_dense`, now `key_dense`
            known = next((each for each in (name, f"_{name}") if each in found), None)
            if known is None:
                return None
            found = found.child(known)
        return found if isinstance(found, Group) else None

"""Weights in several HDF5 files of bounded size, and a JSON index that says which part is where; Keras' layout."""

import contextlib
import json
import os
import secrets
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from torchkeras._file_errors import CorruptFileError, UnsafeFileError
from torchkeras.saving._atomic import replacing
from torchkeras.saving._hdf5_reader import open_hdf5
from torchkeras.saving._hdf5_source import HDF5Source
from torchkeras.saving._hdf5_writer import VARS, new_hdf5, put
from torchkeras.saving._json_reader import read_json
from torchkeras.saving._numbers import to_array
from torchkeras.saving._parts import walk
from torchkeras.saving._places import stored
from torchkeras.saving._region import opened

SUFFIX = ".weights.json"
_INDEX_BYTES = 16 << 20
_SHARDS = 10_000


def save_sharded(root: Any, path: str, gigabytes: float, left_out: Collection[int] = ()) -> None:
    """Write the shards, then the index at `path`; what the old index listed is deleted at the end.

    Whoever reads meanwhile finds the old set or the new one: new shards never take the names of old ones.

    Args:
        gigabytes: the most that one shard holds, in units of 1024**3 bytes.
        left_out: the ids of parts that are not to be written.

    Raises:
        ValueError: an array is larger than that.
    """
    old = _listed(path)
    writer = _Shards(path, float(gigabytes) * 1024**3, old)
    with _removed_on_failure(path, writer.names):
        with writer:
            for part_path, part in walk(root, left_out):
                name = getattr(part, "name", "torch_module_wrapper")
                writer.group(f"{part_path}/{VARS}" if part_path else VARS, name)
                for key, value in stored(part):
                    writer.put(key, to_array(value))
        index = {"metadata": {"total_size": float(writer.total)}, "weight_map": writer.index}
        with replacing(path) as temporary, open(temporary, "w") as file:
            json.dump(index, file, indent=4)
    _delete(path, [name for name in old if name not in writer.names])


@contextlib.contextmanager
def _removed_on_failure(path: str, names: list[str]) -> Iterator[None]:
    """Shards without an index are of no use."""
    try:
        yield
    except BaseException:
        _delete(path, names)
        raise


class _Shards(contextlib.ExitStack):
    """The shards that are being written; they take their names when all of them are complete."""

    def __init__(self, path: str, limit: float, taken: list[str]) -> None:
        super().__init__()
        self._folder, base = os.path.split(path)
        self._base, self._limit = base.removesuffix(SUFFIX), limit
        clash = any(name in taken or os.path.exists(os.path.join(self._folder, name)) for name in [self._name(0)])
        self._base += f"-{secrets.token_hex(4)}" if clash else ""
        self._hashing = self.enter_context(ThreadPoolExecutor(1))
        self._open = contextlib.ExitStack()
        self._file: Any = None
        self._size = 0
        self._group = ("", "")
        self.total = 0
        self.names: list[str] = []
        self.index: dict[str, list[str]] = {}

    def _name(self, number: int) -> str:
        return f"{self._base}_{number:05d}.weights.h5"

    def group(self, path: str, name: str) -> None:
        """Following arrays belong to this group."""
        self._group = (path, name)
        if self._file is None:
            self._next()
        self._file.require_group(path).attrs["name"] = name

    def put(self, key: str, array: Any) -> None:
        """Write one array, into a new shard if it does not fit any more."""
        path, name = self._group
        if array.nbytes > self._limit:
            raise ValueError(
                f"The size of {path}/{key} is {array.nbytes / 1024:.2f} KB which exceeds the maximum shard size "
                f"{self._limit / 1024:.2f} KB. You can increase the `max_shard_size` parameter to accommodate the size."
            )
        if self._size + array.nbytes > self._limit:
            self._next()
        group = self._file.require_group(path)
        group.attrs["name"] = name
        put(group, key, array, self._hashing)
        self._size += array.nbytes
        self.total += array.nbytes
        shards = self.index.setdefault(f"/{path}", [])
        if self.names[-1] not in shards:
            shards.append(self.names[-1])

    def _next(self) -> None:
        self._open.close()
        self.names.append(self._name(len(self.names)))
        temporary = self.enter_context(replacing(os.path.join(self._folder, self.names[-1])))
        self.push(self._open)
        self._file = self._open.enter_context(new_hdf5(temporary))
        self._size = 0


def _delete(path: str, names: list[str]) -> None:
    for name in names:
        with contextlib.suppress(OSError):
            os.unlink(os.path.join(os.path.dirname(path), name))


def _listed(path: str) -> list[str]:
    """The shards of the index that is there now; none if there is no good one."""
    try:
        return _read_index(path)[1]
    except (OSError, ValueError):
        return []


def _read_index(path: str) -> tuple[dict[str, list[str]], list[str]]:
    with opened(path) as descriptor:
        content = os.pread(descriptor, _INDEX_BYTES + 1, 0)
    index = read_json(content)
    table = index.get("weight_map") if isinstance(index, dict) else None
    if not isinstance(table, dict):
        raise CorruptFileError(file=path, expected="an index with a `weight_map`", found=type(index).__name__)
    found: dict[str, list[str]] = {}
    for key, value in table.items():
        found[key.strip("/")] = names = [value] if isinstance(value, str) else value
        if not isinstance(names, list) or not all(isinstance(name, str) and name.endswith(".h5") for name in names):
            raise CorruptFileError(file=path, path=key, expected="a list of names of `.h5` files")
        if any(os.path.basename(name) != name or name.startswith(".") for name in names):
            raise UnsafeFileError(file=path, path=key, expected="files beside the index", found=str(names))
    every = list(dict.fromkeys(name for names in found.values() for name in names))
    if len(every) > _SHARDS:
        raise UnsafeFileError(file=path, expected=f"at most {_SHARDS} shards", found=f"{len(every)}")
    return found, every


class _ShardedSource:
    """The arrays of each part, from the shards that the index names."""

    def __init__(self, table: dict[str, list[str]], sources: dict[str, HDF5Source]) -> None:
        self._table, self._sources = table, sources

    def arrays(self, path: str) -> dict[str, Any]:
        """The arrays stored for the part at `path`."""
        found: dict[str, Any] = {}
        for name in self._table.get(f"{path}/{VARS}" if path else VARS, []):
            found |= self._sources[name].arrays(path)
        return found


@contextlib.contextmanager
def open_sharded(path: str) -> Iterator[_ShardedSource]:
    """The weights that an index lists.

    Raises:
        FileNotFoundError: the index or a shard is not there.
        CorruptFileError, UnsafeFileError: it is no index, or one that names files elsewhere.
    """
    table, names = _read_index(path)
    folder = os.path.dirname(path)
    with contextlib.ExitStack() as stack:
        groups = {name: stack.enter_context(open_hdf5(os.path.join(folder, name))) for name in names}
        yield _ShardedSource(table, {name: HDF5Source(group) for name, group in groups.items()})

"""The file formats of the data sets, read so that a bad file can do no harm.

Some old files hold Python objects, that is, pickles. They are read by an unpickler that knows numbers, texts,
lists, dictionaries and numpy arrays of these, and nothing that could be called.
"""

import gzip
import pickle
import zipfile
from pathlib import Path
from typing import IO, Any

import numpy as np


def read_npz(path: str | Path) -> dict[str, np.ndarray]:
    """The arrays of an ``.npz`` file by name."""
    with zipfile.ZipFile(path) as archive:
        members = [name for name in archive.namelist() if name.endswith(".npy")]
        return {name.removesuffix(".npy"): _read_npy(archive, name) for name in members}


def _read_npy(archive: zipfile.ZipFile, name: str) -> np.ndarray:
    with archive.open(name) as file:
        dtype = _npy_dtype(file)
        if dtype.hasobject:
            return read_pickle(file)
    with archive.open(name) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def _npy_dtype(file: IO[bytes]) -> np.dtype:
    version = np.lib.format.read_magic(file)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    return read(file)[2]


def read_idx_gz(path: str | Path, header: int) -> np.ndarray:
    """The bytes of a gzipped IDX file after its `header` bytes: ``(n,)`` uint8."""
    with gzip.open(path, "rb") as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def read_pickle(file: IO[bytes]) -> Any:
    """A pickle of plain data and numpy arrays.

    Raises:
        pickle.UnpicklingError: it holds anything else.
    """
    return _plain(_PlainUnpickler(file, encoding="bytes").load())


class _Dtype:
    """Stands in for numpy.dtype: notes its arguments."""

    def __init__(self, code: Any, *arguments: Any) -> None:
        self.code = code.decode("ascii") if isinstance(code, bytes) else code
        self.order = "="

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        order = state[1]
        self.order = order.decode("ascii") if isinstance(order, bytes) else order

    def numpy(self) -> np.dtype:
        dtype = np.dtype(self.code)
        if dtype.kind not in "biufO":
            raise pickle.UnpicklingError(f"Data sets hold numbers, not arrays of {dtype}.")
        return dtype if dtype.kind == "O" else dtype.newbyteorder(self.order)  # type: ignore[arg-type]


class _Array:
    """Stands in for numpy.ndarray: builds the array from the pickled shape and content."""

    def __init__(self, *arguments: Any) -> None:
        self.array = np.empty(0)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        _, shape, dtype, fortran, content = state
        kind = dtype.numpy()
        if kind.kind == "O":
            flat = np.empty(len(content), dtype=object)
            flat[:] = [_plain(item) for item in content] if len(content) else []
        else:
            flat = np.frombuffer(content, kind)
        self.array = flat.reshape(shape, order="F" if fortran else "C")


def _plain(value: Any) -> Any:
    if isinstance(value, _Array):
        return value.array
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


def _encode(text: str, encoding: str) -> bytes:
    """How protocol 2 writes bytes."""
    return text.encode("latin1")


class _PlainUnpickler(pickle.Unpickler):
    _known = {
        ("numpy.core.multiarray", "_reconstruct"): _Array,
        ("numpy._core.multiarray", "_reconstruct"): _Array,
        ("numpy", "ndarray"): _Array,
        ("numpy", "dtype"): _Dtype,
        ("_codecs", "encode"): _encode,
    }

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._known:
            raise pickle.UnpicklingError(
                f"The file holds {module}.{name}, which is no plain data; it is not what it should be. Delete it, and "
                "it is downloaded anew."
            )
        return self._known[module, name]

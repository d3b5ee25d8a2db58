"""Weights as an HDF5 file, in the tree that Keras 3 writes, each array with its SHA-256."""

import contextlib
import os
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from torch import Tensor

from torchkeras.saving._hdf5_reader import Group, open_hdf5
from torchkeras.saving._numbers import sha256, to_array
from torchkeras.saving._parts import walk
from torchkeras.saving._places import stored
from torchkeras.saving._window import Window

# the group below each part that holds its own arrays
VARS = "vars"
# below this size a thread costs more than it saves
_WORTH_A_THREAD = 1 << 20

# what was written: path of the array -> (shape, bytes)
Written = dict[str, tuple[tuple[int, ...], int]]


@contextlib.contextmanager
def new_hdf5(target: Any) -> Iterator[Any]:
    """A new HDF5 file, open for writing.

    Args:
        target: the path of a file that is there, or a :class:`Window` on one.

    Raises:
        OSError: a write failed.
    """
    import h5py

    if not isinstance(target, Window):
        descriptor = os.open(target, os.O_RDWR)
        try:
            with new_hdf5(Window(descriptor, 0)) as file:
                yield file
        finally:
            os.close(descriptor)
        return
    try:
        with h5py.File(target, "w") as file:
            file.window = target
            yield file
    finally:
        target.check()


def write_weights(target: Any, root: Any, left_out: Collection[int] = ()) -> Written:
    """Write all that `root` stores into a new HDF5 file.

    Args:
        target: a path, or an open file that can be read, written and sought.
        root: a model, or a layer.
        left_out: the ids of parts that are not to be written.
    """
    written: Written = {}
    with new_hdf5(target) as file, ThreadPoolExecutor(1) as hashing:
        for path, part in walk(root, left_out):
            group = file.create_group(f"{path}/{VARS}" if path else VARS)
            group.attrs["name"] = getattr(part, "name", "torch_module_wrapper")
            for key, value in stored(part):
                array = put(group, key, value, hashing)
                file.window.check()
                written[f"{group.name}/{key}".lstrip("/")] = (array.shape, array.nbytes)
    return written


def put(group: Any, key: str, value: Tensor | np.ndarray[Any, Any], hashing: ThreadPoolExecutor) -> Any:
    """Write one array into an open group; its hash is computed meanwhile."""
    array = to_array(value)
    dataset = group.create_dataset(key, array.shape, array.dtype)
    if array.nbytes > _WORTH_A_THREAD:
        digest = hashing.submit(sha256, array)
        dataset.write_direct(array)
        dataset.attrs["sha256"] = np.bytes_(digest.result())
    else:
        if array.size:
            dataset[...] = array
        dataset.attrs["sha256"] = np.bytes_(sha256(array))
    if array.dtype.kind == "V":
        dataset.attrs["dtype"] = "bfloat16"  # as Keras says it
    return array


def check_written(source: Any, written: Written) -> None:
    """Read the tree of a file that was just written, and compare it with what was to be in it.

    Raises:
        CorruptFileError: something is missing, or of another shape.
    """
    with open_hdf5(source) as root:
        groups: dict[str, Group] = {}
        for path, (shape, nbytes) in written.items():
            folder, _, key = path.rpartition("/")
            if folder not in groups:
                groups[folder] = root.group(folder)
            found = groups[folder].dataset(key)
            if (found.shape, found.nbytes) != (shape, nbytes):
                raise OSError(f"{path}: wrote shape {shape}, but the file has {found.shape}.")

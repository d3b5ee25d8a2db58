"""``save_weights`` and ``load_weights``: which format a path means."""

import contextlib
import os
import warnings
from collections.abc import Iterator
from typing import Any

from torch import nn

from torchkeras import _ranks
from torchkeras.saving._atomic import replacing
from torchkeras.saving._errors import reading
from torchkeras.saving._hdf5_reader import open_hdf5
from torchkeras.saving._hdf5_source import HDF5Source
from torchkeras.saving._hdf5_writer import check_written, write_weights
from torchkeras.saving._keras_reader import open_archive, open_weights
from torchkeras.saving._legacy_weights import load_legacy_weights
from torchkeras.saving._legacy_writer import save_legacy_weights
from torchkeras.saving._loading import Source, load_state
from torchkeras.saving._paths import local, may_write, starts_with
from torchkeras.saving._safetensors import load_safetensors, save_safetensors
from torchkeras.saving._sharded import open_sharded, save_sharded

SAFETENSORS = ".safetensors"
SHARDED = ".weights.json"
LEGACY = (".h5", ".hdf5")


def save_weights(
    model: Any, filepath: Any, overwrite: bool = True, max_shard_size: float | None = None, **kwargs: Any
) -> None:
    """Write the weights of a model, and the state of its optimizer, to a file that is there whole or not at all.

    Args:
        model: the model, or a layer.
        filepath: ends in ``.weights.h5``; in ``.weights.json`` with `max_shard_size`; or in ``.safetensors``, which
            holds ``state_dict()`` alone; in another ``.h5`` or ``.hdf5`` for Keras 2's format, without an optimizer.
        overwrite: whether to replace a file that is there; else the user is asked.
        max_shard_size: the most that one file may hold, in units of 1024**3 bytes; None for one file.
        **kwargs: ``objects_to_skip`` is a list of layers to leave out.

    Raises:
        ValueError: another ending; a model without weights yet; an array larger than `max_shard_size`.
        OSError: the file can't be written; the old one is as it was.
    """
    skipped = kwargs.pop("objects_to_skip", None)
    for name in kwargs:
        raise ValueError(f"`save_weights`: unexpected argument {name!r}.")
    path = _target(local(filepath, "save_weights"), max_shard_size)
    if not may_write(path, overwrite):
        return
    check_built(model, "saving a model")
    with only_first_rank(model) as writes:
        if writes:
            _write(model, path, max_shard_size, {id(item) for item in skipped or ()})


def _target(path: str, max_shard_size: float | None) -> str:
    if max_shard_size is not None:
        if path.endswith(".weights.h5"):
            renamed = path.removesuffix(".h5") + ".json"
            warnings.warn(
                f"Saving sharded weights requires `*.json` as the extension. The original path: {path} will be "
                f"renamed to {renamed}.",
                stacklevel=3,
            )
            return renamed
        if not path.endswith(SHARDED):
            raise ValueError(
                "The filename must end in `.weights.json` when `max_shard_size` is specified. "
                f"Received: filepath={path}"
            )
    elif path.endswith(LEGACY) and not path.endswith(".weights.h5"):
        warnings.warn(
            f"Weights in a file named as Keras 2 does are written in its format: {path}. Today's name ends in "
            "`.weights.h5`.",
            DeprecationWarning,
            stacklevel=4,
        )
    elif not path.endswith((".weights.h5", SAFETENSORS)):
        raise ValueError(f"The filename must end in `.weights.h5`. Received: filepath={path}")
    return path


def _write(model: Any, path: str, max_shard_size: float | None, left_out: set[int]) -> None:
    if max_shard_size is not None:
        save_sharded(model, path, max_shard_size, left_out)
    elif path.endswith(SAFETENSORS):
        save_safetensors(model, path)
    elif not path.endswith(".weights.h5"):
        save_legacy_weights(model, path)
    else:
        with replacing(path) as temporary:
            check_written(temporary, write_weights(temporary, model, left_out))


@contextlib.contextmanager
def only_first_rank(model: Any) -> Iterator[bool]:
    """Whether this process is the one that writes; the others wait until it has.

    Raises:
        ValueError: each rank has a part of the weights alone.
    """
    if isinstance(model, nn.Module) and any(hasattr(parameter, "in_step") for parameter in model.parameters()):
        raise ValueError(
            f'Model "{model.name}" is split by ModelParallel: no rank has its whole state to save. Call '
            "`get_weights()` on every rank, and save a model of the same architecture that is not split, with them."
        )
    try:
        yield _ranks.is_first()
    finally:
        _ranks.barrier()


def check_built(model: Any, doing: str) -> None:
    """Refuse a model that has no weights yet."""
    if not getattr(model, "built", True):
        raise ValueError(
            f"You are {doing} that has not yet been built. Try building the model first by calling it on some data or "
            "by using `build()`."
        )


def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
    """Give a model the weights of a file; also those of its optimizer if it is built.

    Everything in the file is checked first: if loading fails, nothing has changed.

    Args:
        model: the model, or a layer.
        filepath: a ``.weights.h5``, ``.keras``, ``.weights.json`` or ``.safetensors`` file, or an HDF5 file of Keras
            1 and 2.
        skip_mismatch: whether to leave layers alone, with a warning, that the file does not fit.
        **kwargs: ``by_name=True`` pairs the layers of old HDF5 files by their names; ``objects_to_skip`` is a list of
            layers to leave alone.

    Raises:
        FileNotFoundError: there is no such file.
        CorruptFileError: the file does not fit, or is damaged.
        UnsafeFileError: the file asks for another file, or for more memory than it may.
    """
    path = local(filepath, "load_weights")
    by_name, skipped = kwargs.pop("by_name", False), kwargs.pop("objects_to_skip", None)
    if kwargs:
        raise ValueError(f"Invalid keyword arguments: {kwargs}")
    old = _is_legacy(path)
    if by_name and not old:
        raise ValueError(
            f"Invalid keyword arguments: {{'by_name': {by_name}}}. Only HDF5 files of Keras 1 and 2 are loaded by name."
        )
    if not old:
        check_built(model, "loading weights into a model")
    if path.endswith(SAFETENSORS):
        load_safetensors(model, path, skip_mismatch)
    elif old:
        load_legacy_weights(model, path, by_name=by_name, skip_mismatch=skip_mismatch)
    else:
        with reading(path), _source(path) as source:
            load_state(model, source, skip_mismatch=skip_mismatch, objects_to_skip=skipped)


@contextlib.contextmanager
def _source(path: str) -> Iterator[Source]:
    if path.endswith(SHARDED):
        with open_sharded(path) as sharded:
            yield sharded
    elif path.endswith(LEGACY) or starts_with(path, b"\x89HDF\r\n\x1a\n"):
        with open_hdf5(path) as root:
            yield HDF5Source(root)
    elif path.endswith(".keras") or os.path.isdir(path):
        with open_archive(path) as archive, open_weights(archive) as source:
            yield source
    else:
        raise ValueError(
            f"File format not supported: filepath={path}. Weights are read from `.keras` files, `.weights.h5` files, "
            "`.weights.json` indexes, `.safetensors` files, and HDF5 files of Keras 1 and 2 (`.h5`, `.hdf5`)."
        )


def _is_legacy(path: str) -> bool:
    """Whether it is HDF5 as Keras 1 and 2 write it, which the names of its attributes tell."""
    if not path.endswith(LEGACY) and not starts_with(path, b"\x89HDF\r\n\x1a\n"):
        return False
    with reading(path), open_hdf5(path) as root:
        return "layer_names" in root.attrs or "model_weights" in root

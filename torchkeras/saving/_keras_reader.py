"""Reading ``.keras`` files: everything is checked before memory is taken for it (D10)."""

import contextlib
import copy
import os
from collections.abc import Iterator
from typing import Any

from torchkeras import _registry
from torchkeras._data._random_states import random_state_kept
from torchkeras._file_errors import CorruptFileError, FileError, UnsafeFileError
from torchkeras._scopes import device
from torchkeras._serialization import deserialize_keras_object, safe_mode_scope
from torchkeras.layers import Layer
from torchkeras.saving._assets import load_assets
from torchkeras.saving._errors import reading
from torchkeras.saving._folder_reader import Folder
from torchkeras.saving._globals import kept_names, kept_names_on_failure, mentions_custom
from torchkeras.saving._hdf5_reader import open_hdf5
from torchkeras.saving._hdf5_source import HDF5Source
from torchkeras.saving._json_reader import BYTES, read_json
from torchkeras.saving._keras_file import CONFIG, METADATA, WEIGHTS
from torchkeras.saving._legacy_config import modern_config
from torchkeras.saving._loading import check_fit, load_state
from torchkeras.saving._zip_reader import open_zip


def load_keras_file(
    path: str | bytes, custom_objects: dict[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """The model in a ``.keras`` file, or in a folder or bytes with the same contents.

    Raises:
        UnsafeFileError: the file asks for code, another file, or more memory than it may.
        CorruptFileError: it is damaged, or no such file.
    """
    with (
        reading(path if isinstance(path, str) else None),
        open_archive(path) as archive,
        _registry.CustomObjectScope(custom_objects),
        safe_mode_scope(bool(safe_mode)),
        kept_names_on_failure(),
        random_state_kept(),
    ):
        with reading(member=CONFIG):
            config = _config(archive, compile)
        with open_weights(archive) as source:
            with reading(member=CONFIG):
                _check(config, source)
                model = deserialize_keras_object(config)
            with reading(member=WEIGHTS):
                load_state(model, source, fresh=True)
        load_assets(model, archive)
    return model


@contextlib.contextmanager
def open_archive(path: str | bytes) -> Iterator[Any]:
    """The files inside, by name."""
    if isinstance(path, str) and os.path.isdir(path):
        yield Folder(path)
    else:
        with open_zip(path) as archive:
            yield archive


@contextlib.contextmanager
def open_weights(archive: Any) -> Iterator[HDF5Source]:
    """The weights inside."""
    with reading(member=WEIGHTS):
        opened = open_hdf5(archive.open(WEIGHTS))
        root = opened.__enter__()
    try:
        yield HDF5Source(root)
    finally:
        opened.__exit__(None, None, None)


def _config(archive: Any, compile: bool) -> Any:
    config = read_json(archive.read(CONFIG, BYTES))
    if not isinstance(config, dict) or "class_name" not in config:
        raise CorruptFileError(expected="the config of a model", found=type(config).__name__)
    compiled = config.pop("compile_config", None)
    if METADATA in archive and _version(archive).startswith("2"):
        config = modern_config(config)
        compiled = {key: value for key, value in (compiled or {}).items() if value is not None}
    return {**config, "compile_config": compiled} if compile and compiled else config


def _version(archive: Any) -> str:
    metadata = read_json(archive.read(METADATA, BYTES))
    return str(metadata.get("keras_version", "")) if isinstance(metadata, dict) else ""


def _check(config: dict[str, Any], source: HDF5Source) -> None:
    """Make the model once without memory, and compare: a config may ask for more than the file holds."""
    bare = copy.deepcopy({key: value for key, value in config.items() if key != "compile_config"})
    try:
        with device("meta"), kept_names():
            model = deserialize_keras_object(bare)
            if not isinstance(model, Layer):
                raise UnsafeFileError(expected="a model", found=type(model).__name__)
        check_fit(model, source)
    except FileError:
        raise
    except Exception:
        if not mentions_custom(config):
            raise
        # a user's layer may need real numbers; the user's own code is trusted with memory

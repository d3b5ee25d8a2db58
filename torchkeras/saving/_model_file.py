"""``save_model`` and ``load_model``: which format a path means."""

import errno
import os
import warnings
from typing import Any

from torchkeras.saving._keras_file import save_folder, save_keras_file, save_to_open_file
from torchkeras.saving._keras_reader import load_keras_file
from torchkeras.saving._legacy_h5 import load_legacy_h5
from torchkeras.saving._legacy_writer import save_legacy_h5
from torchkeras.saving._paths import local, may_write, starts_with
from torchkeras.saving._weights_file import only_first_rank

_HDF5, _ZIP = b"\x89HDF\r\n\x1a\n", b"PK\x03\x04"
_OLD = (".h5", ".hdf5")


class MissingFileError(FileNotFoundError, ValueError):
    """There is no such file; also a ValueError, as scripts for Keras expect."""


def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """Write a model to a file that is there whole or not at all: its architecture, weights, and how it is trained.

    Args:
        model: the model.
        filepath: ends in ``.keras`` (recommended), or in ``.h5`` or ``.hdf5`` for the format of Keras 1 and 2; or a
            file that is open for writing bytes, which gets the contents of a ``.keras`` file.
        overwrite: whether to replace a file that is there; else the user is asked.
        zipped: False writes a folder with the contents of a ``.keras`` file.
        **kwargs: ``include_optimizer=False`` leaves out how it is trained. ``save_format`` has no effect any more.

    Raises:
        ValueError: another ending.
        OSError: the file can't be written; the old one is as it was.
    """
    include_optimizer = kwargs.pop("include_optimizer", True)
    asked = kwargs.pop("save_format", None)
    if asked is not None and os.fspath(filepath).endswith((".keras", *_OLD)):
        warnings.warn(
            "The `save_format` argument is deprecated in Keras 3: the ending of the path says the format. Please "
            "leave it out.",
            DeprecationWarning,
            stacklevel=2,
        )
    if kwargs:
        raise ValueError(f"The following argument(s) are not supported: {list(kwargs)}")
    if hasattr(filepath, "write"):
        return save_to_open_file(model, filepath, include_optimizer)
    path = local(filepath, "save_model")
    _check_ending(path, zipped, asked)
    if not may_write(path, overwrite):
        return
    with only_first_rank(model) as writes:
        if writes and zipped is False:
            save_folder(model, path, include_optimizer)
        elif writes and path.endswith(".keras"):
            save_keras_file(model, path, include_optimizer)
        elif writes:
            save_legacy_h5(model, path, include_optimizer)


def _check_ending(path: str, zipped: bool | None, asked: Any) -> None:
    if zipped is False:
        if path.endswith(".keras"):
            raise ValueError(
                "When using `zipped=False`, the `filepath` argument should not end in `.keras`. "
                f"Received: filepath={path}"
            )
    elif not path.endswith((".keras", *_OLD)) and asked is not None:
        raise ValueError(
            "The `save_format` argument is deprecated in Keras 3: the ending of the path says the format. Please add a "
            f"`.keras` or `.h5` extension. Received: save_format={asked}, filepath={path}"
        )
    elif not path.endswith((".keras", *_OLD)):
        raise ValueError(
            "Invalid filepath extension for saving. Please add either a `.keras` extension for the native Keras format "
            "(recommended) or a `.h5` extension. Use `model.export(filepath)` if you want to export a model for "
            f"serving. Received: filepath={path}."
        )


def load_model(
    filepath: Any, custom_objects: dict[str, Any] | None = None, compile: bool = True, safe_mode: bool = True
) -> Any:
    """The model in a file.

    Nothing that the file names is imported or called: names are looked up among the parts of this package, registered
    objects and `custom_objects`. If loading fails, nothing has changed.

    Args:
        filepath: a ``.keras`` file, or folder with its contents, or an HDF5 file of Keras 1, 2 and 3; or a file that
            is open for reading bytes, with the contents of a ``.keras`` file.
        custom_objects: the user's classes and functions that the file may name.
        compile: whether to compile the model as it was, with the optimizer's state.
        safe_mode: whether to refuse lambdas, which are code in the file. False only for files that you trust.

    Raises:
        FileNotFoundError: there is no such file.
        CorruptFileError: the file is damaged, or no file of a model.
        UnsafeFileError: the file asks for code, another file, or more memory than it may.
    """
    if hasattr(filepath, "read"):
        return load_keras_file(filepath.read(), custom_objects, compile, safe_mode)
    path = local(filepath, "load_model")
    if path.endswith(".keras") and not os.path.exists(path):
        raise MissingFileError(
            errno.ENOENT, f"File not found: filepath={path}. Please ensure the file is an accessible `.keras` zip file"
        )
    if os.path.isdir(path) or path.endswith(".keras") or starts_with(path, _ZIP):
        return load_keras_file(path, custom_objects, compile, safe_mode)
    if path.endswith(_OLD) or starts_with(path, _HDF5):
        return load_legacy_h5(path, custom_objects, compile, safe_mode)
    raise ValueError(
        f"File format not supported: filepath={path}. Models are read from `.keras` files and from HDF5 files (`.h5`, "
        "`.hdf5`)."
    )

"""Files by the names of the time: whatever the ending, models and weights are written, and found again.

Keras 2 wrote HDF5 whatever the name; tf.keras wrote a folder, a SavedModel, where the name had no ending. Here a name
without an ending, or ``save_format="tf"``, gives a folder in Keras 3's own format; every other unknown ending gives
HDF5 as of Keras 2. What :func:`load_model` reads, it tells from the contents.
"""

import os
from collections.abc import Callable
from typing import Any

from torchkeras import models, saving
from torchkeras._errors import deprecated
from torchkeras.callbacks import ModelCheckpoint, _model_checkpoint
from torchkeras.models import Model, _model
from torchkeras.saving import _model_file, _weights_file
from torchkeras.saving._legacy_writer import save_legacy_h5, save_legacy_weights
from torchkeras.saving._paths import local, may_write
from torchkeras.saving._weights_file import SAFETENSORS, SHARDED, only_first_rank

_KNOWN = (".keras", ".h5", ".hdf5")
_KNOWN_WEIGHTS = (".h5", ".hdf5", SAFETENSORS, SHARDED)
_FOLDER_WORDS = ("tf", "tensorflow")


def _is_folder(path: str, asked: Any) -> bool:
    return asked in _FOLDER_WORDS or (asked is None and not os.path.splitext(path)[1])


def save_model(model: Any, filepath: Any, overwrite: bool = True, *args: Any, **kwargs: Any) -> None:
    """:func:`keras.saving.save_model`, for names of every era."""
    for name, value in zip(("include_optimizer", "save_format"), args):
        kwargs.setdefault(name, value)
    for name in ("signatures", "options", "save_traces"):  # of SavedModels
        kwargs.pop(name, None)
    path = "" if hasattr(filepath, "write") else os.fspath(filepath)
    if not path or path.endswith(_KNOWN) or kwargs.get("zipped") is False:
        kwargs = {name: value for name, value in kwargs.items() if name != "save_format" or value is not None}
        _today["save_model"](model, filepath, overwrite=overwrite, **kwargs)
        return
    asked = kwargs.pop("save_format", None)
    if _is_folder(path, asked):
        deprecated(
            f"`model.save({path!r})`: a SavedModel is TensorFlow's; a folder in Keras' own format is written, which "
            "`load_model` reads. Today's name ends in `.keras`."
        )
        _make_place(path)
        _today["save_model"](model, path.rstrip("/"), overwrite=overwrite, zipped=False, **kwargs)
        return
    deprecated(f"`model.save({path!r})`: HDF5 as of Keras 2 is written. Today's name ends in `.keras`.")
    _write_hdf5(model, path, overwrite, save_legacy_h5, kwargs.pop("include_optimizer", True))


def save_weights(model: Any, filepath: Any, overwrite: bool = True, *args: Any, **kwargs: Any) -> None:
    """:func:`keras.saving.save_weights`, for names of every era."""
    path = os.fspath(filepath)
    for name in ("save_format", "options"):
        kwargs.pop(name, None)
    if path.endswith(_KNOWN_WEIGHTS) or kwargs.get("max_shard_size") is not None:
        _today["save_weights"](model, filepath, overwrite, **kwargs)
        return
    deprecated(f"`save_weights({path!r})`: HDF5 as of Keras 2 is written. Today's name ends in `.weights.h5`.")
    _weights_file.check_built(model, "saving a model")
    _make_place(path)
    _write_hdf5(model, path, overwrite, save_legacy_weights)


def _make_place(path: str) -> None:
    """The folder above, as TensorFlow made it."""
    os.makedirs(os.path.dirname(os.path.abspath(path.rstrip("/"))), exist_ok=True)


def _write_hdf5(model: Any, path: str, overwrite: bool, write: Callable[..., None], *args: Any) -> None:
    path = local(path, "save")
    if may_write(path, overwrite):
        with only_first_rank(model) as writes:
            if writes:
                write(model, path, *args)


class LoadStatus:
    """What TensorFlow's ``load_weights`` gave: here everything fits, or loading has failed."""

    def assert_consumed(self) -> "LoadStatus":
        """Nothing to check."""
        return self

    assert_existing_objects_matched = expect_partial = assert_nontrivial_match = assert_consumed


def _load_weights(self: Any, filepath: Any, *args: Any, **kwargs: Any) -> LoadStatus:
    """:meth:`Model.load_weights`; by_name may come second, as in Keras 2."""
    if args:
        kwargs |= dict(zip(("by_name", "skip_mismatch"), args))
    if not kwargs.get("by_name", True):
        del kwargs["by_name"]
    kwargs.pop("options", None)
    _today["load_weights"](self, filepath, **kwargs)
    return LoadStatus()


def _save_model(self: Any, filepath: Any, overwrite: bool = True, *args: Any, **kwargs: Any) -> None:
    """:meth:`Model.save`, for names of every era."""
    save_model(self, filepath, overwrite, *args, **kwargs)


def _save_weights(self: Any, filepath: Any, overwrite: bool = True, *args: Any, **kwargs: Any) -> None:
    """:meth:`Model.save_weights`, for names of every era."""
    save_weights(self, filepath, overwrite, *args, **kwargs)


def _refuse_directory(path: str, owner: str) -> None:
    if not os.path.isfile(os.path.join(path, "config.json")):
        _today["refuse_directory"](path, owner)


_today: dict[str, Any] = {}


def let_names_be_free() -> None:
    """Take such names, from now on."""
    _today.update(save_model=_model_file.save_model, save_weights=_weights_file.save_weights)
    _today.update(load_weights=Model.load_weights, refuse_directory=_model_checkpoint.refuse_directory)
    for module in (models, saving, _model, _model_file):
        if hasattr(module, "save_model"):
            module.save_model = save_model  # type: ignore[attr-defined]
    for module in (saving, _weights_file):
        module.save_weights = save_weights  # type: ignore[attr-defined]
    Model.save, Model.save_weights = _save_model, _save_weights  # type: ignore[method-assign]
    Model.load_weights = _load_weights  # type: ignore[method-assign, assignment]
    ModelCheckpoint._check_ending = lambda self: None  # type: ignore[method-assign]
    _model_checkpoint.refuse_directory = _refuse_directory

"""``tf.train.Checkpoint``: the variables of models, optimizers and modules in one file.

The files are torchkeras' own; checkpoints of TensorFlow cannot be read. Nothing in a file is executed, and before
a value is assigned, the sums of the bytes and the names and shapes of all were compared.
"""

import os
import re
from collections.abc import Iterator
from typing import Any

from torch import Tensor

from torchkeras import _ranks
from torchkeras._errors import brief
from torchkeras._structures import leaves
from torchkeras._tensorflow.errors import NotFoundError
from torchkeras._variable import Variable
from torchkeras.saving._atomic import replacing
from torchkeras.saving._paths import starts_with
from torchkeras.saving._state_file import read_state, write_state

SUFFIX = ".state"


class _Status:
    """What ``restore`` gives: everything was restored, or it would have raised an error."""

    def assert_consumed(self) -> "_Status":
        """Itself."""
        return self

    assert_existing_objects_matched = assert_nontrivial_match = expect_partial = assert_consumed


class Checkpoint:
    """Saves and restores the variables of the objects given by name: ``Checkpoint(model=model, optimizer=optimizer)``.

    Args:
        root: one object, under the name ``root``.
        **kwargs: models, layers, optimizers, metrics, variables and modules.
    """

    def __init__(self, root: Any = None, **kwargs: Any) -> None:
        self._objects = {**({} if root is None else {"root": root}), **kwargs}
        for name, item in kwargs.items():
            setattr(self, name, item)
        self.save_counter = Variable(0, dtype="int64", trainable=False, name="save_counter")

    def save(self, file_prefix: Any, options: Any = None) -> str:
        """Write ``<file_prefix>-<number>``, counting up; returns that path."""
        self.save_counter.assign_add(1)
        return self.write(f"{os.fspath(file_prefix)}-{int(self.save_counter)}")

    def write(self, file_prefix: Any, options: Any = None) -> str:
        """Write the checkpoint under exactly this path; returns it."""
        path = os.fspath(file_prefix)
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        if _ranks.is_first():
            write_state(path + SUFFIX, {name: variable.value.detach() for name, variable in self._variables()})
            _remember(os.path.dirname(path), os.path.basename(path))
        return path

    def restore(self, save_path: Any, options: Any = None) -> _Status:
        """Take all values from a checkpoint; of None do nothing.

        Raises:
            NotFoundError: there is no such checkpoint.
            CorruptFileError: the file is damaged.
            ValueError: it is one of TensorFlow's, or holds other variables than these.
        """
        if save_path is None:
            return _Status()
        found = _read(os.fspath(save_path))
        variables = dict(self._variables(build=True))
        _compare(os.fspath(save_path), variables, found)
        for name, variable in variables.items():
            variable.assign(found[name])
        return _Status()

    read = restore

    def _variables(self, build: bool = False) -> Iterator[tuple[str, Variable]]:
        if build:
            self._build_optimizers()
        for name, item in {**self._objects, "save_counter": self.save_counter}.items():
            for index, variable in enumerate(_of(item)):
                yield f"{name}/{index}", variable

    def _build_optimizers(self) -> None:
        """An optimizer that took no step yet has no slots: they are made for the weights of the only model."""
        models = [item for item in self._objects.values() if hasattr(item, "trainable_variables")]
        for item in self._objects.values():
            if hasattr(item, "apply_gradients") and not item.built and len(models) == 1:
                item.build(models[0].trainable_variables)


def _of(item: Any) -> list[Variable]:
    if isinstance(item, Variable):
        return [item]
    found = getattr(item, "variables", None)
    if found is None:
        found = [variable for leaf in leaves(item) if leaf is not item for variable in _of(leaf)]
    return list(found)


def _read(path: str) -> dict[str, Any]:
    if not os.path.exists(path + SUFFIX):
        if os.path.exists(path + ".index"):
            raise ValueError(
                f"{path} is a checkpoint of TensorFlow, which torchkeras cannot read. Load it with TensorFlow and save "
                "the weights by model.save_weights('x.weights.h5')."
            )
        raise NotFoundError(f"There is no checkpoint {path}.")
    return read_state(path + SUFFIX)


def _compare(path: str, variables: dict[str, Variable], found: dict[str, Any]) -> None:
    missing, spare = variables.keys() - found.keys(), found.keys() - variables.keys()
    if missing or spare:
        raise ValueError(
            f"{path} does not fit: it lacks {sorted(missing)[:5]} and has beside it {sorted(spare)[:5]}. "
            "Build models first, by calling them once, and give the same objects by the same names."
        )
    for name, variable in variables.items():
        if not isinstance(found[name], Tensor) or tuple(found[name].shape) != tuple(variable.shape):
            raise ValueError(f"{path}: {name} should have shape {tuple(variable.shape)}, got {brief(found[name])}.")


# The newest checkpoint of a folder.


def _remember(directory: str, name: str) -> None:
    """Note in the file ``checkpoint`` of the folder which one is the newest, as TensorFlow does."""
    with replacing(os.path.join(directory, "checkpoint")) as temporary, open(temporary, "w", encoding="utf-8") as file:
        file.write(f'model_checkpoint_path: "{name}"\n')


def latest_checkpoint(checkpoint_dir: Any, latest_filename: str | None = None) -> str | None:
    """The path of the newest checkpoint in a folder, or of the newest file of weights; None if there is none."""
    directory = os.fspath(checkpoint_dir)
    try:
        with open(os.path.join(directory, latest_filename or "checkpoint"), encoding="utf-8") as file:
            found = re.search(r'model_checkpoint_path: "([^"/\\]+)"', file.read(65536))
    except OSError:
        return _newest_weights(directory)
    path = os.path.join(directory, found.group(1)) if found else ""
    return path if found and os.path.exists(path + SUFFIX) else None


def _newest_weights(directory: str) -> str | None:
    """The newest file of weights without an extension, as a ``ModelCheckpoint("folder/ckpt_{epoch}")`` writes them."""
    try:
        names = [name for name in os.listdir(directory) if not os.path.splitext(name)[1]]
    except OSError:
        return None
    paths = [os.path.join(directory, name) for name in names]
    found = [path for path in paths if starts_with(path, b"\x89HDF\r\n\x1a\n")]
    return max(found, key=lambda path: (os.stat(path).st_mtime_ns, path), default=None)


__all__ = ["Checkpoint", "latest_checkpoint"]

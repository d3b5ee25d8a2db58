"""Saving: the new file is there whole, or the old one is as it was; and nothing else is left in the folder."""

import errno
import os
import resource
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras
from torchkeras import layers
from torchkeras.saving._atomic import replacing

FORMATS = ("it.keras", "it.weights.h5", "it.h5", "it.safetensors", "it.weights.json")


def save(model: Any, path: Path) -> None:
    if path.name == "it.weights.json":
        model.save_weights(path, max_shard_size=1)
    elif path.suffix == ".keras" or path.name == "it.h5":
        model.save(path)
    else:
        model.save_weights(path)


def make(units: int = 3) -> Any:
    return torchkeras.Sequential([torchkeras.Input((4,)), layers.Dense(units), layers.Dense(2)])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture(params=FORMATS)
def saved(request: Any, tmp_path: Path) -> Path:
    """A file that is there, alone in its folder."""
    path = tmp_path / request.param
    save(make(), path)
    return path


class Fails(layers.Layer):
    """Breaks while it is being saved."""

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((2000,))

    def call(self, inputs: Any) -> Any:
        return inputs

    def save_own_variables(self, store: Any) -> None:
        store["0"] = np.zeros(2000)
        raise RuntimeError("not today")


@pytest.mark.parametrize("name", ["it.keras", "it.weights.h5", "it.weights.json"])
def test_an_exception_in_a_layer(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    save(make(), path)
    before = contents(tmp_path)
    model = torchkeras.Sequential([torchkeras.Input((4,)), layers.Dense(3), Fails()])
    with pytest.raises(RuntimeError, match="not today"):
        save(model, path)
    assert contents(tmp_path) == before


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Inside, no file may grow beyond `size` bytes; Python ignores the signal, so that writes fail with errno."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk(saved: Path) -> None:
    before = contents(saved.parent)
    model = make(3000)
    with full_disk(20_000), pytest.raises(OSError) as caught:
        save(model, saved)
    assert caught.value.errno == errno.EFBIG
    assert contents(saved.parent) == before


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"it\.keras"):
        make().save(tmp_path / "missing" / "it.keras")


def as_nobody(function: Callable[[], bool]) -> bool:
    """The answer of a function that runs without the rights of the superuser."""
    if os.geteuid():
        return function()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            os.setuid(65534)
            os._exit(0 if function() else 1)
        os._exit(2)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.mark.parametrize("name", FORMATS)
def test_a_folder_that_may_not_be_written(name: str) -> None:
    with tempfile.TemporaryDirectory() as text:
        folder, model = Path(text), make()
        save(model, folder / name)
        before = contents(folder)

        def refused() -> bool:
            try:
                save(model, folder / name)
            except PermissionError:
                return contents(folder) == before
            return False

        folder.chmod(0o555)
        try:
            assert as_nobody(refused)
        finally:
            folder.chmod(0o700)


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "it.keras").mkdir()
    with pytest.raises(IsADirectoryError):
        make().save(tmp_path / "it.keras")
    assert [path.name for path in tmp_path.iterdir()] == ["it.keras"]


def test_nothing_is_left_beside(saved: Path) -> None:
    save(make(), saved)
    names = {path.name for path in saved.parent.iterdir()}
    assert not any(name.endswith(".tmp") for name in names)
    assert len(names) == (2 if saved.name == "it.weights.json" else 1)


@pytest.mark.parametrize("name", [name for name in FORMATS if not name.endswith("json")])  # shards get new names
def test_what_a_kill_left_is_taken_by_the_next_save(name: str, tmp_path: Path) -> None:
    (tmp_path / f".{name}.new.tmp").write_text("left by a kill between two names")
    save(make(), tmp_path / name)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_many_who_save_at_once(tmp_path: Path) -> None:
    path, failures = tmp_path / "it.bin", []

    def write(value: int) -> None:
        try:
            for _ in range(50):
                with replacing(path) as temporary:
                    Path(temporary).write_bytes(bytes([value]) * 1000)
        except Exception as error:  # in a thread: told to the test below
            failures.append(error)

    threads = [threading.Thread(target=write, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert [entry.name for entry in tmp_path.iterdir()] == ["it.bin"]
    assert len(set(path.read_bytes())) == 1 and path.stat().st_size == 1000


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "real.keras", tmp_path / "it.keras"
    make().save(target)
    target.chmod(0o640)
    link.symlink_to(target)
    make(5).save(link)
    assert link.is_symlink()
    assert target.stat().st_mode & 0o777 == 0o640
    assert torchkeras.saving.load_model(target).layers[0].units == 5


def test_what_verify_refuses_does_not_replace(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    def refuse(temporary: str) -> None:
        raise ValueError("bad")

    with pytest.raises(ValueError, match="bad"), replacing(path, refuse) as temporary:
        Path(temporary).write_text("new")
    assert contents(tmp_path) == {"file": b"old"}


@pytest.mark.parametrize("name", ["it.keras", "it.weights.h5", "it.weights.json"])
def test_readers_see_one_file_whole(name: str, tmp_path: Path) -> None:
    """Two states are saved in turn while others load: each load gets the one or the other."""
    path = tmp_path / name
    models = [make(), make()]
    for value, model in enumerate(models):
        model.set_weights([np.full_like(weight, value) for weight in model.get_weights()])
    save(models[0], path)
    done, failures = threading.Event(), []

    def read(check: Callable[[], None]) -> None:
        while not done.is_set():
            try:
                check()
            except Exception as error:  # in a thread: told to the test below
                failures.append(error)
                return

    reader = make()

    def check() -> None:
        reader.load_weights(path)
        values = {float(value) for weight in reader.get_weights() for value in weight.ravel()}
        assert values in ({0.0}, {1.0})

    thread = threading.Thread(target=read, args=(check,))
    thread.start()
    for turn in range(20):
        save(models[turn % 2], path)
    done.set()
    thread.join()
    assert failures == []

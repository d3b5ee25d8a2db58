"""The files of a run: two of them, checked, nothing else touched."""

import errno
import os
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras.callbacks._backup_files import BackupFiles
from torchkeras.saving._errors import CorruptFileError
from torchkeras.saving._state_file import read_state, write_state
from torchkeras.saving._state_tree import is_plain, same

T = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("test_resume.py"))))

VALUES: dict[str, Any] = {
    "numbers": [1, -(2**70), 2.5, 1e-310, True, None, 3j],
    "not finite": [float("nan"), float("inf"), -float("inf")],
    "text": ["", "ä\n\ud800", b"\x00\xff"],
    "containers": {"tuple": (1, (2,)), "set": {1, 2}, 3: {"a": []}, (4, "b"): {}},
    "arrays": [np.arange(6.0).reshape(2, 3).T, np.float32(1.5), np.zeros((0, 2)), np.array(3), np.ones(2, "float16")],
    "tensors": [
        torch.arange(6.0).reshape(2, 3).t(),
        torch.tensor(5),
        torch.zeros(0, 3),
        torch.tensor([True]),
        torch.ones(2, dtype=torch.bfloat16),
        torch.ones(2, dtype=torch.complex64),
        torch.ones(2, dtype=torch.float8_e4m3fn),
        torch.ones(2, dtype=torch.uint16),
        torch.rand(3, 4, 5)[:, ::2],
    ],
}


@pytest.mark.parametrize("name", VALUES)
def test_values_come_back_as_they_were(name: str, tmp_path: Path) -> None:
    assert is_plain(VALUES[name])
    write_state(str(tmp_path / "state"), {name: VALUES[name]})
    found = read_state(str(tmp_path / "state"))
    assert list(found) == [name]
    if name == "tensors":
        found, expected = (
            [
                tensor.view(-1).view(torch.uint8) if tensor.numel() else tensor
                for tensor in (each.contiguous() for each in tensors)
            ]
            for tensors in (found[name], VALUES[name])
        )
        assert same(found, expected)
    else:
        assert same(found, {name: VALUES[name]})


def test_what_is_not_plain_is_refused(tmp_path: Path) -> None:
    for value in (object(), [lambda: 0], {"a": np.array(["text"])}, torch.eye(2).to_sparse()):
        assert not is_plain(value)
        with pytest.raises(TypeError, match="expected plain values, arrays and tensors, got a"):
            write_state(str(tmp_path / "state"), {"x": value})
    assert list(tmp_path.iterdir()) == []


def test_safetensors_reads_it(tmp_path: Path) -> None:
    safetensors = pytest.importorskip("safetensors.torch")
    write_state(str(tmp_path / "state"), {"a": torch.arange(3.0), "b": [torch.ones(2, dtype=torch.bfloat16)]})
    found = safetensors.load_file(str(tmp_path / "state"))
    assert torch.equal(found["0"], torch.arange(3.0))
    assert torch.equal(found["1"], torch.ones(2, dtype=torch.bfloat16))


def test_every_changed_byte_is_found(tmp_path: Path) -> None:
    path = tmp_path / "state"
    write_state(str(path), {"a": torch.arange(3.0), "b": [1, "x"], "c": np.ones(2)})
    whole = path.read_bytes()
    for index in range(len(whole)):
        changed = bytearray(whole)
        changed[index] ^= 1 << index % 8
        path.write_bytes(changed)
        with pytest.raises(CorruptFileError):
            read_state(str(path))
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(CorruptFileError, match="state"):
            read_state(str(path))


def test_a_huge_header_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes((2**60).to_bytes(8, "little") + b"{}")
    with pytest.raises(CorruptFileError, match=r"header: expected at most 2 bytes, found 1152921504606846976 bytes"):
        read_state(str(tmp_path / "state"))


def interrupted(folder: Path, batches: int = 9) -> list[Path]:
    T.stop("shuffle", folder, batches)
    return sorted((folder / "backup").iterdir())


def test_the_last_two_are_kept(tmp_path: Path) -> None:
    files = interrupted(tmp_path)
    assert [file.name for file in files] == ["checkpoint-00000008.safetensors", "checkpoint-00000009.safetensors"]
    assert [read_state(str(file))["batch"] for file in files] == [3, 4]


@pytest.mark.parametrize("damage", ["cut", "flipped", "empty", "text", "version"])
def test_the_one_before_serves_if_the_newest_is_damaged(damage: str, tmp_path: Path) -> None:
    whole = T.R.start("shuffle", 1)
    newest = interrupted(tmp_path)[-1]
    content = newest.read_bytes()
    flipped = content[:-9] + bytes([content[-9] ^ 4]) + content[-8:]
    made = {"cut": content[:-100], "flipped": flipped, "empty": b"", "text": b"not at all what it should be"}
    if damage == "version":
        write_state(str(newest), {**read_state(str(newest)), "version": 99})
    else:
        newest.write_bytes(made[damage])
    life = T.Batches()
    with pytest.warns(UserWarning, match=r"the checkpoint cannot be used; going on from the one before") as said:
        found = T.R.start("shuffle", 5, T.backup(tmp_path), life, first=True)
    assert newest.name in str(said[0].message)
    assert life.seen[0] == (1, 3)
    T.assert_same(found, whole)


def test_without_a_whole_one_it_starts_anew(tmp_path: Path) -> None:
    for file in interrupted(tmp_path):
        file.write_bytes(b"")
    life = T.Batches()
    with pytest.warns(UserWarning, match=r"the checkpoint cannot be used") as said:
        T.R.start("shuffle", 1, T.backup(tmp_path), life, first=True)
    assert life.seen[0] == (0, 0)
    assert ["going on from the one before" in str(each.message) for each in said] == [True, False]
    assert "starting from the beginning" in str(said[-1].message)


def test_only_own_files_go(tmp_path: Path) -> None:
    folder = tmp_path / "backup"
    folder.mkdir()
    others = ["notes.txt", "checkpoint-1.safetensors", ".checkpoint-00000001.safetensors.12.tmp", "x.tmp"]
    for name in others:
        (folder / name).write_text("keep")
    (folder / "inner").mkdir()
    left = folder / ".checkpoint-00000004.safetensors.123.0123456789abcdef.tmp"
    left.write_text("of a process that was killed")
    seen = []

    class Look(torchkeras.callbacks.Callback):
        def on_train_begin(self, logs: Any = None) -> None:
            seen.append(left.exists())

    T.R.start("shuffle", 1, T.backup(tmp_path), Look())
    assert seen == [False]
    assert sorted(os.listdir(folder)) == sorted([*others, "inner"])


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_leaves_what_there_was(code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = BackupFiles(str(tmp_path))
    files.save({"a": 1})

    def fails(*_: Any) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fails)
        with pytest.raises(OSError, match=os.strerror(code)) as raised:
            files.save({"a": 2})
        assert raised.value.errno == code
    assert os.listdir(tmp_path) == ["checkpoint-00000001.safetensors"]
    assert files.load() == {"a": 1}


def test_arguments() -> None:
    for module in (keras, torchkeras):
        make = module.callbacks.BackupAndRestore
        for empty in ("", None):
            with pytest.raises(ValueError, match="Empty `backup_dir` argument passed"):
                make(empty)
        for frequency in ("batch", 2.5, "10"):
            with pytest.raises(ValueError, match=r"Invalid value for argument `save_freq`. Received: save_freq="):
                make("folder", save_freq=frequency)
    for frequency in (0, -3, True):
        with pytest.raises(ValueError, match="above 0"):
            torchkeras.callbacks.BackupAndRestore("folder", save_freq=frequency)

"""``tf.io.gfile`` and ``tf.gfile`` on files of this machine."""

from pathlib import Path

import pytest

import torchkeras._tensorflow as tf


def test_files_and_folders(tmp_path: Path) -> None:
    gfile = tf.io.gfile
    folder = gfile.join(str(tmp_path), "a", "b")
    gfile.makedirs(folder)
    assert gfile.isdir(folder) and gfile.exists(folder)
    with gfile.GFile(gfile.join(folder, "x.txt"), "w") as file:
        file.write("eins\nzwei\n")
    with gfile.GFile(gfile.join(folder, "x.txt")) as file:
        assert file.readline() == "eins\n" and list(file) == ["zwei\n"] and file.size() == 10
    assert gfile.glob(f"{folder}/*.txt") == [f"{folder}/x.txt"] and gfile.listdir(folder) == ["x.txt"]
    gfile.copy(f"{folder}/x.txt", f"{folder}/y.txt")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        gfile.rename(f"{folder}/x.txt", f"{folder}/y.txt")
    gfile.rename(f"{folder}/x.txt", f"{folder}/y.txt", overwrite=True)
    assert gfile.stat(f"{folder}/y.txt").length == 10
    assert [names for _, _, names in gfile.walk(str(tmp_path))] == [[], [], ["y.txt"]]
    gfile.remove(f"{folder}/y.txt")
    gfile.rmtree(f"{tmp_path}/a")
    assert not gfile.exists(f"{tmp_path}/a")


def test_tensorflow_1_names(tmp_path: Path) -> None:
    tf.gfile.MakeDirs(str(tmp_path / "a"))
    with tf.gfile.Open(str(tmp_path / "a" / "x"), "wb") as file:
        file.write(b"bytes")
    with tf.gfile.FastGFile(str(tmp_path / "a" / "x"), "rb") as file:
        assert file.read() == b"bytes"
    assert tf.gfile.Exists(str(tmp_path)) and tf.gfile.ListDirectory(str(tmp_path)) == ["a"]
    tf.gfile.DeleteRecursively(str(tmp_path / "a"))
    assert not tf.gfile.IsDirectory(str(tmp_path / "a"))


def test_written_files_are_read(tmp_path: Path) -> None:
    path = tf.strings.join([str(tmp_path), "/new/", "file.txt"])
    tf.io.write_file(path, "some text")
    assert tf.io.read_file(path).numpy() == tf.read_file(path).numpy() == b"some text"
    assert tf.io.matching_files(str(tmp_path / "*" / "*.txt")).tolist() == [path.numpy()]

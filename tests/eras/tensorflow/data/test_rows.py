"""Functions of ``tf.strings``, ``tf.io`` and ``tf.image`` give what TensorFlow gives."""

from pathlib import Path

import pytest

import torchkeras._tensorflow as tf
from tests.eras.tensorflow.data.comparing import recorded, same
from tests.eras.tensorflow.data.files import FILES, make
from tests.eras.tensorflow.data.images import IMAGES
from tests.eras.tensorflow.data.kinds import KINDS
from tests.eras.tensorflow.data.record import plain
from tests.eras.tensorflow.data.strings import STRINGS

RECORDED = {name: recorded(name) for name in ("strings", "files", "images", "kinds")}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make(tmp_path_factory.mktemp("files"))


@pytest.mark.parametrize("name", STRINGS)
def test_strings(name: str) -> None:
    same(plain(STRINGS[name](tf)), RECORDED["strings"][name])


@pytest.mark.parametrize("name", FILES)
def test_files(name: str, folder: Path) -> None:
    same(plain(FILES[name](tf, folder)), RECORDED["files"][name])


@pytest.mark.parametrize("name", IMAGES)
def test_images(name: str) -> None:
    # what is computed for bytes may be rounded to the neighbour; TensorFlow reads cubic weights from a table
    atol = 1 if "bytes" in name else 1e-3 if "bicubic" in name else 2e-4
    same(plain(IMAGES[name](tf)), RECORDED["images"][name], atol)


@pytest.mark.parametrize("name", KINDS)
def test_kinds(name: str) -> None:
    same(plain(KINDS[name](tf)), RECORDED["kinds"][name])

"""Damaged files: only the two errors come out, quickly; and no damage to a weight goes unseen."""

import io
import random
import zipfile
from pathlib import Path

import h5py
import pytest

import torchkeras as keras
from tests.hostile.good import archive, legacy, model, weights
from tests.hostile.mutations import formats, run


@pytest.mark.parametrize("name", sorted(formats()))
def test_some_mutations(name: str) -> None:
    counts, failures = run(name, range(100))
    assert counts["refused"] > 10
    assert failures == []


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", sorted(formats()))
def test_many_mutations(name: str) -> None:
    assert run(name, range(100, 1_100 if name in ("keras", "h5") else 5_100))[1] == []


def payload(content: bytes) -> list[int]:
    """The places of all bytes of weights in an HDF5 file."""
    places: list[int] = []

    def look(_: str, item: object) -> None:
        if isinstance(item, h5py.Dataset):
            start = item.id.get_offset()
            places.extend(range(start, start + item.id.get_storage_size()))

    with h5py.File(io.BytesIO(content)) as file:
        file.visititems(look)
    return places


def flipped(content: bytes, place: int, bit: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    return bytes(changed)


def check_flips(path: Path, content: bytes, places: list[int], count: int) -> None:
    draw, target = random.Random(0), model()
    for _ in range(count):
        place = draw.choice(places)
        path.write_bytes(flipped(content, place, draw.randrange(8)))
        with pytest.raises(keras.saving.CorruptFileError):
            target.load_weights(path) if path.name.endswith("weights.h5") else keras.saving.load_model(path)


FLIPS = [pytest.param(40, id="some"), pytest.param(350, id="many", marks=pytest.mark.long)]


@pytest.mark.parametrize("count", FLIPS)
def test_flipped_bits_of_weights_are_seen(count: int, tmp_path: Path) -> None:
    check_flips(tmp_path / "x.weights.h5", weights(), payload(weights()), count)


@pytest.mark.parametrize("count", FLIPS)
def test_flipped_bits_of_legacy_files_are_seen(count: int, tmp_path: Path) -> None:
    check_flips(tmp_path / "x.h5", legacy(), payload(legacy()), count)


@pytest.mark.parametrize("count", FLIPS)
def test_flipped_bits_of_archives_are_seen(count: int, tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive())) as opened:
        inner = opened.read("model.weights.h5")
    start = archive().find(inner)
    check_flips(tmp_path / "x.keras", archive(), [start + place for place in payload(inner)], count)

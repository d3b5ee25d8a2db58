"""Hostile archives around good contents, and damaged files of each format."""

import io
import json
import random
import struct
import warnings
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from tests.hostile.good import (
    Hostile,
    archive,
    config,
    layer,
    legacy,
    members,
    sequential,
    weights,
    with_config,
    zipped,
)


def hostile_containers(folder: Path) -> Iterator[Hostile]:
    yield from _bombs()
    yield from _arrays()
    yield from _names(folder)
    yield from _structure()
    yield from _damaged()


def _bombs() -> Iterator[Hostile]:
    good = members()["config.json"]
    yield Hostile("P15", "spaces", zipped({"config.json": good + b" " * (80 << 20)}, zipfile.ZIP_DEFLATED))
    zeros = {f"assets/dense/b{index}": bytes(40 << 20) for index in range(3)}
    yield Hostile("P15", "assets", zipped(zeros, zipfile.ZIP_DEFLATED))
    yield Hostile("P15", "weights", zipped({"model.weights.h5": bytes(80 << 20)}, zipfile.ZIP_DEFLATED))
    yield Hostile("P15", "metadata", zipped({"metadata.json": b" " * (80 << 20)}, zipfile.ZIP_DEFLATED))
    yield Hostile("P15", "many", zipped({f"assets/{index}": b"" for index in range(12_000)}))
    yield Hostile("P15", "lying-size", _lying())


def _lying() -> bytes:
    """An entry that says it is small, and is not."""
    made = bytearray(zipped({"config.json": b" " * (64 << 20)}, zipfile.ZIP_DEFLATED))
    real = struct.pack("<L", 64 << 20)
    while (place := made.find(real)) >= 0:
        made[place : place + 4] = struct.pack("<L", 4000)
    return bytes(made)


def _arrays() -> Iterator[Hostile]:
    buffer = io.BytesIO()
    np.savez(buffer, a=np.array([object()], dtype=object))
    yield Hostile("P16", "objects", zipped({"model.weights.h5": None, "model.weights.npz": buffer.getvalue()}))
    header = (
        b"\x93NUMPY\x01\x00v\x00"
        + b"{'descr': '<f8', 'fortran_order': False, 'shape': (1125899906842624,), }".ljust(117)
        + b"\n"
    )
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as opened:
        opened.writestr("a.npy", header)
    yield Hostile("P16", "header", zipped({"model.weights.h5": None, "model.weights.npz": inner.getvalue()}))


def _raw(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as opened:
        for name, content in members().items():
            opened.writestr(name, content)
        for entry, content in entries:
            opened.writestr(entry, content)
    return buffer.getvalue()


def _names(folder: Path) -> Iterator[Hostile]:
    outside = str(folder / "marker")
    for name in ("../../marker", outside, "assets/../../marker", "a\\..\\marker", "C:/marker", "./config.json", "a//b"):
        yield Hostile("P19", f"member-{name.replace('/', '_')[-20:]}", _raw([(name, b"x")]))
    link = zipfile.ZipInfo("assets/link")
    link.external_attr = 0o120777 << 16
    yield Hostile("P19", "symlink", _raw([(link, outside.encode()), ("assets/link/marker", b"x")]))
    device = zipfile.ZipInfo("assets/device")
    device.external_attr = 0o020666 << 16
    yield Hostile("P19", "device", _raw([(device, b"")]))
    for name in ("../../x", "a/b", "/abs"):
        entry = layer("Dense", units=3)
        entry["config"]["name"] = name
        yield Hostile("P19", f"layer-{name.replace('/', '_')}", with_config(sequential(entry)))


def _structure() -> Iterator[Hostile]:
    evil = json.dumps({"module": "os", "class_name": "system", "config": {}}).encode()
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w") as opened:
        warnings.simplefilter("ignore")  # that is what it is about
        for name, content in [*members().items(), ("config.json", evil)]:
            opened.writestr(name, content)
    yield Hostile("P17", "two-configs", buffer.getvalue())
    encrypted = bytearray(archive())
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.find(mark) + flags] |= 1
    yield Hostile("P17", "encrypted", bytes(encrypted))
    renamed = bytearray(archive())
    place = renamed.find(b"config.json")
    renamed[place : place + 11] = b"konfig.json"
    yield Hostile("P17", "two-names", bytes(renamed))
    overlapping = bytearray(archive())
    first = overlapping.find(b"PK\x01\x02")
    second = overlapping.find(b"PK\x01\x02", first + 4)
    overlapping[second + 42 : second + 46] = overlapping[first + 42 : first + 46]
    yield Hostile("P17", "overlapping", bytes(overlapping))
    yield Hostile("P17", "no-config", zipped({"config.json": None}))
    yield Hostile("P17", "no-weights", zipped({"model.weights.h5": None}))
    made = config()
    made["config"]["layers"][1]["config"]["units"] = 5
    yield Hostile("P21", "other-shape", with_config(made))
    made["config"]["layers"].append(layer("Dense", units=2))
    yield Hostile("P21", "more-layers", with_config(made))


def _damaged() -> Iterator[Hostile]:
    random_bytes = random.Random(0).randbytes(3000)
    for kind, good in (("keras", archive()), ("weights", weights()), ("legacy", legacy())):
        reader = "weights" if kind == "weights" else "model"
        suffix = {"keras": ".keras", "weights": ".weights.h5", "legacy": ".h5"}[kind]
        flipped = bytearray(good)
        flipped[_payload(good)] ^= 1
        contents = {
            "half": good[: len(good) // 2],
            "last-10": good[:-10],
            "empty": b"",
            "random": random_bytes,
            "flipped": bytes(flipped),
        }
        for name, content in contents.items():
            yield Hostile("P22", f"{name}{suffix}", content, reader)


def _payload(good: bytes) -> int:
    """A byte of the kernel: the place of its first value."""
    if good[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(good)) as opened:
            inner = opened.read("model.weights.h5")
        return good.find(inner) + _payload(inner)
    found: list[int] = []

    def look(_: str, item: Any) -> None:
        if isinstance(item, h5py.Dataset) and item.shape == (4, 3):
            found.append(item.id.get_offset())

    with h5py.File(io.BytesIO(good)) as file:
        file.visititems(look)
    return found[0]

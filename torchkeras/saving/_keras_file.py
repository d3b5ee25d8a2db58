"""The ``.keras`` file, Keras 3's own format: a zip archive of a config, the weights as HDF5, and assets."""

import datetime
import json
import os
import shutil
import tempfile
import zipfile
import zlib
from typing import Any

from torchkeras._serialization import serialize_keras_object
from torchkeras.saving._assets import written_assets
from torchkeras.saving._atomic import replacing
from torchkeras.saving._hdf5_writer import check_written, write_weights
from torchkeras.saving._region import Region
from torchkeras.saving._window import Window

METADATA, CONFIG, WEIGHTS, ASSETS = "metadata.json", "config.json", "model.weights.h5", "assets"
# the release whose format this is; Keras compares nothing with it, people and tools read it
KERAS_VERSION = "3.15.1"
_PIECE = 4 << 20


def save_keras_file(model: Any, path: str, include_optimizer: bool = True) -> None:
    """Write the model, whole or not at all.

    Args:
        include_optimizer: whether it is to be compiled, with this optimizer's state, when it is loaded.
    """
    texts = _texts(model, include_optimizer)
    with replacing(path) as temporary:
        descriptor = os.open(temporary, os.O_RDWR)
        try:
            _write(model, descriptor, texts, include_optimizer)
        finally:
            os.close(descriptor)


def save_to_open_file(model: Any, file: Any, include_optimizer: bool = True) -> None:
    """Write the same into a file that the caller opened."""
    texts = _texts(model, include_optimizer)
    with tempfile.TemporaryFile() as temporary:
        _write(model, temporary.fileno(), texts, include_optimizer)
        temporary.seek(0)
        shutil.copyfileobj(temporary, file)


def save_folder(model: Any, path: str, include_optimizer: bool = True) -> None:
    """Write the contents of such a file into a folder, each file whole or not at all, the config last."""
    texts = _texts(model, include_optimizer)
    os.makedirs(path, exist_ok=True)
    with replacing(os.path.join(path, WEIGHTS)) as temporary:
        check_written(temporary, write_weights(temporary, model, _left_out(model, include_optimizer)))
    with written_assets(model) as assets:
        for name, source in assets:
            target = os.path.join(path, ASSETS, name)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with replacing(target) as temporary:
                shutil.copyfile(source, temporary)
    for name, text in texts.items():
        with replacing(os.path.join(path, name)) as temporary, open(temporary, "w") as file:
            file.write(text)


def _write(model: Any, descriptor: int, texts: dict[str, str], include_optimizer: bool) -> None:
    with os.fdopen(os.dup(descriptor), "r+b") as file, zipfile.ZipFile(file, "w") as archive:
        for name, text in texts.items():
            archive.writestr(_entry(name), text)
        _add_weights(model, archive, descriptor, _left_out(model, include_optimizer))
        with written_assets(model) as assets:
            for name, source in assets:
                archive.write(source, f"{ASSETS}/{name}")


def _left_out(model: Any, include_optimizer: bool) -> set[int]:
    return set() if include_optimizer else {id(getattr(model, "optimizer", None))}


def _texts(model: Any, include_optimizer: bool) -> dict[str, str]:
    now = datetime.datetime.now().strftime("%Y-%m-%d@%H:%M:%S")
    config = serialize_keras_object(model)
    if not include_optimizer:
        config.pop("compile_config", None)
    return {
        METADATA: json.dumps({"keras_version": KERAS_VERSION, "date_saved": now}),
        CONFIG: json.dumps(config),
    }


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # dated 1980: the same model gives the same bytes but for `date_saved`
    entry.external_attr = 0o600 << 16
    return entry


def _add_weights(model: Any, archive: zipfile.ZipFile, descriptor: int, left_out: set[int]) -> None:
    """Write the HDF5 file where it will stand in the archive, then the entry in front of it."""
    entry = _entry(WEIGHTS)
    entry.header_offset = archive.start_dir
    entry.CRC = entry.file_size = entry.compress_size = 0
    start = entry.header_offset + len(entry.FileHeader(zip64=True))
    archive.fp.flush()  # type: ignore[union-attr]
    window = Window(descriptor, start)
    written = write_weights(window, model, left_out)
    check_written(Region(descriptor, start, window.size), written)
    entry.file_size = entry.compress_size = window.size
    entry.CRC = _checksum(descriptor, start, window.size)
    os.pwrite(descriptor, entry.FileHeader(zip64=True), entry.header_offset)
    archive.filelist.append(entry)
    archive.NameToInfo[entry.filename] = entry
    archive.start_dir = start + entry.file_size
    archive.fp.seek(archive.start_dir)  # type: ignore[union-attr]
    archive._didModify = True  # type: ignore[attr-defined]


def _checksum(descriptor: int, start: int, size: int) -> int:
    value, buffer = 0, bytearray(_PIECE)
    for offset in range(0, size, _PIECE):
        count = os.preadv(descriptor, [buffer], start + offset)
        value = zlib.crc32(memoryview(buffer)[: min(count, size - offset)], value)
    return value

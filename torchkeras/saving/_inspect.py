"""``python -m torchkeras inspect model.keras``: what is in a file and what would be refused; nothing is built."""

import sys
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from torchkeras import _registry
from torchkeras._deserialize import _find_class, _find_function
from torchkeras._file_errors import FileError
from torchkeras.saving._errors import reading
from torchkeras.saving._hdf5_reader import Dataset, Group, open_hdf5
from torchkeras.saving._json_reader import BYTES, read_json
from torchkeras.saving._legacy_config import modern_config
from torchkeras.saving._region import region
from torchkeras.saving._zip_reader import open_zip

_CODE = {"__lambda__": "code of a lambda", "TorchModuleWrapper": "a pickled torch module"}
_SHOWN = ("units", "filters", "kernel_size", "strides", "rate", "activation", "batch_shape", "input_dim", "output_dim")


def main(arguments: Sequence[str]) -> int:
    """Print the report for each path; 1 if something would be refused."""
    if not arguments or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m torchkeras inspect file [file ...]\n")
        return 2
    refused = 0
    for path in arguments:
        try:
            for line in report(path):
                refused |= line.startswith("  refused")
                sys.stdout.write(f"{line}\n")
        except (FileError, OSError) as error:
            sys.stdout.write(f"{path}\n  refused: {error}\n")
            refused = 1
    return int(refused)


def report(path: str) -> Iterator[str]:
    """The lines of the report.

    Raises:
        UnsafeFileError, CorruptFileError: the file can't be read at all.
    """
    with reading(path), region(path) as raw:
        start = raw.part(0, min(4, raw.size))
        yield f"{path}: {raw.size} bytes"
        yield from _archive(raw) if start[:2] == b"PK" else _hdf5(raw)


def _archive(raw: Any) -> Iterator[str]:
    with open_zip(raw) as archive:
        yield "Files: " + ", ".join(f"{name} ({archive.size(name)} bytes)" for name in archive.names)
        if "metadata.json" in archive:
            yield f"Metadata: {read_json(archive.read('metadata.json', BYTES))}"
        refusals: list[str] = []
        if "config.json" in archive:
            yield from _architecture(lambda: read_json(archive.read("config.json", BYTES)), refusals)
        if "model.weights.h5" in archive:
            try:
                with open_hdf5(archive.open("model.weights.h5")) as root:
                    yield from _weights(root, refusals)
            except FileError as error:
                refusals.append(str(error))
        yield from _refusals(refusals)


def _hdf5(raw: Any) -> Iterator[str]:
    refusals: list[str] = []
    with open_hdf5(raw) as root:
        version = str(root.attrs.get("keras_version", ""))
        if version:
            yield f"Keras {version}, backend {root.attrs.get('backend')}"
        if "model_config" in root.attrs:
            yield from _architecture(lambda: modern_config(read_json(root.attrs["model_config"]), version), refusals)
        yield from _weights(root, refusals)
    yield from _refusals(refusals)


def _refusals(found: list[str]) -> Iterator[str]:
    yield "Refused in safe mode:" if found else "Nothing in it is refused."
    for text in dict.fromkeys(found):
        yield f"  refused: {text}"


def _architecture(read: Any, refusals: list[str]) -> Iterator[str]:
    try:
        with reading():
            config = read()
    except FileError as error:
        refusals.append(str(error))
        return
    yield "Architecture:"
    yield from _layers(config, 1)
    refusals += _unsafe(config, "")


def _layers(entry: Any, depth: int) -> Iterator[str]:
    config = entry.get("config") if isinstance(entry, dict) else None
    if not isinstance(config, dict) or "class_name" not in entry:
        return
    shown = ", ".join(f"{key}={config[key]}" for key in _SHOWN if config.get(key) is not None)
    yield f"{'  ' * depth}{entry['class_name']} {config.get('name', '')!r} {shown}".rstrip()[:200]
    inner = config.get("layers")
    for layer in inner if isinstance(inner, list) else [config.get("layer")]:
        yield from _layers(layer, depth + 1)


def _unsafe(value: Any, path: str) -> list[str]:
    """What a config names that is code, or no part of this package nor registered."""
    if isinstance(value, list):
        return [text for index, item in enumerate(value) for text in _unsafe(item, f"{path}[{index}]")]
    if not isinstance(value, dict):
        return []
    found = [text for key, item in value.items() for text in _unsafe(item, f"{path}/{key}")]
    name = value.get("class_name")
    if "config" in value and isinstance(name, str):
        found += _named(value, name, path)
    return found


def _named(entry: dict[str, Any], name: str, path: str) -> list[str]:
    if name in _CODE:
        return [f"{path or '/'}: {_CODE[name]}"]
    module = entry.get("module") or ""
    if name.startswith("__") or str(module).startswith("keras.src.ops.") or module == "torch":
        return []
    if not module and _registry.by_name(name) is not None:
        return []
    try:
        (_find_function if name == "function" else _find_class)(entry, {})
    except (ValueError, TypeError) as error:
        return [f"{path or '/'}: {str(error).partition('. ')[0][:200]}"]
    return []


def _weights(root: Group, refusals: list[str]) -> Iterator[str]:
    yield "Weights:"
    total = 0
    for node in _walk(root, refusals, set()):
        total += node.nbytes
        try:
            values = node.read()
            node.verify(values)
            yield f"  {node.path}  {node.shape} {_dtype(node)}  {_range(values)}"
        except FileError as error:
            refusals.append(str(error))
    yield f"  {total} bytes"


def _walk(group: Group, refusals: list[str], seen: set[str]) -> Iterator[Dataset]:
    try:
        names = group.names
    except FileError as error:
        refusals.append(str(error))
        return
    for name in names:
        try:
            node = group.child(name)
        except FileError as error:
            refusals.append(str(error))
            continue
        if isinstance(node, Dataset):
            yield node
        elif len(seen) < 100_000:  # groups may hold each other's contents many times over
            seen.add(node.path)
            yield from _walk(node, refusals, seen)


def _dtype(node: Dataset) -> str:
    return "bfloat16" if node.dtype.kind == "V" else str(node.dtype)


def _range(values: np.ndarray[Any, Any]) -> str:
    if values.dtype.kind == "V":
        values = (values.view(np.uint16).astype(np.uint32) << 16).view(np.float32)
    if not values.size:
        return "empty"
    bad = int(np.count_nonzero(~np.isfinite(values))) if values.dtype.kind == "f" else 0
    finite = values[np.isfinite(values)] if bad else values
    ends = f"{finite.min():.6g} ... {finite.max():.6g}" if finite.size else "nothing finite"
    return f"{ends}  {int(np.count_nonzero(np.isnan(values))) if bad else 0} NaN, {bad} not finite"

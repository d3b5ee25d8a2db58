"""The state of a run in one file: nested dicts and lists of plain values, tensors and arrays.

The layout is that of safetensors (8 bytes with the length of the header, a JSON header, the tensors' bytes),
so any reader of it shows the tensors; everything else is a JSON text in the header's ``__metadata__``, beside
SHA-256 sums of each tensor and of the header itself. Nothing in a file is ever imported, called or unpickled.
"""

import functools
import hashlib
import json
import os
from typing import Any

import torch
from torch import Tensor

from torchkeras.saving._atomic import replacing
from torchkeras.saving._errors import CorruptFileError, reading
from torchkeras.saving._state_tree import from_plain, to_plain

_DTYPES = {
    "F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16,
    "I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8,
    "U64": torch.uint64, "U32": torch.uint32, "U16": torch.uint16, "U8": torch.uint8,
    "BOOL": torch.bool, "C64": torch.complex64, "C128": torch.complex128,
    "F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2,
}  # fmt: skip
_NAMES = {dtype: name for name, dtype in _DTYPES.items()}
_LONGEST_HEADER = 2**28


def write_state(path: str, state: dict[str, Any]) -> None:
    """Write `state` so that `path` holds, at any instant, what it held before or all of `state`.

    Raises:
        TypeError: something in it is no plain value; the message says where.
        OSError: the file can't be written.
    """
    tensors: list[Tensor] = []
    text = json.dumps(to_plain(state, tensors), allow_nan=False, separators=(",", ":"))
    buffers = [_bytes_of(tensor) for tensor in tensors]
    header = _header(text, tensors, buffers)
    check = functools.partial(_verify, length=len(header), buffers=buffers)
    with replacing(path, verify=check) as temporary, open(temporary, "wb") as file:
        file.write(len(header).to_bytes(8, "little"))
        file.write(header)
        for buffer in buffers:
            file.write(buffer)


def read_state(path: str) -> dict[str, Any]:
    """What :func:`write_state` wrote, every sum checked.

    Raises:
        CorruptFileError: the file is cut off, changed, or none of these.
        OSError: it can't be read.
    """
    with reading(path), open(path, "rb") as file:
        size = os.fstat(file.fileno()).st_size
        length = int.from_bytes(file.read(8), "little")
        if size < 8 or length > min(size - 8, _LONGEST_HEADER):
            raise _corrupt("header", f"at most {max(size - 8, 0)} bytes", f"{length} bytes")
        header = _parsed(file.read(length))
        content = bytearray(size - 8 - length)
        file.readinto(content)
        metadata = header.pop("__metadata__")
        sums = json.loads(metadata["sums"])
        tensors = [_tensor(str(index), header[str(index)], content, sums[index]) for index in range(len(header))]
        return from_plain(json.loads(metadata["tree"]), tensors)


def _bytes_of(tensor: Tensor) -> memoryview:
    flat = tensor.detach().cpu().contiguous().reshape(-1)
    return memoryview(flat.view(torch.uint8).numpy() if flat.numel() else b"")  # type: ignore[arg-type]


def _header(text: str, tensors: list[Tensor], buffers: list[memoryview]) -> bytes:
    entries: dict[str, Any] = {}
    place = 0
    for index, (tensor, buffer) in enumerate(zip(tensors, buffers)):
        span = [place, place + buffer.nbytes]
        entries[str(index)] = {"dtype": _NAMES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": span}
        place += buffer.nbytes
    sums = json.dumps([hashlib.sha256(buffer).hexdigest() for buffer in buffers])
    metadata = {"format": "torchkeras-state-1", "tree": text, "sums": sums}
    metadata["sum"] = _sum_of(entries, metadata)
    header = json.dumps({"__metadata__": metadata, **entries}, separators=(",", ":")).encode()
    return header + b" " * (-len(header) % 8)


def _sum_of(entries: dict[str, Any], metadata: dict[str, str]) -> str:
    said = json.dumps([entries, [metadata[key] for key in ("format", "tree", "sums")]], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def _parsed(data: bytes) -> dict[str, Any]:
    """The header, its own sum checked: after that it is as :func:`_header` made it."""
    try:
        header = json.loads(data)
        metadata = header["__metadata__"]
        entries = {name: entry for name, entry in header.items() if name != "__metadata__"}
        found = _sum_of(entries, metadata)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _corrupt("header", "that of a run's state", "something else") from None
    if metadata.get("sum") != found:
        raise _corrupt("header", f"SHA-256 {metadata.get('sum')}", found)
    return header


def _tensor(name: str, entry: dict[str, Any], content: bytearray, expected: str) -> Tensor:
    first, last = entry["data_offsets"]
    dtype = _DTYPES[entry["dtype"]]
    data = memoryview(content)[first:last]
    found = hashlib.sha256(data).hexdigest()
    if found != expected:
        raise _corrupt(f"tensor {name}", f"SHA-256 {expected}", f"{found}, of {len(data)} bytes")
    if first == last:
        return torch.empty(entry["shape"], dtype=dtype)
    # a copy: where it begins in the file is no multiple of its item's size
    flat = torch.frombuffer(data, dtype=torch.uint8).clone()
    return flat.view(dtype).reshape(entry["shape"])


def _verify(path: str, length: int, buffers: list[memoryview]) -> None:
    """Read back what was written."""
    with open(path, "rb") as file:
        file.seek(8 + length)
        for index, buffer in enumerate(buffers):
            if file.read(buffer.nbytes) != buffer:
                raise _corrupt(f"tensor {index}", "the bytes written", "others: the disk is full or failing")


def _corrupt(path: str, expected: str, found: str) -> CorruptFileError:
    return CorruptFileError(path=path, expected=expected, found=found)

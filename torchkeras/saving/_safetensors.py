"""``state_dict`` as a safetensors file: torch's keys and layouts, for every program that reads them."""

import hashlib
import json
from typing import Any

import torch
from torch import Tensor

from torchkeras._file_errors import CorruptFileError
from torchkeras.saving._atomic import replacing
from torchkeras.saving._region import opened

SUFFIX = ".safetensors"


_NAMES = {
    torch.float64: "F64",
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
}


def save_safetensors(model: Any, path: str) -> None:
    """Write ``model.state_dict()``: the weights alone, without optimizer.

    The format is a length, a JSON table of names, and the bytes. It is written here, as the library puts a file of its
    own in the place of the one it is given.
    """
    state = {key: value.detach().cpu().contiguous() for key, value in model.state_dict().items()}
    table: dict[str, Any] = {"__metadata__": {"format": "pt", "sha256": _hash(state)}}
    end = 0
    for key, value in state.items():
        start, end = end, end + value.nbytes
        table[key] = {"dtype": _NAMES[value.dtype], "shape": list(value.shape), "data_offsets": [start, end]}
    header = json.dumps(table).encode()
    header += b" " * (-len(header) % 8)
    with replacing(path) as temporary, open(temporary, "wb") as file:
        file.write(len(header).to_bytes(8, "little") + header)
        for value in state.values():
            file.write(_bytes(value))


def load_safetensors(model: Any, path: str, skip_mismatch: bool = False) -> None:
    """Take the weights that :func:`save_safetensors`, or any other program with the same keys, wrote.

    Raises:
        CorruptFileError: keys or shapes are not the model's, or the data is damaged. The model is then as it was.
    """
    own = model.state_dict()
    found, metadata = _read(path)
    fitting = {key: value for key, value in found.items() if key in own and value.shape == own[key].shape}
    problem = _problem(own, found)
    if problem and not skip_mismatch:
        raise CorruptFileError(problem, file=path)
    if metadata.get("sha256") not in (None, _hash(found)):
        raise CorruptFileError(file=path, expected=f"SHA-256 {metadata['sha256']}", found=_hash(found))
    with torch.no_grad():
        for key, value in fitting.items():
            own[key].copy_(value)


def _problem(own: dict[str, Tensor], found: dict[str, Tensor]) -> str:
    for key, tensor in own.items():
        if key not in found:
            return f"There is no {key!r} in the file. It holds {', '.join(list(found)[:10])}."
        if found[key].shape != tensor.shape:
            return f"{key!r} has shape {tuple(tensor.shape)} in the model and {tuple(found[key].shape)} in the file."
    return ""


def _read(path: str) -> tuple[dict[str, Tensor], dict[str, str]]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise ImportError(
            "Reading files that end in `.safetensors` needs the package safetensors: `pip install safetensors`."
        ) from error

    with opened(path):
        pass  # it is there, and a plain file
    try:
        with safe_open(path, framework="pt") as file:
            names = list(file.keys())
            return {key: file.get_tensor(key) for key in names}, file.metadata() or {}
    except SafetensorError as error:
        raise CorruptFileError(f"It is not a valid safetensors file: {error}.", file=path) from error


def _hash(state: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for key in sorted(state):
        digest.update(key.encode())
        digest.update(_bytes(state[key]))
    return digest.hexdigest()


def _bytes(value: Tensor) -> Any:
    return value.contiguous().view(-1).view(torch.uint8).numpy().data

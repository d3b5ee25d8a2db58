"""Files as text, and bytes as numbers."""

import base64
import csv
import glob
import gzip
import os
import zlib
from typing import Any

import numpy as np
import torch

from torchkeras._dtypes import standardize_dtype
from torchkeras._pipeline import StringTensor, string
from torchkeras._pipeline._elements import as_tensor
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._texts import bytes_of, names_of, tensor_of, text_of


@own
def read_file(filename: Any) -> StringTensor:
    """The content of a file."""
    with open(text_of(filename), "rb") as file:
        return StringTensor.of(file.read())


@own
def write_file(filename: Any, contents: Any) -> None:
    """Write `contents` into a file; the folders above it are made if they are missing."""
    path = text_of(filename)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as file:
        file.write(bytes_of(contents))


@own
def matching_files(pattern: Any) -> StringTensor:
    """The paths that match one or several patterns, sorted."""
    found = sorted(path for each in names_of(pattern) for path in glob.glob(each))
    return StringTensor(found) if found else StringTensor(np.empty(0, dtype=object))


@own
def decode_raw(input_bytes: Any, out_type: Any, little_endian: bool = True, fixed_length: int | None = None) -> Any:
    """Bytes read as numbers: ``(...) -> (..., numbers)``."""
    texts = tensor_of(input_bytes)
    kind = np.dtype(standardize_dtype(out_type)).newbyteorder("<" if little_endian else ">")
    rows = [np.frombuffer(_of_length(text, fixed_length), dtype=kind) for text in texts.reshape(-1).numpy()]
    native = np.stack(rows).astype(kind.newbyteorder("="))
    return torch.from_numpy(native).reshape(*texts.shape, -1)


def _of_length(text: bytes, length: int | None) -> bytes:
    return text if length is None else text[:length].ljust(length, b"\0")


@own
def decode_base64(input: Any) -> StringTensor:
    """Web-safe base64 as the bytes it stands for."""
    return StringTensor.of(
        _same(tensor_of(input).map(lambda text: base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))))
    )


@own
def encode_base64(input: Any, pad: bool = False) -> StringTensor:
    """Bytes in web-safe base64."""

    def encoded(text: bytes) -> bytes:
        code = base64.urlsafe_b64encode(text)
        return code if pad else code.rstrip(b"=")

    return StringTensor.of(_same(tensor_of(input).map(encoded)))


@own
def decode_compressed(bytes: Any, compression_type: str = "") -> StringTensor:
    """Bytes without their compression: ``"GZIP"``, ``"ZLIB"`` or none."""
    ways = {"": lambda text: text, "GZIP": gzip.decompress, "ZLIB": zlib.decompress}
    if compression_type not in ways:
        raise ValueError(f"`compression_type`: expected '', 'GZIP' or 'ZLIB', got {compression_type!r}.")
    return StringTensor.of(_same(tensor_of(bytes).map(ways[compression_type])))


def _same(array: Any) -> Any:
    return array if array.ndim else array[()]


@own
def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    select_cols: Any = None,
) -> list[Any]:
    """Lines of separated values as columns, a tensor each: ``(...) -> [(...), ...]``.

    Args:
        records: the lines.
        record_defaults: for each column a value for empty fields, or a dtype for one that must not be empty; either
            says the dtype.
        field_delim: what separates fields.
        use_quote_delim: whether quotation marks hold fields together.
        na_value: a further text that stands for an empty field.
        select_cols: the numbers of the columns that are wanted.

    Raises:
        ValueError: a line has another number of fields, an empty field no default, or a field holds no number.
    """
    lines = tensor_of(records)
    rows = [_fields(text.decode(), field_delim, use_quote_delim) for text in lines.reshape(-1).numpy()]
    if select_cols is not None:
        rows = [[row[column] for column in select_cols] for row in rows]
    for row in rows:
        if len(row) != len(record_defaults):
            raise ValueError(f"decode_csv: expected {len(record_defaults)} fields, got {len(row)}: {row[:20]}.")
    columns = zip(*rows) if rows else [[] for _ in record_defaults]
    return [
        _column(list(column), default, na_value).reshape(lines.shape)
        for column, default in zip(columns, record_defaults)
    ]


def _fields(line: str, delimiter: str, quotes: bool) -> list[str]:
    quoting: Any = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    return next(csv.reader([line], delimiter=delimiter, quoting=quoting), [""])


def _column(texts: list[str], default: Any, na_value: str) -> Any:
    """Fields as a tensor of the dtype that the default has, or is."""
    is_dtype = isinstance(default, (torch.dtype, type)) or default == string
    value = None if is_dtype else as_tensor(default)
    value = None if value is None or not value.reshape(-1).shape[0] else value.reshape(-1)[0]
    dtype = default if is_dtype else as_tensor(default).dtype
    filled = [_field(text, value, na_value) for text in texts]
    if dtype == string or dtype is str:
        return StringTensor(filled)
    whole = not standardize_dtype(dtype).startswith("float")
    try:
        numbers = [int(text) if whole and isinstance(text, str) else float(text) for text in filled]
    except ValueError as error:
        raise ValueError(f"decode_csv: expected {standardize_dtype(dtype)}: {error}.") from None
    return torch.tensor(numbers, dtype=as_tensor(default).dtype if not is_dtype else _torch(dtype))


def _torch(dtype: Any) -> torch.dtype:
    return dtype if isinstance(dtype, torch.dtype) else getattr(torch, standardize_dtype(dtype))


def _field(text: str, default: Any, na_value: str) -> Any:
    if text and text != na_value:
        return text
    if default is None:
        raise ValueError("decode_csv: a field is empty, and its column has no default.")
    return default.numpy() if isinstance(default, StringTensor) else default.item()


publish(globals())

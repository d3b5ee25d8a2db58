"""JSON that may be hostile: measured before it is parsed, so that it can't fill the memory or the stack."""

import json
import math
import re
from json import decoder
from typing import Any, NoReturn

from torchkeras._file_errors import CorruptFileError, UnsafeFileError

BYTES = 16 << 20
WIDE_BYTES = 4 << 20  # one character outside the basic plane makes all characters of a text four bytes wide
DEPTH = 100
NODES = 400_000
_WIDE = re.compile(rb"[\xf0-\xf4]")
_MARK = re.compile(r'["\[\]{},]')
_skip_string: Any = decoder.scanstring  # type: ignore[attr-defined]
_INT64 = range(-(2**63), 2**63)


def read_json(data: bytes | str) -> Any:
    """The value of a JSON text of at most 16 MiB, 100 levels and 400,000 values.

    Raises:
        UnsafeFileError: it is larger, or deeper.
        CorruptFileError: it is no JSON, has a key twice, an integer beyond 64 bits, NaN or Infinity.
    """
    data = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    most = BYTES if len(data) <= WIDE_BYTES or not _WIDE.search(data) else WIDE_BYTES
    if len(data) > most:
        raise UnsafeFileError(expected=f"JSON of at most {most} bytes", found=f"{len(data)} bytes")
    try:
        text = data.decode("utf-8")
        _measure(text)
        return json.loads(
            text, object_pairs_hook=_unique, parse_int=_integer, parse_float=_finite, parse_constant=_no_constant
        )
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CorruptFileError(f"It is not valid JSON: {error}.") from error


def _measure(text: str) -> None:
    """Count levels and values without making any of them."""
    position, depth, nodes = 0, 0, 0
    while (found := _MARK.search(text, position)) is not None:
        mark, position = found[0], found.end()
        if mark == '"':
            position = _skip_string(text, position, True)[1]
        elif mark in "[{":
            depth += 1
            if depth > DEPTH:
                raise UnsafeFileError(
                    expected=f"JSON of at most {DEPTH} levels", found=f"more, at character {position}"
                )
        elif mark in "]}":
            depth -= 1
            continue
        nodes += 1
        if nodes > NODES:
            raise UnsafeFileError(expected=f"JSON of at most {NODES} values", found=f"more, at character {position}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise CorruptFileError("A key stands twice, and readers differ in which one they take.", found=repr(twice))
    return made


def _integer(text: str) -> int:
    if len(text) > 20 or (value := int(text)) not in _INT64:
        raise CorruptFileError(expected="integers of 64 bits", found=f"one of {len(text)} digits")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _no_constant(text)
    return value


def _no_constant(text: str) -> NoReturn:
    raise CorruptFileError(expected="finite numbers", found=text)

"""``tf.train.Example``: named lists of bytes, floats or integers, and its form in bytes (Protocol Buffers).

Only the few messages of ``Example`` are known; the wire format: https://protobuf.dev/programming-guides/encoding
"""

import struct
from collections.abc import Iterator
from typing import Any

import numpy as np


def _varint(number: int) -> bytes:
    number &= 2**64 - 1  # negative ones as two's complement
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        if at >= len(data) or shift > 63:
            raise ValueError("tf.train.Example: the bytes are cut off, or no Example.")
        number |= (data[at] & 0x7F) << shift
        shift, at = shift + 7, at + 1
        if data[at - 1] < 0x80:
            return number, at


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _fields(data: bytes) -> Iterator[tuple[int, int, Any]]:
    """``(field, wire type, content)``: bytes for wire type 2 and 5, an integer for 0."""
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        kind = tag & 7
        if kind == 0:
            content, at = _read_varint(data, at)
            yield tag >> 3, kind, content
            continue
        if kind not in (1, 2, 5):
            raise ValueError(f"tf.train.Example: a field of wire type {kind} is not in an Example.")
        length = {1: 8, 5: 4}.get(kind)
        if length is None:
            length, at = _read_varint(data, at)
        if at + length > len(data):
            raise ValueError("tf.train.Example: the bytes are cut off, or no Example.")
        yield tag >> 3, kind, data[at : at + length]
        at += length


class _List:
    """A list of one kind of value."""

    number: int

    def __init__(self, value: Any = ()) -> None:
        self.value = list(value)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.value == other.value

    __hash__ = None  # type: ignore[assignment]


class BytesList(_List):
    """Values of bytes."""

    number = 1

    def _encoded(self) -> bytes:
        texts = (item.encode() if isinstance(item, str) else bytes(item) for item in self.value)
        return b"".join(_field(1, text) for text in texts)

    @classmethod
    def _decoded(cls, data: bytes) -> "BytesList":
        return cls(content for _, _, content in _fields(data))


class FloatList(_List):
    """Values in 32-bit floating point."""

    number = 2

    def _encoded(self) -> bytes:
        packed = np.asarray(self.value, dtype="<f4").tobytes()
        return _field(1, packed) if packed else b""

    @classmethod
    def _decoded(cls, data: bytes) -> "FloatList":
        packed = b"".join(content for _, _, content in _fields(data))
        return cls(np.frombuffer(packed, dtype="<f4").tolist())


class Int64List(_List):
    """Values of 64-bit integers."""

    number = 3

    def _encoded(self) -> bytes:
        packed = b"".join(_varint(int(number)) for number in self.value)
        return _field(1, packed) if packed else b""

    @classmethod
    def _decoded(cls, data: bytes) -> "Int64List":
        found = []
        for _, kind, content in _fields(data):
            found += [content] if kind == 0 else list(_varints(content))
        return cls(number - 2**64 if number >= 2**63 else number for number in found)


def _varints(data: bytes) -> Iterator[int]:
    at = 0
    while at < len(data):
        number, at = _read_varint(data, at)
        yield number


_LISTS: dict[int, Any] = {1: BytesList, 2: FloatList, 3: Int64List}


class Feature:
    """One list, of bytes, floats or integers."""

    def __init__(self, bytes_list: Any = None, float_list: Any = None, int64_list: Any = None) -> None:
        self.bytes_list = bytes_list or BytesList()
        self.float_list = float_list or FloatList()
        self.int64_list = int64_list or Int64List()
        given = [each for each in (bytes_list, float_list, int64_list) if each is not None]
        self._list: Any = given[0] if given else None

    def WhichOneof(self, name: str) -> str | None:
        """Which of the three lists it has: ``"bytes_list"``, ``"float_list"`` or ``"int64_list"``."""
        kinds = {BytesList: "bytes_list", FloatList: "float_list", Int64List: "int64_list"}
        return kinds.get(type(self._list))

    def _encoded(self) -> bytes:
        return b"" if self._list is None else _field(self._list.number, self._list._encoded())

    @classmethod
    def _decoded(cls, data: bytes) -> "Feature":
        for number, _, content in _fields(data):
            if number in _LISTS:
                names = {1: "bytes_list", 2: "float_list", 3: "int64_list"}
                return cls(**{names[number]: _LISTS[number]._decoded(content)})
        return cls()


class Features:
    """Features by name."""

    def __init__(self, feature: Any = None) -> None:
        self.feature: dict[str, Feature] = dict(feature or {})

    def _encoded(self) -> bytes:
        entries = sorted(self.feature.items())
        return b"".join(_field(1, _field(1, name.encode()) + _field(2, item._encoded())) for name, item in entries)

    @classmethod
    def _decoded(cls, data: bytes) -> "Features":
        found = {}
        for _, _, entry in _fields(data):
            parts = {number: content for number, _, content in _fields(entry)}
            found[parts.get(1, b"").decode()] = Feature._decoded(parts.get(2, b""))
        return cls(found)


class Example:
    """Features by name, in a form that can be written.

    Args:
        features: a ``Features``.
    """

    def __init__(self, features: Any = None) -> None:
        self.features = features or Features()

    def SerializeToString(self) -> bytes:
        """The example as bytes."""
        return _field(1, self.features._encoded())

    def ParseFromString(self, data: Any) -> int:
        """Take over what the bytes hold."""
        self.features = Example.FromString(data).features
        return len(data)

    @classmethod
    def FromString(cls, data: Any) -> "Example":
        """The example that the bytes hold.

        Raises:
            ValueError: they hold none.
        """
        data = data.numpy() if hasattr(data, "numpy") else bytes(data)
        try:
            found = [content for number, _, content in _fields(data) if number == 1]
            return cls(Features._decoded(b"".join(found)))
        except (TypeError, struct.error, UnicodeDecodeError) as error:
            raise ValueError(f"tf.train.Example: the bytes hold no Example: {error}") from None


__all__ = ["BytesList", "Example", "Feature", "Features", "FloatList", "Int64List"]

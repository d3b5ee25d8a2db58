"""Texts of variable length in the attributes of an HDF5 file, read without HDF5.

Where the file lies about a text's length or place, HDF5 2.0.0 runs forever or past the end of its memory. A text
is four numbers in the object's header, and bytes in a heap: little enough to read here, every step checked.
Format: HDF5 File Format Specification 3.0, sections III.E (global heap), IV.A (object header) and IV.A.2.m (attribute).
"""

import struct
from collections.abc import Iterator

from torchkeras._file_errors import CorruptFileError, UnsafeFileError
from torchkeras.saving._region import Region

_CONTINUATION, _ATTRIBUTE, _VARIABLE = 0x10, 0x0C, 9
_MESSAGES = 100_000


def read_texts(raw: Region, header: int, name: bytes, count: int, most: int) -> list[bytes]:
    """The `count` texts of an attribute.

    Args:
        raw: the HDF5 file.
        header: where the header of the attribute's object is, as HDF5 gives it.
        name: the attribute's name.
        count: how many texts it has.
        most: how many bytes they may have together.
    """
    base = _base(raw)
    for kind, flags, body in _messages(raw, base, header):
        if kind == _ATTRIBUTE and not flags & 2:
            found, data = _attribute(body)
            if found == name:
                return _texts(raw, base, data, count, most)
    raise UnsafeFileError("Its texts are stored in a way that is not read here.")


def _base(raw: Region) -> int:
    """The byte from which all places in the file count."""
    base = next(place for place in signatures(raw.size) if raw.part(place, 8) == SIGNATURE)
    version = raw.part(base + 8, 1)[0]
    sizes = raw.part(base + (13 if version < 2 else 9), 2)
    if sizes != b"\x08\x08":
        raise UnsafeFileError(expected="places and lengths of 8 bytes", found=str(list(sizes)))
    return base


SIGNATURE = b"\x89HDF\r\n\x1a\n"


def signatures(size: int) -> list[int]:
    """Where HDF5's mark may stand in a file of that size."""
    return [place for place in (0, *(512 << power for power in range(12))) if place + 48 <= size]


def _messages(raw: Region, base: int, header: int) -> Iterator[tuple[int, int, bytes]]:
    """Kind, flags and content of the messages of an object's header."""
    start = raw.part(base + header, 16)
    if start[:4] == b"OHDR":
        flags = start[5]
        skip = 6 + 16 * bool(flags & 0x20) + 4 * bool(flags & 0x10)
        width = 1 << (flags & 3)
        length = int.from_bytes(raw.part(base + header + skip, width), "little")
        blocks, modern, ordered = [(base + header + skip + width, length)], True, bool(flags & 4)
    elif start[0] == 1:
        blocks, modern, ordered = [(base + header + 16, struct.unpack("<L", start[8:12])[0])], False, False
    else:
        raise CorruptFileError(expected="an object's header", found=repr(start[:4]))
    seen = 0
    while blocks:
        block = raw.part(*blocks.pop())
        for kind, flags, body in _split(block, modern, ordered):
            seen += 1
            if seen > _MESSAGES:
                raise UnsafeFileError("The header goes in a circle.")
            if kind == _CONTINUATION:
                place, length = _unpack("<QQ", body)
                # a modern block starts with a mark and ends with a checksum
                blocks.append((base + place + 4 * modern, length - 8 * modern))
            yield kind, flags, body


def _split(block: bytes, modern: bool, ordered: bool) -> Iterator[tuple[int, int, bytes]]:
    place, step = 0, (4 + 2 * ordered) if modern else 8
    while place + step <= len(block):
        kind, size, flags = _unpack("<BHB" if modern else "<HHB", block[place:])
        place += step
        yield kind, flags, block[place : place + size]
        place += size


def _attribute(body: bytes) -> tuple[bytes, bytes]:
    """Name and data of an attribute of variable texts; empty data if it is of another type."""
    version, flags, name, kind, space = _unpack("<BBHHH", body)
    if version not in (1, 2, 3) or flags:
        return b"", b""
    place = 9 if version == 3 else 8
    parts = []
    for size in (name, kind, space):
        parts.append(body[place : place + size])
        place += (size + 7) // 8 * 8 if version == 1 else size
    if not parts[1] or parts[1][0] & 15 != _VARIABLE:
        return b"", b""
    return parts[0].partition(b"\0")[0], body[place:]


def _texts(raw: Region, base: int, data: bytes, count: int, most: int) -> list[bytes]:
    if len(data) < 16 * count:
        raise CorruptFileError(expected=f"{count} texts", found=f"{len(data)} bytes")
    heaps: dict[int, dict[int, bytes]] = {}
    texts = []
    for index in range(count):
        length, place, number = _unpack("<LQL", data[16 * index :])
        most -= length
        if most < 0:
            raise UnsafeFileError("The texts are longer than allowed.")
        if place and place not in heaps:
            heaps[place] = _heap(raw, base + place)
        text = heaps[place].get(number) if place else b""
        if text is None or len(text) < length:
            raise CorruptFileError(expected=f"a text of {length} bytes", found="none there")
        texts.append(text[:length])
    return texts


def _heap(raw: Region, place: int) -> dict[int, bytes]:
    """The texts of a heap, by number."""
    mark, size = _unpack("<4s4xQ", raw.part(place, 16))
    if mark != b"GCOL":
        raise CorruptFileError(expected="a heap of texts", found=repr(mark))
    block = raw.part(place, size)
    found, at = {}, 16
    while at + 16 <= size:
        number, length = _unpack("<H6xQ", block[at : at + 16])
        if number == 0:  # the rest is free
            break
        if length > size - at - 16:
            raise CorruptFileError(expected=f"a text within {size} bytes", found=f"one of {length} bytes at {at}")
        found[number] = block[at + 16 : at + 16 + length]
        at += 16 + (length + 7) // 8 * 8
    return found


def _unpack(form: str, data: bytes) -> tuple[int, ...]:
    size = struct.calcsize(form)
    if len(data) < size:
        raise CorruptFileError(expected=f"{size} bytes", found=f"{len(data)}")
    return struct.unpack(form, data[:size])

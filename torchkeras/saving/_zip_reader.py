"""Zip archives that may be hostile: every entry is checked before any is read, and none is ever extracted."""

import contextlib
import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from torchkeras._file_errors import CorruptFileError, UnsafeFileError
from torchkeras.saving._region import Region, region

MEMBERS = 10_000
DIRECTORY = 4 << 20  # bytes of the table of contents
RATIO = 100
FREE = 1 << 20  # bytes up to which the ratio does not count
_PIECE = 1 << 20


@contextlib.contextmanager
def open_zip(source: Any) -> Iterator["Archive"]:
    """The archive at a path, or of bytes.

    Raises:
        FileNotFoundError: there is no such file.
        UnsafeFileError: an entry's name leaves the archive, entries share a name or bytes, or one is a bomb.
        CorruptFileError: it is no zip archive, or a damaged one.
    """
    with region(source) as raw:
        _check_directory(raw)
        try:
            with zipfile.ZipFile(_Buffered(raw)) as archive:
                entries = archive.infolist()
        except (zipfile.BadZipFile, struct.error, UnicodeDecodeError, NotImplementedError, ValueError) as error:
            if isinstance(error, (UnsafeFileError, CorruptFileError)):
                raise
            raise CorruptFileError(f"It is not a valid zip archive: {error}.") from error
        yield Archive(raw, entries)


class _Buffered(io.BufferedReader):
    """What zipfile reads through; closing it leaves the region open."""

    def close(self) -> None:
        self.detach() if not self.closed else None


def _check_directory(raw: Region) -> None:
    """The size of the table of contents, before anything reads it."""
    if raw.size < 22:
        raise CorruptFileError(expected="a zip archive", found=f"{raw.size} bytes")
    end = raw.part(raw.size - 22, 22)
    if end[:4] != b"PK\5\6" or end[20:] != b"\0\0":
        raise CorruptFileError(expected="the end of a zip archive", found=f"other bytes, at {raw.size - 22}")
    count, size = struct.unpack("<HL", end[10:16])
    if raw.size >= 98 and raw.part(raw.size - 42, 4) == b"PK\6\7":
        record = raw.part(raw.size - 98, 56)
        count, size = struct.unpack("<QQ", record[32:48])
    if count > MEMBERS or size > DIRECTORY:
        raise UnsafeFileError(expected=f"at most {MEMBERS} files in it", found=f"{count}, listed in {size} bytes")


class Archive:
    """The files of an archive, by name."""

    def __init__(self, raw: Region, entries: list[zipfile.ZipInfo]) -> None:
        self._raw = raw
        self._entries: dict[str, zipfile.ZipInfo] = {}
        for entry in entries:
            with _about(entry):
                _check_name(entry)
                _check_kind(entry)
                if entry.filename in self._entries:
                    raise UnsafeFileError("Two entries have this name, and readers differ in which one they take.")
            self._entries[entry.filename] = entry
        self._starts = self._places(entries)

    @property
    def names(self) -> list[str]:
        """The names of the files, in the archive's order; folders are left out."""
        return [name for name in self._entries if not name.endswith("/")]

    def __contains__(self, name: str) -> bool:
        return name in self._entries

    def size(self, name: str) -> int:
        """The number of bytes of a file."""
        return self._entry(name).file_size

    def read(self, name: str, limit: int) -> bytes:
        """The bytes of a file, at most `limit`; its checksum is compared.

        Raises:
            UnsafeFileError: the file is larger.
            CorruptFileError: there is no such file, or its checksum is another one.
        """
        entry = self._entry(name)
        with _about(entry):
            if entry.file_size > limit:
                raise UnsafeFileError(expected=f"at most {limit} bytes", found=f"{entry.file_size} bytes")
            content = b"".join(self._pieces(entry))
        return content

    def open(self, name: str, limit: int | None = None) -> Region:
        """A file for reading in place, without a copy if it is stored uncompressed; its checksum is compared first."""
        entry = self._entry(name)
        if entry.compress_type != zipfile.ZIP_STORED:
            return Region(self.read(name, entry.file_size if limit is None else limit))
        with _about(entry):
            for _ in self._pieces(entry):
                pass
        file = self._raw._file if self._raw._data is None else self._raw._data
        return Region(file, self._raw._start + self._starts[name], entry.file_size)

    def _entry(self, name: str) -> zipfile.ZipInfo:
        if name not in self._entries:
            raise CorruptFileError(f"There is no {name!r} in the archive.", found=", ".join(self.names[:10]))
        return self._entries[name]

    def _places(self, entries: list[zipfile.ZipInfo]) -> dict[str, int]:
        """Where the bytes of each file start; no two may share any."""
        starts, free = {}, 0
        for entry in sorted(entries, key=lambda entry: entry.header_offset):
            with _about(entry):
                if entry.header_offset < free:
                    raise UnsafeFileError("Two entries share bytes.")
                start = self._start(entry)
                free = start + entry.compress_size
                if free > self._raw.size:
                    raise CorruptFileError(expected=f"{entry.compress_size} bytes", found="the end of the archive")
            starts[entry.filename] = start
        return starts

    def _start(self, entry: zipfile.ZipInfo) -> int:
        header = self._raw.part(entry.header_offset, 30)
        signature, flags, method, name_length, extra_length = struct.unpack("<4s2xHH16xHH", header)
        name = self._raw.part(entry.header_offset + 30, name_length)
        if signature != b"PK\3\4" or method != entry.compress_type or flags & 1:
            raise CorruptFileError(expected="the entry that the table of contents lists", found="another one")
        if name.decode("utf-8" if flags & 0x800 else "cp437") != entry.orig_filename:
            raise UnsafeFileError("The entry has two names.", expected=repr(entry.filename), found=repr(name))
        return entry.header_offset + 30 + name_length + extra_length

    def _pieces(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content, a piece at a time; counted, since what the archive says about its size need not be true."""
        size, checksum = 0, 0
        stored = self._stored(entry)
        for piece in stored if entry.compress_type == zipfile.ZIP_STORED else _inflated(stored, entry.file_size):
            size += len(piece)
            if size > entry.file_size:
                raise UnsafeFileError(expected=f"{entry.file_size} bytes, as it says", found="more")
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if size != entry.file_size or checksum != entry.CRC:
            raise CorruptFileError(
                "It is damaged.",
                expected=f"{entry.file_size} bytes with checksum {entry.CRC:08x}",
                found=f"{size} with {checksum:08x}",
            )

    def _stored(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        position, left = self._starts[entry.filename], entry.compress_size
        source = Region(
            self._raw._file if self._raw._data is None else self._raw._data, self._raw._start + position, left
        )
        for offset in range(0, left, _PIECE):
            yield source.part(offset, min(_PIECE, left - offset))


def _inflated(stored: Iterator[bytes], most: int) -> Iterator[bytes]:
    machine = zlib.decompressobj(-15)
    try:
        for piece in stored:
            while piece:
                yield machine.decompress(piece, _PIECE)
                piece = machine.unconsumed_tail
        yield machine.flush(min(most, _PIECE) + 1)
    except zlib.error as error:
        raise CorruptFileError(f"It is damaged: {error}.") from error


@contextlib.contextmanager
def _about(entry: zipfile.ZipInfo) -> Iterator[None]:
    try:
        yield
    except (UnsafeFileError, CorruptFileError) as error:
        error.locate(member=entry.filename)
        raise
    except (UnicodeDecodeError, struct.error) as error:
        raise CorruptFileError(str(error), member=entry.filename) from error


def _check_name(entry: zipfile.ZipInfo) -> None:
    name = entry.orig_filename
    parts = name.rstrip("/").split("/")
    if not name or "\\" in name or "\0" in name or ":" in parts[0] or any(part in ("", ".", "..") for part in parts):
        raise UnsafeFileError("The name leaves the archive, or hides something.", found=repr(name))


def _check_kind(entry: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeFileError(expected="a plain file", found="a link or device")
    if entry.flag_bits & 1:
        raise UnsafeFileError(expected="a plain file", found="an encrypted one")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise UnsafeFileError(expected="stored or deflated bytes", found=f"zip method {entry.compress_type}")
    if entry.file_size > max(FREE, RATIO * entry.compress_size):
        raise UnsafeFileError(
            expected=f"at most {RATIO} times its {entry.compress_size} bytes", found=f"{entry.file_size} bytes"
        )

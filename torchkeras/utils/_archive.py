"""Unpacking archives from strangers.

Nothing but plain files and folders is ever made: a link in an archive becomes a copy of the member it points
to, so no later member can be led out of the target through one. Names are checked as text, piece by piece, and
once more on the disk, where links may lie from before.
"""

import os
import stat
import tarfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

# Unpacked bytes that an archive may make: a bomb makes a thousand times its size.
LEAST_LIMIT = 4 << 30
LIMIT_RATIO = 200


class UnsafeArchiveError(ValueError):
    """An archive with a member that would be written outside of the target, or that is no file."""


def extract_archive(file: str | os.PathLike[str], path: str | os.PathLike[str], archive_format: Any = "auto") -> bool:
    """Unpack `file` into the folder `path`.

    Args:
        file: a tar archive, compressed or not, or a zip archive.
        path: the folder; made where it does not exist.
        archive_format: ``"tar"``, ``"zip"``, a list of these, ``"auto"`` for both, None for none.

    Returns:
        Whether `file` was an archive of such a format.

    Raises:
        UnsafeArchiveError: a member with an absolute name or ``..``, a device, a link to something that is not in
            the archive, or more bytes than an honest archive of this size holds. What came before it stays.
    """
    for members in _readers(archive_format):
        found = members(Path(file))
        if found is not None:
            _write(found, Path(path), Path(file))
            return True
    return False


def _readers(archive_format: Any) -> list[Any]:
    if archive_format is None:
        return []
    names = ["tar", "zip"] if archive_format == "auto" else archive_format
    names = [names] if isinstance(names, str) else list(names)
    readers = {"tar": _tar_members, "zip": _zip_members}
    for name in names:
        if name not in readers:
            raise ValueError(f"Unknown archive format: {name!r}; expected 'tar', 'zip', 'auto' or None.")
    return [readers[name] for name in names]


# A member: its name, and its content, or None for a folder.
_Members = Iterable[tuple[str, IO[bytes] | None]]


def _tar_members(file: Path) -> _Members | None:
    return _read_tar(file) if tarfile.is_tarfile(file) else None


def _read_tar(file: Path) -> Iterator[tuple[str, IO[bytes] | None]]:
    with tarfile.open(file) as archive:
        for member in archive:
            if member.isdir():
                yield member.name, None
            elif member.isfile() or member.issym() or member.islnk():
                yield member.name, _content(archive, member, file)
            else:
                raise UnsafeArchiveError(f"{file}: {member.name!r} is a device or a pipe; nothing more was unpacked.")


def _content(archive: tarfile.TarFile, member: tarfile.TarInfo, file: Path) -> IO[bytes] | None:
    try:
        content = archive.extractfile(member)  # follows links within the archive only
    except (KeyError, RecursionError):
        content = None
    if content is None and not _points_to_folder(archive, member):
        raise UnsafeArchiveError(
            f"{file}: the link {member.name!r} points to {member.linkname!r}, which is not in the archive; "
            "nothing more was unpacked."
        )
    return content


def _points_to_folder(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bool:
    target = os.path.normpath(os.path.join(os.path.dirname(member.name), member.linkname))
    try:
        return archive.getmember(target.replace(os.sep, "/")).isdir()
    except KeyError:
        return False


def _zip_members(file: Path) -> _Members | None:
    return _read_zip(file) if zipfile.is_zipfile(file) else None


def _read_zip(file: Path) -> Iterator[tuple[str, IO[bytes] | None]]:
    with zipfile.ZipFile(file) as archive:
        for member in archive.infolist():
            if stat.S_ISLNK(member.external_attr >> 16):
                raise UnsafeArchiveError(f"{file}: {member.filename!r} is a link; nothing more was unpacked.")
            yield member.filename, None if member.is_dir() else archive.open(member)


def _write(members: _Members, target: Path, file: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    root = os.path.realpath(target)
    left = max(LEAST_LIMIT, LIMIT_RATIO * file.stat().st_size)
    for name, content in members:
        place = _place(root, name, file)
        if content is None:
            os.makedirs(place, exist_ok=True)
            continue
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if os.path.islink(place):
            os.unlink(place)
        with content, open(place, "wb") as out:
            left -= _copy(content, out, left, file)


def _place(root: str, name: str, file: Path) -> str:
    """Where the member goes, below `root`."""
    parts = PurePosixPath(name).parts
    odd = "\0" in name or "\\" in name or ":" in name.split("/", 1)[0]
    if name.startswith("/") or ".." in parts or odd:
        raise UnsafeArchiveError(
            f"{file}: the name {name!r} leads out of the target folder; nothing more was unpacked."
        )
    place = os.path.join(root, *parts)
    parent = os.path.realpath(os.path.dirname(place)) if parts else root
    if parent != root and not parent.startswith(root.rstrip(os.sep) + os.sep):
        raise UnsafeArchiveError(
            f"{file}: {name!r} would be written to {parent!r} through a link; nothing more was unpacked."
        )
    return place


def _copy(content: IO[bytes], out: IO[bytes], left: int, file: Path) -> int:
    """Copy at most `left` bytes; the number copied."""
    done = 0
    while chunk := content.read(1 << 20):
        done += len(chunk)
        if done > left:
            raise UnsafeArchiveError(f"{file}: unpacks to far more than its size; stopped.")
        out.write(chunk)
    return done

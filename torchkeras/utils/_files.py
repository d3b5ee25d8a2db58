"""Downloaded files and where they are kept."""

import hashlib
import os
import tempfile
import urllib.error
import urllib.request
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from torchkeras import _settings
from torchkeras._errors import unknown
from torchkeras.callbacks._console import print_message
from torchkeras.callbacks._progbar import Progbar
from torchkeras.utils._archive import extract_archive

_HASHES = ("auto", "md5", "sha256")


def get_file(
    fname: str | os.PathLike[str] | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    force_download: bool = False,
) -> str:
    """The path of a file from the internet, downloaded unless the cache has it: ``~/.keras/datasets/fname``.

    A file that Keras downloaded serves here, and the other way round.

    Args:
        fname: name in the cache; by default the last part of the URL.
        origin: the URL: ``https:``, ``http:``, ``ftp:`` or ``file:``.
        untar: unpack the file as tar archive; `extract` does more.
        md5_hash: the old name of `file_hash`.
        file_hash: what the file's MD5 or SHA-256 has to be. A cached file with another one is downloaded anew.
        cache_subdir: folder below `cache_dir`.
        hash_algorithm: ``"sha256"``, ``"md5"`` or ``"auto"``, which tells them apart by length.
        extract: unpack the file, a tar or zip archive, and return the folder.
        archive_format: ``"tar"``, ``"zip"``, ``"auto"`` for both, or None for none.
        cache_dir: by default ``KERAS_HOME``, else ``~/.keras``.
        force_download: download even if the cache has the file.

    Returns:
        The path of the file, or of the folder with its content: ``name_extracted`` for ``name.tar.gz``.

    Raises:
        ValueError: no `origin`; `fname` is a path; the file has another hash; an unsafe archive.
        OSError: the download failed.
    """
    if not origin:
        raise ValueError('Please specify the "origin" argument (URL of the file to download).')
    if md5_hash is not None and file_hash is None:
        file_hash, hash_algorithm = md5_hash, "md5"
    if hash_algorithm not in _HASHES:
        raise unknown("hash algorithm", hash_algorithm, _HASHES)
    folder = _cache_folder(cache_dir, cache_subdir)
    unpacks = extract or untar
    file, target = _paths(folder, fname, origin, unpacks)
    if force_download or not _is_current(file, file_hash, hash_algorithm):
        _download(origin, file, file_hash, hash_algorithm)
    if not unpacks or archive_format is None:
        return str(file)
    if not extract_archive(file, target, "tar" if untar and not extract else archive_format):
        warnings.warn(f"get_file: {file} is no archive of a known format; it was not unpacked.", stacklevel=2)
        return str(file)
    return str(target)


def hash_file(path: str | os.PathLike[str], algorithm: str = "sha256") -> str:
    """The file's SHA-256 or MD5, in hexadecimal digits."""
    digest = hashlib.md5(usedforsecurity=False) if algorithm == "md5" else hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _cache_folder(cache_dir: str | os.PathLike[str] | None, subdir: str) -> Path:
    folder = Path(os.path.expanduser(cache_dir)) if cache_dir is not None else _settings.keras_home()
    try:
        (folder / subdir).mkdir(parents=True, exist_ok=True)
        writable = os.access(folder / subdir, os.W_OK)
    except OSError:
        writable = False
    if not writable:  # a read-only home: what Keras does
        folder = Path(tempfile.gettempdir()) / ".keras"
        (folder / subdir).mkdir(parents=True, exist_ok=True)
    return folder / subdir


def _paths(folder: Path, fname: Any, origin: str, unpacks: bool) -> tuple[Path, Path]:
    """Where the download lies, and where its content goes, as Keras names them."""
    name = os.path.basename(urlsplit(origin).path) if fname is None else os.fspath(fname)
    if fname is None and name in ("", ".", ".."):
        raise ValueError(
            f"Can't parse the file name from the origin provided: '{origin}'. Please specify the `fname` argument."
        )
    if name != os.path.basename(name) or name in ("", ".", "..") or "\\" in name or "\0" in name:
        raise ValueError(
            "Paths are no longer accepted as the `fname` argument. To specify the file's parent directory, use the "
            f"`cache_dir` argument. Received: fname={name}"
        )
    if not unpacks:
        return folder / name, folder / name
    stem = _stem(name)
    if fname is None or stem == name:
        return folder / f"{name}_archive", folder / name
    return folder / name, folder / f"{stem}_extracted"


def _stem(name: str) -> str:
    """The name up to its first dot: ``data`` for ``data.tar.gz``, and for ``data.v1.tar.gz``, too."""
    return name.partition(".")[0] or name


def _is_current(file: Path, file_hash: str | None, algorithm: str) -> bool:
    if not file.exists():
        return False
    if file_hash is None or _has_hash(file, file_hash, algorithm):
        return True
    print_message(
        "A local file was found, but it seems to be incomplete or outdated because the "
        f"{algorithm} file hash does not match the original value of {file_hash} so we will re-download the data."
    )
    return False


def _has_hash(file: Path, expected: str, algorithm: str) -> bool:
    if algorithm == "auto":
        algorithm = "sha256" if len(expected) == 64 else "md5"
    return hash_file(file, algorithm) == expected.lower()


def _download(origin: str, file: Path, file_hash: str | None, algorithm: str) -> None:
    """Download beside `file`, check, and only then put it in place: a broken download leaves nothing."""
    print_message(f"Downloading data from {origin}")
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".tmp", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as out:
            _fetch(origin, out)
        if file_hash is not None and not _has_hash(Path(name), file_hash, algorithm):
            raise ValueError(
                f"Incomplete or corrupted file detected. The {algorithm} file hash of {origin} does not match the "
                f"provided value of {file_hash}."
            )
        os.chmod(name, 0o644)
        os.replace(name, file)
    except BaseException:
        os.unlink(name)
        raise


def _fetch(origin: str, out: Any) -> None:
    try:
        with urllib.request.urlopen(origin) as response:
            size = int(response.headers.get("Content-Length") or 0)
            bar = Progbar(size or None)
            done = 0
            while chunk := response.read(1 << 16):
                out.write(chunk)
                done += len(chunk)
                bar.update(done, finalize=False)
            bar.update(done, finalize=True)
    except urllib.error.HTTPError as error:
        raise OSError(f"URL fetch failure on {origin}: {error.code} -- {error.msg}") from error
    except (urllib.error.URLError, OSError) as error:
        raise OSError(f"URL fetch failure on {origin}: {getattr(error, 'reason', error)}") from error

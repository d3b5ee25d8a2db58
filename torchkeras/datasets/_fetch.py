"""Where each data set's file comes from, and how it is kept: Keras' names, so that its downloads serve here."""

import os
from dataclasses import dataclass
from pathlib import Path

from torchkeras import _settings
from torchkeras.callbacks._console import print_message
from torchkeras.utils._files import get_file

GOOGLE = "https://storage.googleapis.com/tensorflow/tf-keras-datasets"
TORONTO = "https://www.cs.toronto.edu/~kriz"


@dataclass(frozen=True)
class Source:
    """One file of a data set.

    Args:
        url: where to download it.
        name: its name in the cache.
        file_hash: its SHA-256 or MD5; None where none is published.
        folder: the folder of the cache it lies in.
        extract: an archive, to be unpacked into a folder of that name.
    """

    url: str
    name: str
    file_hash: str | None = None
    folder: str = "datasets"
    extract: bool = False

    def fetch(self, path: str | os.PathLike[str] | None = None) -> Path:
        """The file, or the folder of an unpacked archive.

        Args:
            path: another name in the cache; the path of an existing file is taken as it is.

        Raises:
            OSError: it is not there and could not be downloaded.
        """
        name = self.name if path is None else os.fspath(path)
        if os.path.basename(name) != name and os.path.isfile(name):
            return Path(name)
        try:
            return Path(self._get(name, self.file_hash))
        except OSError as error:
            return self._unverified(name, error)

    def _get(self, name: str, file_hash: str | None) -> str:
        return get_file(
            name,
            origin=self.url,
            file_hash=file_hash,
            cache_subdir=self.folder,
            extract=self.extract,
        )

    def _unverified(self, name: str, error: OSError) -> Path:
        """Without a network a file with another hash serves, too: it is only read as data, never run."""
        kept = _settings.keras_home() / self.folder / (f"{name}_archive" if self.extract else name)
        if not kept.is_file():
            raise error
        print_message(f"{error}. Using the local file as it is: {kept}")
        return Path(self._get(name, None))

"""Paths of files: what they name, whether they are on this machine, and asking before one is overwritten."""

import os
import re
import stat
from typing import Any

from torchkeras import _ranks

_REMOTE = re.compile(r"^(?:/cns/|/placer/|gs://|s3://|hf://|hdfs://|https?://|ftp://|abfss?://|file://)", re.IGNORECASE)


def local(path: Any, what: str) -> str:
    """The path as a text.

    Raises:
        ValueError: it is not one, or names another machine.
    """
    if not isinstance(path, (str, os.PathLike)):
        raise ValueError(
            f"{what}: expected a path (a text or a `pathlib.Path`) that ends in `.keras`, `.weights.h5` or `.h5`, got "
            f"an object of type {type(path).__name__}. Invalid filepath extension for saving."
        )
    text = os.fspath(path)
    text = os.fsdecode(text) if isinstance(text, bytes) else text
    if _REMOTE.match(text):
        raise ValueError(
            f"{what}: {text} is a remote path. Handling remote paths is not supported: download the file first, or "
            "save to a local file and upload it (for `hf://`, with the package `huggingface_hub`)."
        )
    return text


def may_write(path: str, overwrite: bool) -> bool:
    """Whether to go on: nothing is there, or it may be overwritten, or the user says so."""
    if overwrite or not os.path.exists(path) or not _ranks.is_first():
        return True
    answer = input(f"[WARNING] {path} already exists - overwrite? [y/n]").strip().lower()
    while answer not in ("y", "n"):
        answer = input('Enter "y" (overwrite) or "n" (cancel).').strip().lower()
    if answer == "y":
        print("[TIP] Next time specify overwrite=True!")
    return answer == "y"


def starts_with(path: str, signature: bytes) -> bool:
    """Whether a plain file begins with these bytes; False if there is none, and for pipes and devices."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        with open(path, "rb") as file:
            return file.read(len(signature)) == signature
    except FileNotFoundError:
        return False

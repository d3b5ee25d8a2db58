"""Where messages for the person at the keyboard go: the terminal, a notebook, a log file."""

import logging
import os
import sys

from torchkeras import _ranks, _settings

logger = logging.getLogger("torchkeras")


def print_message(text: str, end: str = "\n") -> None:
    """Write `text` to standard output at once, or to the ``torchkeras`` logger where
    ``disable_interactive_logging()`` was called; of several ranks only the first does."""
    if not _ranks.is_first():
        return
    if not _settings.interactive_logging:
        if text.strip():
            logger.info(text.strip())
        return
    stream = sys.stdout
    try:
        stream.write(text + end)
    except UnicodeEncodeError:  # a Windows console or LANG=C: show what it can show
        encoding = stream.encoding or "ascii"
        stream.write((text + end).encode(encoding, "replace").decode(encoding))
    stream.flush()


def can_redraw() -> bool:
    r"""Whether output goes to something that understands ``\r``, ``\b`` and colours."""
    if not _settings.interactive_logging:
        return False
    if "ipykernel" in sys.modules or "PYCHARM_HOSTED" in os.environ:
        return True
    isatty = getattr(sys.stdout, "isatty", None)
    return isatty is not None and isatty() and os.environ.get("TERM") != "dumb"


def can_encode(text: str) -> bool:
    """Whether standard output can show every character of `text`."""
    try:
        text.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
    except (UnicodeEncodeError, LookupError):
        return False
    return True

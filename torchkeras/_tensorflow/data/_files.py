"""Data sets of what stands in files: lines, records."""

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Any

from torchkeras._pipeline import Dataset, StringTensor, TensorSpec
from torchkeras._pipeline._nodes import UNKNOWN, FromFunction
from torchkeras._tensorflow import _records
from torchkeras._tensorflow._texts import names_of, text_of


def opened(name: str, compression_type: Any) -> Any:
    """A file for reading bytes, ``""``, ``"GZIP"`` or ``"ZLIB"``.

    Raises:
        ValueError: another compression.
    """
    kind = text_of(compression_type or "").upper()
    if kind not in ("", "GZIP", "ZLIB"):
        raise ValueError(f"`compression_type`: expected None, 'GZIP' or 'ZLIB', got {compression_type!r}.")
    if kind == "ZLIB":
        with open(name, "rb") as file:
            return io.BytesIO(zlib.decompress(file.read()))
    return gzip.open(name, "rb") if kind else open(name, "rb")


class _Files(Dataset):
    """Text elements out of files, one file after the other."""

    def __init__(self, filenames: Any, compression_type: Any, read: Callable[[IO[bytes]], Iterator[bytes]]) -> None:
        def elements() -> Iterator[StringTensor]:
            for name in names_of(filenames):
                with opened(name, compression_type) as file:
                    for item in read(file):
                        yield StringTensor.of(item)

        super().__init__(FromFunction(elements, UNKNOWN, TensorSpec((), "string")))


class TextLineDataset(_Files):
    """The lines of text files, without their ends.

    Args:
        filenames: a name, several, or a data set of names.
        compression_type: None, ``"GZIP"`` or ``"ZLIB"``.
        buffer_size, num_parallel_reads, name: accepted, and not used.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(filenames, compression_type, lambda file: (line.rstrip(b"\r\n") for line in file))


class TFRecordDataset(_Files):
    """The records of TFRecord files, as bytes.

    Args:
        filenames: a name, several, or a data set of names.
        compression_type: None, ``"GZIP"`` or ``"ZLIB"``.
        buffer_size, num_parallel_reads, name: accepted, and not used.

    Raises:
        ValueError: when iterated, a file that is cut off, or whose lengths do not fit their checksums.
    """

    def __init__(
        self,
        filenames: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(filenames, compression_type, _records.read)


class FixedLengthRecordDataset(_Files):
    """Pieces of files, all of one length.

    Args:
        filenames: a name, several, or a data set of names.
        record_bytes: the length of a piece.
        header_bytes: passed over at the begin of a file.
        footer_bytes: passed over at its end.
        buffer_size: accepted, and not used.
        compression_type: None, ``"GZIP"`` or ``"ZLIB"``.
        num_parallel_reads, name: accepted, and not used.
    """

    def __init__(
        self,
        filenames: Any,
        record_bytes: int,
        header_bytes: int = 0,
        footer_bytes: int = 0,
        buffer_size: Any = None,
        compression_type: Any = None,
        num_parallel_reads: Any = None,
        name: str | None = None,
    ) -> None:
        def pieces(file: IO[bytes]) -> Iterator[bytes]:
            data = file.read()
            end = len(data) - footer_bytes
            return (data[at : at + record_bytes] for at in range(header_bytes, end - record_bytes + 1, record_bytes))

        super().__init__(filenames, compression_type, pieces)

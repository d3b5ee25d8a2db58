"""Files of records, as TensorFlow writes them: length, its checksum, the bytes, their checksum.

The format: https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details
"""

import os
import struct
from collections.abc import Iterator
from typing import IO, Any


def _table() -> list[int]:
    table = []
    for number in range(256):
        for _ in range(8):
            number = (number >> 1) ^ (0x82F63B78 if number & 1 else 0)  # Castagnoli's polynomial, reflected
        table.append(number)
    return table


_TABLE = _table()


def masked_crc(data: bytes) -> int:
    """The checksum of a record: CRC-32C, rotated, plus a constant."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    crc ^= 0xFFFFFFFF
    return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) & 0xFFFFFFFF


def read(file: IO[bytes]) -> Iterator[bytes]:
    """The records of an open file. The checksum of each length is compared; that of the bytes is not, for speed.

    Raises:
        ValueError: the file is cut off, or no file of records.
    """
    while header := file.read(12):
        if len(header) < 12 or masked_crc(header[:8]) != struct.unpack("<I", header[8:])[0]:
            raise ValueError(f"{getattr(file, 'name', 'TFRecord')}: no file of TFRecords, or a damaged one.")
        (length,) = struct.unpack("<Q", header[:8])
        data = file.read(length + 4)
        if len(data) < length + 4:
            raise ValueError(f"{getattr(file, 'name', 'TFRecord')}: the file ends within a record of {length} bytes.")
        yield data[:length]


class TFRecordWriter:
    """Writes records of bytes into a file; ``with`` closes it.

    Args:
        path: the file.
        options: None or ``""``; compression while writing is refused.

    Raises:
        ValueError: compression is asked for.
    """

    def __init__(self, path: Any, options: Any = None) -> None:
        if options:
            raise ValueError("TFRecordWriter: writing compressed records is not served; compress the file afterwards.")
        self._file = open(os.fspath(path), "wb")  # noqa: SIM115  # until `close`

    def write(self, record: Any) -> None:
        """Append one record."""
        data = record.numpy() if hasattr(record, "numpy") else bytes(record)
        length = struct.pack("<Q", len(data))
        self._file.write(length + struct.pack("<I", masked_crc(length)) + data + struct.pack("<I", masked_crc(data)))

    def flush(self) -> None:
        """Let readers see what was written."""
        self._file.flush()

    def close(self) -> None:
        """End the file."""
        self._file.close()

    def __enter__(self) -> "TFRecordWriter":
        return self

    def __exit__(self, *error: Any) -> None:
        self.close()

"""CSV files as data sets of columns."""

import csv
import itertools
from collections.abc import Iterator
from typing import Any

import torch

from torchkeras._errors import unknown
from torchkeras._pipeline import Dataset, StringTensor
from torchkeras._pipeline._elements import unstacked
from torchkeras._pipeline._nodes import FromFunction
from torchkeras._tensorflow._texts import names_of, text_of
from torchkeras._tensorflow.data._files import opened
from torchkeras._tensorflow.io._files import _column, decode_csv

_BLOCK = 256  # rows that are converted at once


class CsvDataset(Dataset):
    """The rows of CSV files, each a tuple of scalars.

    Args:
        filenames: a name, several, or a data set of names.
        record_defaults: for each column a value for empty fields, or a dtype for one that must not be empty.
        compression_type: None, ``"GZIP"`` or ``"ZLIB"``.
        buffer_size: accepted, and not used.
        header: whether the first line of each file holds names.
        field_delim, use_quote_delim, na_value, select_cols: as for ``tf.io.decode_csv``.
        exclude_cols: the numbers of the columns that are not wanted.
    """

    def __init__(
        self,
        filenames: Any,
        record_defaults: Any,
        compression_type: Any = None,
        buffer_size: Any = None,
        header: bool = False,
        field_delim: str = ",",
        use_quote_delim: bool = True,
        na_value: str = "",
        select_cols: Any = None,
        exclude_cols: Any = None,
    ) -> None:
        def rows() -> Iterator[Any]:
            left = _rows(names_of(filenames), compression_type, header, field_delim, use_quote_delim)
            while block := [wanted(fields) for fields in itertools.islice(left, _BLOCK)]:
                columns = zip(zip(*block), record_defaults)
                yield from unstacked(tuple(_column(list(texts), default, na_value) for texts, default in columns))

        def wanted(fields: list[str]) -> list[str]:
            columns = range(len(fields)) if select_cols is None else select_cols
            found = [fields[column] for column in columns if column not in excluded]
            if len(found) != len(record_defaults):
                raise ValueError(f"CsvDataset: expected {len(record_defaults)} fields, got {len(found)}: {found}.")
            return found

        excluded = set(exclude_cols or ())
        super().__init__(FromFunction(rows))


def _rows(names: list[str], compression: Any, header: bool, delimiter: str, quotes: bool) -> Iterator[list[str]]:
    quoting: Any = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    for name in names:
        with opened(name, compression) as file:
            lines = (line.decode("utf-8") for line in file)
            for number, fields in enumerate(csv.reader(lines, delimiter=delimiter, quoting=quoting)):
                if fields and not (header and number == 0):
                    yield fields


def make_csv_dataset(
    file_pattern: Any,
    batch_size: int,
    column_names: Any = None,
    column_defaults: Any = None,
    label_name: str | None = None,
    select_columns: Any = None,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    na_value: str = "",
    header: bool = True,
    num_epochs: int | None = None,
    shuffle: bool = True,
    shuffle_buffer_size: int = 10000,
    shuffle_seed: int | None = None,
    prefetch_buffer_size: Any = None,
    num_parallel_reads: Any = None,
    sloppy: bool = False,
    num_rows_for_inference: int = 100,
    compression_type: Any = None,
    ignore_errors: bool = False,
    encoding: str = "utf-8",
) -> Dataset:
    """Batches of columns by name from CSV files, with a label if wanted: ``{name: (b,)}`` or ``({name: (b,)}, (b,))``.

    Args:
        file_pattern: files, or patterns of them.
        batch_size: rows a batch.
        column_names: of all columns, if the files have no header.
        column_defaults: for each column that is wanted a value for empty fields, or a dtype; by default the kinds are
            found in the first rows.
        label_name: the column that is the label.
        select_columns: names or numbers of the columns that are wanted.
        field_delim, use_quote_delim, na_value: as for ``tf.io.decode_csv``.
        header: whether the first line of each file holds names.
        num_epochs: how many times over; without end if None.
        shuffle, shuffle_buffer_size, shuffle_seed: another order each time.
        num_rows_for_inference: the rows in which kinds are looked for.
        compression_type: None, ``"GZIP"`` or ``"ZLIB"``.
        prefetch_buffer_size, num_parallel_reads, sloppy, ignore_errors, encoding: accepted, and not used.

    Raises:
        ValueError: no file, or no such column.
    """
    files = [text_of(name) for name in Dataset.list_files(file_pattern, shuffle=False)]
    read = files, compression_type, header, field_delim, use_quote_delim
    names = list(column_names) if column_names is not None else _header(files[0], compression_type, field_delim)
    chosen = [_place(column, names) for column in (names if select_columns is None else select_columns)]
    if label_name is not None and label_name not in [names[place] for place in chosen]:
        raise unknown("column", label_name, names)
    rows = [[row[place] for place in chosen] for row in _rows(*read)]
    defaults = column_defaults
    if defaults is None:
        defaults = [_kind([row[at] for row in rows[:num_rows_for_inference]], na_value) for at in range(len(chosen))]
    columns: dict[str, Any] = {}
    for at, (place, default) in enumerate(zip(chosen, defaults)):
        columns[names[place]] = _column([row[at] for row in rows], default, na_value)
    dataset = Dataset.from_tensor_slices((columns, columns.pop(label_name)) if label_name is not None else columns)
    if shuffle:
        dataset = dataset.shuffle(shuffle_buffer_size, shuffle_seed)
    return dataset.repeat(num_epochs).batch(batch_size, drop_remainder=num_epochs is None)


def _header(name: str, compression: Any, delimiter: str) -> list[str]:
    return next(_rows([name], compression, False, delimiter, True))


def _place(column: Any, names: list[str]) -> int:
    if isinstance(column, int):
        return column
    if column not in names:
        raise unknown("column", column, names)
    return names.index(column)


def _kind(texts: list[str], na_value: str) -> Any:
    """The default of a column, of the first kind that all its texts are of: int32, int64, float32, float64, text."""
    filled = [text for text in texts if text and text != na_value]
    for default in (torch.tensor([0], dtype=torch.int32), torch.tensor([0.0])):
        try:
            numbers = [int(text) if not default.is_floating_point() else float(text) for text in filled]
        except ValueError:
            continue
        wide = not default.is_floating_point() and any(abs(number) >= 2**31 for number in numbers)
        return default.to(torch.int64) if wide else default
    return StringTensor([""])


__all__ = ["CsvDataset", "decode_csv", "make_csv_dataset"]

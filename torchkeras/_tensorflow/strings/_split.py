"""Texts in parts, and parts together."""

from typing import Any

import numpy as np
import torch

from torchkeras._pipeline import RaggedTensor, StringTensor
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._texts import bytes_of, tensor_of
from torchkeras._tensorflow.strings._values import in_rows, of_array, row_of


@own
def split(input: Any = None, sep: Any = None, maxsplit: int = -1, source: Any = None, delimiter: Any = None) -> Any:
    """The parts between separators, or between blanks: a vector for one text, ``(...) -> (..., None)`` ragged else."""
    value = input if source is None else source
    separator = sep if delimiter is None else delimiter
    between = None if separator is None else bytes_of(separator) or None
    return in_rows(lambda text: text.split(between, maxsplit), value)


@own
def bytes_split(input: Any) -> Any:
    """The bytes of each text."""
    return in_rows(lambda text: [text[at : at + 1] for at in range(len(text))], input)


@own
def unicode_split(input: Any, input_encoding: str, errors: str = "replace", replacement_char: int = 65533) -> Any:
    """The characters of each text."""
    return in_rows(
        lambda text: [mark.encode() for mark in _read(text, input_encoding, errors, replacement_char)], input
    )


@own
def unicode_decode(
    input: Any,
    input_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
) -> Any:
    """The numbers of the characters of each text: int32."""
    marks = unicode_split(input, input_encoding, errors, replacement_char)

    def numbers(flat: StringTensor) -> torch.Tensor:
        return torch.tensor([ord(mark.decode()) for mark in flat.numpy()], dtype=torch.int32)

    return marks.map_values(numbers) if isinstance(marks, RaggedTensor) else numbers(marks)


def _read(text: bytes, encoding: str, errors: str, replacement_char: int) -> str:
    how = errors if errors in ("strict", "ignore") else "replace"
    read = text.decode(encoding, how)
    return read if replacement_char == 65533 else read.replace("\ufffd", chr(replacement_char))


@own
def unicode_encode(input: Any, output_encoding: str, errors: str = "replace", replacement_char: int = 65533) -> Any:
    """Texts of the numbers of their characters: ``(..., characters) -> (...)``."""

    def encoded(numbers: Any) -> bytes:
        return "".join(chr(number) for number in numbers.tolist()).encode(output_encoding)

    if not isinstance(input, RaggedTensor):
        input = torch.as_tensor(input)
        if input.ndim == 1:
            return StringTensor.of(encoded(input))
    return row_of([encoded(row) for row in input])


@own
def reduce_join(inputs: Any, axis: Any = None, keepdims: bool = False, separator: Any = "") -> Any:
    """The texts along an axis, or all of them, one after the other."""
    between = bytes_of(separator)
    inputs = tensor_of(inputs)
    if isinstance(inputs, RaggedTensor):
        if axis not in (-1, inputs.ndim - 1):
            raise ValueError(f"reduce_join: of a ragged tensor only the last axis can be joined, got axis={axis}.")
        if isinstance(inputs.values, RaggedTensor):
            return inputs.with_values(reduce_join(inputs.values, -1, keepdims, separator))
        return row_of([between.join(row.numpy()) for row in inputs])
    array = np.asarray(inputs)
    axes = range(array.ndim) if axis is None else np.atleast_1d(axis).tolist()
    axes = [place % max(1, array.ndim) for place in axes]
    kept = [place for place in range(array.ndim) if place not in axes]
    shape = [array.shape[place] for place in kept]
    rows = array.transpose(*kept, *axes).reshape(*shape, -1) if array.ndim else array.reshape(1)
    out = np.empty(shape, dtype=object)
    for place in np.ndindex(*shape):
        out[place] = between.join(rows[place])
    if keepdims:
        out = out.reshape([1 if place in axes else array.shape[place] for place in range(array.ndim)])
    return of_array(out)


@own
def ngrams(
    data: Any,
    ngram_width: Any,
    separator: str = " ",
    pad_values: Any = None,
    padding_width: int | None = None,
    preserve_short_sequences: bool = False,
) -> Any:
    """Neighbouring texts together: ``(..., texts) -> (..., grams)``; padding is refused.

    Raises:
        ValueError: `pad_values` is given.
    """
    if pad_values is not None:
        raise ValueError("ngrams: `pad_values` is not served; add the paddings to the texts before.")
    widths = [ngram_width] if isinstance(ngram_width, int) else list(ngram_width)
    between = separator.encode()

    def grams(row: Any) -> list[bytes]:
        items = list(row.numpy())
        found = [between.join(items[at : at + width]) for width in widths for at in range(len(items) - width + 1)]
        return found or ([between.join(items)] if preserve_short_sequences and items else [])

    data = tensor_of(data)
    if data.ndim == 1:
        return row_of(grams(data))
    made = [grams(row) for row in data]
    if not isinstance(data, RaggedTensor):
        return StringTensor(made)
    return RaggedTensor.from_row_lengths(row_of([gram for row in made for gram in row]), [len(row) for row in made])


publish(globals())

"""Texts for texts, and what can be said of each."""

import re
from typing import Any

import torch

from torchkeras._pipeline import RaggedTensor, StringTensor
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._texts import bytes_of, tensor_of, text_of
from torchkeras._tensorflow.strings._values import mapped, measured

# Classes of characters that RE2 knows by name, as Python spells them inside of brackets.
_CLASSES = {
    "[:alnum:]": "0-9A-Za-z", "[:alpha:]": "A-Za-z", "[:digit:]": "0-9", "[:lower:]": "a-z", "[:upper:]": "A-Z",
    "[:space:]": r"\t\n\v\f\r ", "[:punct:]": r"!-/:-@\[-`{-~", "[:word:]": "0-9A-Za-z_", "[:xdigit:]": "0-9A-Fa-f",
}  # fmt: skip


@own
def lower(input: Any, encoding: str = "") -> Any:
    """In small letters: those of ASCII alone, or with ``encoding="utf-8"`` of any language."""
    return mapped((lambda text: text.decode().lower().encode()) if encoding else bytes.lower, input)


@own
def upper(input: Any, encoding: str = "") -> Any:
    """In capital letters: those of ASCII alone, or with ``encoding="utf-8"`` of any language."""
    return mapped((lambda text: text.decode().upper().encode()) if encoding else bytes.upper, input)


@own
def strip(input: Any) -> Any:
    """Without blanks at both ends."""
    return mapped(bytes.strip, input)


@own
def regex_replace(input: Any, pattern: Any, rewrite: Any, replace_global: bool = True) -> Any:
    r"""With each match of a regular expression (or the first one) replaced; ``\1`` in `rewrite` is its first group."""
    expression = _compiled(pattern)
    replacement = re.sub(r"\\(\d)", r"\\g<\1>", text_of(rewrite))
    count = 0 if replace_global else 1
    return mapped(lambda text: expression.sub(replacement, _decoded(text), count=count).encode(), input)


@own
def regex_full_match(input: Any, pattern: Any) -> Any:
    """Whether a regular expression matches the whole text."""
    expression = _compiled(pattern)
    return measured(lambda text: expression.fullmatch(_decoded(text)) is not None, input, torch.bool)


def _compiled(pattern: Any) -> re.Pattern[str]:
    """A regular expression of RE2 as Python's."""
    text = text_of(pattern)
    for name, members in _CLASSES.items():
        text = text.replace(name, members)
    return re.compile(text, re.ASCII)


def _decoded(text: bytes) -> str:
    return text.decode(errors="surrogateescape")


@own
def length(input: Any, unit: str = "BYTE") -> Any:
    """How many bytes, or with ``unit="UTF8_CHAR"`` characters, each text has: int32."""
    return measured((lambda text: len(text.decode())) if _is_characters(unit) else len, input, torch.int32)


def _is_characters(unit: str) -> bool:
    if unit not in ("BYTE", "UTF8_CHAR"):
        raise ValueError(f"`unit`: expected 'BYTE' or 'UTF8_CHAR', got {unit!r}.")
    return unit == "UTF8_CHAR"


@own
def substr(input: Any, pos: Any, len: Any, unit: str = "BYTE") -> Any:
    """`len` bytes, or with ``unit="UTF8_CHAR"`` characters, of each text from `pos` on; a negative one from the end.

    Raises:
        ValueError: a text is shorter than `pos`.
    """
    characters = _is_characters(unit)
    start, count = int(pos), int(len)

    def cut(text: bytes) -> bytes:
        whole: Any = text.decode() if characters else text
        size = whole.__len__()
        if not -size <= start <= size:
            raise ValueError(
                f"substr: `pos` is {start}, but a text has {size} {'characters' if characters else 'bytes'}."
            )
        begin = start + size if start < 0 else start
        part = whole[begin : begin + count]
        return part.encode() if characters else part

    return mapped(cut, input)


@own
def join(inputs: Any, separator: Any = "") -> Any:
    """Texts of several tensors, one after the other; single ones go with all."""
    tensors = [tensor_of(each) for each in inputs]
    between = bytes_of(separator)
    ragged = next((each for each in tensors if isinstance(each, RaggedTensor)), None)
    if ragged is not None:
        flat = [each.flat_values if isinstance(each, RaggedTensor) else each for each in tensors]
        return ragged.map_values(lambda _: join(flat, separator))
    out = tensors[0]
    for each in tensors[1:]:
        out = out + StringTensor(between) + each
    return out


@own
def unicode_transcode(
    input: Any,
    input_encoding: str,
    output_encoding: str,
    errors: str = "replace",
    replacement_char: int = 65533,
    replace_control_characters: bool = False,
) -> Any:
    """The same text in another encoding; what cannot be read is replaced, left out (``"ignore"``), or an error."""
    how = "strict" if errors == "strict" else "ignore" if errors == "ignore" else "replace"

    def transcoded(text: bytes) -> bytes:
        read = text.decode(input_encoding, how)
        if how == "replace" and replacement_char != 65533:
            read = read.replace("\ufffd", chr(replacement_char))
        if replace_control_characters:
            read = re.sub(r"[\x00-\x08\x0e-\x1f]", chr(replacement_char), read)
        return read.encode(output_encoding)

    return mapped(transcoded, input)


publish(globals())

"""Texts and numbers."""

from typing import Any

import torch

from torchkeras._dtypes import standardize_dtype, to_torch_dtype
from torchkeras._pipeline import RaggedTensor, StringTensor
from torchkeras._tensorflow._rows import own, publish
from torchkeras._tensorflow._texts import text_of
from torchkeras._tensorflow.strings._values import measured, of_array


@own
def to_number(input: Any, out_type: Any = torch.float32) -> Any:
    """The numbers that texts hold.

    Raises:
        ValueError: a text holds none.
    """
    dtype = to_torch_dtype(out_type)

    def number(text: bytes) -> Any:
        try:
            return float(text) if dtype.is_floating_point else int(text)
        except ValueError:
            raise ValueError(f"to_number: expected {standardize_dtype(dtype)}, got {text!r}.") from None

    return measured(number, input, dtype)


@own
def as_string(
    input: Any, precision: int = -1, scientific: bool = False, shortest: bool = False, width: int = -1, fill: str = ""
) -> Any:
    """Numbers as text: ``(...) -> (...)``.

    Args:
        input: numbers or bools.
        precision: digits after the point; 6 by default.
        scientific: with an exponent.
        shortest: as few characters as hold the number.
        width: filled to this from the left, with blanks or with `fill`.
        fill: ``"0"``, ``" "``, ``"-"`` (from the right) or ``"+"`` (with the sign).
    """
    if isinstance(input, RaggedTensor):
        return input.map_values(lambda inner: as_string(inner, precision, scientific, shortest, width, fill))
    if isinstance(input, StringTensor):
        return input
    values = torch.as_tensor(input)
    kind = "g" if shortest else "e" if scientific else "f"
    pad = f"{fill if fill in ('0', '+', ' ') else ''}"
    size = "" if width < 0 else str(width)
    left = fill == "-"

    def written(value: Any) -> bytes:
        if isinstance(value, bool):
            return b"true" if value else b"false"
        how = "d" if isinstance(value, int) else f".{precision}{kind}" if precision >= 0 else kind
        flags = "-" if left else pad
        return f"%{flags}{size}{how}".__mod__((value,)).encode()

    array = StringTensor([b""] * max(1, values.numel())).numpy()[: values.numel()]
    array[:] = [written(value) for value in values.reshape(-1).tolist()]
    return of_array(array.reshape(tuple(values.shape)))


@own
def format(template: Any, inputs: Any, placeholder: str = "{}", summarize: int = 3) -> StringTensor:
    """A text with the values of tensors in the places of ``{}``; of long axes the first and the last few are shown."""
    values = inputs if isinstance(inputs, (list, tuple)) else [inputs]
    parts = text_of(template).split(placeholder)
    if len(parts) != len(values) + 1:
        raise ValueError(f"format: expected a value for each of {len(parts) - 1} places, got {len(values)}.")
    shown = [_shown(value, summarize) for value in values]
    return StringTensor("".join(part + value for part, value in zip(parts, [*shown, ""])))


def _shown(value: Any, most: int) -> str:
    if isinstance(value, StringTensor):
        return _listed(value.texts().tolist(), most, lambda item: f'"{item}"')
    values = torch.as_tensor(value).tolist()
    return _listed(values, most, _number)


def _number(item: Any) -> str:
    if isinstance(item, bool):
        return str(int(item))
    return f"{item:.6g}" if isinstance(item, float) else str(item)


def _listed(value: Any, most: int, shown: Any, depth: int = 1) -> str:
    if not isinstance(value, list):
        return str(shown(value))
    items = [_listed(item, most, shown, depth + 1) for item in value]
    between = "\n" + " " * depth if value and isinstance(value[0], list) else " "
    if most >= 0 and len(items) > 2 * most:
        items = [*items[:most], "...", *items[-most:]]
    return f"[{between.join(items)}]"


publish(globals())

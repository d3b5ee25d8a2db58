"""Policies of quantized layers, such as ``"int8_from_float32"``: a mode and the policy quantized from."""

from typing import Any

from torchkeras.dtype_policies._policy import DTypePolicy, dtype_policy

MODES = ("int8", "float8", "int4", "gptq", "awq")


class QuantizedDTypePolicy(DTypePolicy):
    """A policy that was quantized.

    Args:
        mode: ``"int8"``, ``"float8"``, ``"int4"``, ``"gptq"`` or ``"awq"``.
        source_name: the name of the policy before quantization; None for the global one.

    Raises:
        ValueError: no such mode, or one that does not go with the dtype.
    """

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        source_name = dtype_policy().name if source_name is None else source_name
        self.quantization_mode = self._base_mode(mode)
        super().__init__(source_name)
        self._source_name = source_name
        self._mode = mode
        self._name = f"{mode}_from_{source_name}"
        if mode == "int8" and self.compute_dtype == "float16":
            raise ValueError(f"Quantization mode='{mode}' doesn't work well with compute_dtype='{self.compute_dtype}'.")

    def _base_mode(self, mode: str) -> str:
        if mode not in MODES:
            raise ValueError(f"Invalid quantization mode. Expected one of {MODES}. Received: mode={mode}")
        return mode

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), *self.get_config().values())

    def get_config(self) -> dict[str, Any]:
        return {"mode": self._mode, "source_name": self._source_name}


class QuantizedFloat8DTypePolicy(QuantizedDTypePolicy):
    """Float8, with the number of steps over which the greatest value is remembered."""

    default_amax_history_length = 1024

    def __init__(self, mode: str, source_name: str | None = None, amax_history_length: int = 1024) -> None:
        if not isinstance(amax_history_length, int):
            raise TypeError(f"`amax_history_length` must be an integer. Received: {amax_history_length=!r}")
        self._amax_history_length = amax_history_length
        super().__init__(mode, source_name)

    @property
    def amax_history_length(self) -> int:
        return self._amax_history_length

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "amax_history_length": self.amax_history_length}


class _SizedPolicy(QuantizedDTypePolicy):
    """A policy whose mode carries numbers, ``"gptq/4/128"``."""

    parts: tuple[str, ...]
    bits: tuple[int, ...] = ()

    def __init__(self, mode: str, source_name: str | None = None) -> None:
        super().__init__(mode, source_name)
        self.mode = self.quantization_mode

    def _base_mode(self, mode: str) -> str:
        word = self.parts[0]
        form = "/".join([word, *(f"<{part}>" for part in self.parts[1:])])
        found = mode.split("/")
        if found[0] != word or len(found) != len(self.parts):
            expected = f"Expected format '{form}', but got '{mode}'."
            raise ValueError(f"Invalid mode for {type(self).__name__}. {expected}")
        for part, text in zip(self.parts[1:], found[1:]):
            setattr(self, part, self._number(part, text, mode, form))
        return word

    def _number(self, part: str, text: str, mode: str, form: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise ValueError(
                f"Invalid mode for {type(self).__name__}. <{part}> must be an integer. Expected format '{form}', "
                f"but got '{mode}'."
            ) from None
        allowed = number in self.bits if part == "weight_bits" else number == -1 or number > 0
        if not allowed:
            raise ValueError(f"Invalid {part} in mode. {self._supported(part)}, but got {number} from '{mode}'.")
        return number

    def _supported(self, part: str) -> str:
        if part != "weight_bits":
            return "Supported values are -1 or a positive integer"
        if len(self.bits) == 1:
            return f"{self.parts[0].upper()} only supports {self.bits[0]}-bit quantization"
        return f"Supported values are {', '.join(map(str, self.bits))}"


class Int4DTypePolicy(_SizedPolicy):
    """``"int4/<block size>"``; -1 is one block for each output."""

    parts = ("int4", "block_size")
    block_size: int


class GPTQDTypePolicy(_SizedPolicy):
    """``"gptq/<bits>/<group size>"``; -1 is one group for the whole weight."""

    parts = ("gptq", "weight_bits", "group_size")
    bits = (2, 3, 4, 8)
    weight_bits: int
    group_size: int


class AWQDTypePolicy(_SizedPolicy):
    """``"awq/4/<group size>"``; -1 is one group for each output."""

    parts = ("awq", "weight_bits", "group_size")
    bits = (4,)
    weight_bits: int
    group_size: int


def quantized(name: str) -> QuantizedDTypePolicy:
    """The policy of a name such as ``"int8_from_float32"``."""
    mode, separator, source = name.partition("_from_")
    if not separator:
        raise ValueError(
            "Cannot convert `policy` into a valid pair (`mode`, `source_name`) to instantiate `QuantizedDTypePolicy`. "
            f"Received: policy={name}"
        )
    if mode == "float8":
        return QuantizedFloat8DTypePolicy(mode, source)
    sized: dict[str, type[_SizedPolicy]] = {"int4": Int4DTypePolicy, "gptq": GPTQDTypePolicy, "awq": AWQDTypePolicy}
    word = mode.partition("/")[0]
    return sized[word](mode, source) if word in sized and "/" in mode else QuantizedDTypePolicy(mode, source)

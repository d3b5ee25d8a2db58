"""What calibrated quantization is to do: the configurations of GPTQ and AWQ.

They name their dtype policies (``"gptq/4/128"``). Quantizing itself is not there yet.
"""

from dataclasses import KW_ONLY, dataclass, fields
from typing import Any, ClassVar

from torchkeras._errors import brief

__all__ = ["AWQConfig", "GPTQConfig"]


@dataclass
class _Calibrated:
    """What the two share. Subclasses say how to spell the policy and which numbers of bits there are."""

    mode: ClassVar[str]

    dataset: Any
    tokenizer: Any

    def dtype_policy_string(self) -> str:
        """The name of the dtype policy: mode, bits and group size."""
        return f"{self.mode}/{self.weight_bits}/{self.group_size}"  # type: ignore[attr-defined]

    def get_config(self) -> dict[str, Any]:
        """The arguments as plain values, without the data."""
        config = {field.name: getattr(self, field.name) for field in fields(self)}
        return {**config, "dataset": None, "tokenizer": None}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new configuration out of what :meth:`get_config` returned."""
        return cls(**config)

    def _check(self, *counts: str) -> None:
        for name in counts:
            if not getattr(self, name) > 0:
                raise ValueError(f"{name} must be a positive integer. Received: {brief(getattr(self, name))}.")

    def _check_group(self, whole: str) -> None:
        size = self.group_size  # type: ignore[attr-defined]
        if size != -1 and not size > 0:
            raise ValueError(
                f"Invalid group_size. Supported values are -1 ({whole}) or a positive integer, but got {brief(size)}."
            )


@dataclass
class GPTQConfig(_Calibrated):
    """Quantization that makes up for the errors of earlier columns. Frantar et al., 2022, arXiv:2210.17323.

    Args:
        dataset: texts or token ids to calibrate with.
        tokenizer: makes token ids of texts.
        weight_bits: 2, 3, 4 or 8.
        num_samples: how many samples of the data are used.
        per_channel: whether each output has a scale of its own.
        sequence_length: tokens in a sample.
        hessian_damping: what is added to the Hessian's diagonal, as a share of its mean, in [0, 1].
        group_size: how many weights share a scale; -1 for the whole tensor.
        symmetric: whether the range is symmetric around 0.
        activation_order: whether columns of larger activations come first.
        quantization_layer_structure: the blocks of the model, where they cannot be found.

    Raises:
        ValueError: a value out of range.
    """

    mode: ClassVar[str] = "gptq"

    _: KW_ONLY
    weight_bits: int = 4
    num_samples: int = 128
    per_channel: bool = True
    sequence_length: int = 512
    hessian_damping: float = 0.01
    group_size: int = 128
    symmetric: bool = False
    activation_order: bool = False
    quantization_layer_structure: Any = None

    def __post_init__(self) -> None:
        if self.weight_bits not in (2, 3, 4, 8):
            raise ValueError(f"Unsupported weight_bits {brief(self.weight_bits)}. Supported values are 2, 3, 4, and 8.")
        self._check("num_samples", "sequence_length")
        if not 0 <= self.hessian_damping <= 1:
            raise ValueError(f"hessian_damping must be between 0 and 1. Received: {brief(self.hessian_damping)}.")
        self._check_group("whole-tensor")


@dataclass
class AWQConfig(_Calibrated):
    """Quantization that spares the weights of large activations. Lin et al., 2023, arXiv:2306.00978.

    Args:
        dataset: texts or token ids to calibrate with.
        tokenizer: makes token ids of texts.
        weight_bits: 4.
        num_samples: how many samples of the data are used.
        sequence_length: tokens in a sample.
        group_size: how many weights share a scale; -1 for one a channel.
        num_grid_points: how many scales are tried.
        quantization_layer_structure: the blocks of the model, where they cannot be found.

    Raises:
        ValueError: a value out of range.
    """

    mode: ClassVar[str] = "awq"

    _: KW_ONLY
    weight_bits: int = 4
    num_samples: int = 128
    sequence_length: int = 512
    group_size: int = 128
    num_grid_points: int = 20
    quantization_layer_structure: Any = None

    def __post_init__(self) -> None:
        if self.weight_bits != 4:
            raise ValueError(f"AWQ only supports 4-bit quantization. Received weight_bits={brief(self.weight_bits)}.")
        self._check("num_samples", "sequence_length", "num_grid_points")
        self._check_group("per-channel")

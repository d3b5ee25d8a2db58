"""What can be known to be wrong before the first step, said then."""

from typing import Any

from torchkeras._errors import brief


def check_fit_arguments(model: Any, **given: Any) -> None:
    """Refuse numbers that make no sense."""
    for name in ("epochs", "initial_epoch", "steps_per_epoch", "validation_steps", "validation_batch_size"):
        value = given.get(name)
        least = 0 if name in ("initial_epoch", "epochs") else 1
        if value is None:
            continue
        if isinstance(value, bool) or not hasattr(value, "__index__") or value.__index__() < least:
            kind = "a non-negative" if least == 0 else "a positive"
            raise ValueError(f"`{name}`: expected {kind} integer, got {brief(value)}.")
    if given["verbose"] not in (0, 1, 2, "auto", True, False):
        raise ValueError(f"`verbose`: expected 0, 1, 2 or 'auto', got {brief(given['verbose'])}.")
    split = given["validation_split"]
    if split and (isinstance(split, bool) or not isinstance(split, (int, float)) or not 0 < split < 1):
        raise ValueError(f"`validation_split`: expected a number between 0 and 1, got {split!r}.")


def check_data(model: Any, source: Any, batch: Any, what: str = "x", targets: bool = True) -> None:
    """Refuse data that does not fit the model's inputs and losses."""

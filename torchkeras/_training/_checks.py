"""Arguments of ``fit``, ``evaluate`` and ``predict`` that make no sense, refused before anything runs."""

from typing import Any

from torchkeras._errors import brief, nearest

# the least that each may be
_INTEGERS = {
    "batch_size": 1,
    "epochs": 0,
    "initial_epoch": 0,
    "steps": 1,
    "steps_per_epoch": 1,
    "validation_steps": 1,
    "validation_batch_size": 1,
}
_VERBOSE = (0, 1, 2, "auto")


def check_arguments(**given: Any) -> None:
    """Refuse numbers that make no sense; what is None or not given is fine.

    Raises:
        ValueError: names the argument, what was expected and what came.
    """
    for name, least in _INTEGERS.items():
        value = given.get(name)
        if value is not None and not _is_integer(value, least):
            kind = "a non-negative" if least == 0 else "a positive"
            raise ValueError(f"`{name}`: expected {kind} integer, got {brief(value)}.")
    for name, check in _OTHERS.items():
        if given.get(name) is not None:
            check(given[name])


def _is_integer(value: Any, least: int) -> bool:
    return not isinstance(value, bool) and hasattr(value, "__index__") and value.__index__() >= least


def _check_verbose(verbose: Any) -> None:
    if verbose not in _VERBOSE:  # True and False are 1 and 0
        raise ValueError(f"`verbose`: expected 0, 1, 2 or 'auto', got {brief(verbose)}.")


def _check_shuffle(shuffle: Any) -> None:
    if isinstance(shuffle, str) and shuffle != "batch":
        raise ValueError(f"`shuffle`: expected True, False or 'batch', got {shuffle!r}.{nearest(shuffle, ['batch'])}")


def _check_split(split: Any) -> None:
    number = isinstance(split, (int, float)) and not isinstance(split, bool)
    if split is not False and not (number and 0 <= split < 1):
        raise ValueError(f"`validation_split`: expected a number between 0 and 1, got {brief(split)}.")


def _check_frequency(frequency: Any) -> None:
    epochs = frequency if isinstance(frequency, (list, tuple, set, range)) else [frequency]
    if not all(_is_integer(epoch, 1) for epoch in epochs):
        raise ValueError(
            "`validation_freq`: expected a positive integer, every how many epochs, or a list of the epochs' numbers "
            f"from 1, got {brief(frequency)}."
        )


def _check_validation_data(data: Any) -> None:
    if isinstance(data, tuple) and len(data) > 3:
        raise ValueError(f"`validation_data`: expected (x, y) or (x, y, sample_weight), got a tuple of {len(data)}.")


_OTHERS = {
    "verbose": _check_verbose,
    "shuffle": _check_shuffle,
    "validation_split": _check_split,
    "validation_freq": _check_frequency,
    "validation_data": _check_validation_data,
}

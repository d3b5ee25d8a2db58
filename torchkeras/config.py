"""The settings as functions, ``keras.config``: each reads or sets one entry of :mod:`torchkeras._settings`."""

from typing import Any

from torchkeras import _settings
from torchkeras._errors import brief, nearest
from torchkeras.dtype_policies import DTypePolicy, dtype_policy, get

__all__ = ["backend", "disable_flash_attention", "disable_interactive_logging", "disable_traceback_filtering"]
__all__ += ["dtype_policy", "enable_flash_attention", "enable_interactive_logging", "enable_traceback_filtering"]
__all__ += ["enable_unsafe_deserialization", "epsilon", "floatx", "image_data_format", "is_flash_attention_enabled"]
__all__ += ["is_interactive_logging_enabled", "is_nnx_enabled", "is_traceback_filtering_enabled", "max_epochs"]
__all__ += ["max_steps_per_epoch", "set_backend", "set_dtype_policy", "set_epsilon", "set_floatx"]
__all__ += ["set_image_data_format", "set_max_epochs", "set_max_steps_per_epoch"]


def backend() -> str:
    """``"torch"``: there is no other."""
    return "torch"


def set_backend(backend: str) -> None:
    """Does nothing for ``"torch"``.

    Raises:
        ValueError: another backend.
    """
    if backend != "torch":
        raise ValueError(f"torchkeras runs on PyTorch only: expected backend='torch', got {backend!r}.")


def is_nnx_enabled() -> bool:
    """False: NNX is a matter of the JAX backend."""
    return False


# Numbers.


def floatx() -> str:
    """The dtype of floating-point weights and data by default, such as ``"float32"``."""
    return _settings.floatx


def set_floatx(value: str) -> None:
    """Set :func:`floatx`: ``"bfloat16"``, ``"float16"``, ``"float32"`` or ``"float64"``."""
    if value not in _settings.FLOATS:
        hint = nearest(str(value), _settings.FLOATS)
        raise ValueError(f"Unknown `floatx` value: {value}. Expected one of {set(_settings.FLOATS)}.{hint}")
    _settings.floatx = value


def epsilon() -> float:
    """The small number that keeps divisions and logarithms finite."""
    return _settings.epsilon


def set_epsilon(value: float) -> None:
    """Set :func:`epsilon`."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"`set_epsilon`: expected a number, got {brief(value)}.")
    _settings.epsilon = value


def image_data_format() -> str:
    """``"channels_last"`` or ``"channels_first"``."""
    return _settings.image_data_format


def set_image_data_format(data_format: str) -> None:
    """Set :func:`image_data_format`."""
    found = str(data_format).lower()
    if found not in _settings.IMAGE_DATA_FORMATS:
        raise ValueError(
            f"The `data_format` argument must be one of {set(_settings.IMAGE_DATA_FORMATS)}. "
            f"Received: data_format={data_format}"
        )
    _settings.image_data_format = found


def set_dtype_policy(policy: Any) -> None:
    """Set the policy of layers that are given none: a name, such as ``"mixed_bfloat16"``, or a policy.

    Raises:
        ValueError: neither.
    """
    if not isinstance(policy, (str, DTypePolicy)):
        raise ValueError(
            "Invalid `policy` argument. Expected the string name of a policy (such as 'mixed_float16') or a "
            f"`DTypePolicy` instance. Received: policy={brief(policy)} (of type {type(policy)})"
        )
    _settings.dtype_policy = get(policy)


# Limits for trying a script out.


def max_epochs() -> int | None:
    """How many epochs ``fit`` runs at most, or None."""
    return _settings.max_epochs


def set_max_epochs(max_epochs: int | None) -> None:
    """Set :func:`max_epochs`."""
    _settings.max_epochs = _limit("max_epochs", max_epochs)


def max_steps_per_epoch() -> int | None:
    """How many steps of an epoch ``fit``, ``evaluate`` and ``predict`` run at most, or None."""
    return _settings.max_steps_per_epoch


def set_max_steps_per_epoch(max_steps_per_epoch: int | None) -> None:
    """Set :func:`max_steps_per_epoch`."""
    _settings.max_steps_per_epoch = _limit("max_steps_per_epoch", max_steps_per_epoch)


def _limit(name: str, value: Any) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ValueError(f"`set_{name}`: expected an integer or None, got {brief(value)}.")
    return value


# Switches.


def enable_interactive_logging() -> None:
    """Print progress to standard output."""
    _settings.interactive_logging = True


def disable_interactive_logging() -> None:
    """Send progress to the logger instead."""
    _settings.interactive_logging = False


def is_interactive_logging_enabled() -> bool:
    """Whether progress is printed rather than logged."""
    return _settings.interactive_logging


def enable_traceback_filtering() -> None:
    """Kept for scripts that call it: tracebacks here are short as they are."""
    _settings.traceback_filtering = True


def disable_traceback_filtering() -> None:
    """Kept for scripts that call it."""
    _settings.traceback_filtering = False


def is_traceback_filtering_enabled() -> bool:
    """What was last asked for."""
    return _settings.traceback_filtering


def enable_flash_attention() -> None:
    """Let attention use torch's flash kernel where it can."""
    _settings.flash_attention = True


def disable_flash_attention() -> None:
    """Keep attention from using torch's flash kernel."""
    _settings.flash_attention = False


def is_flash_attention_enabled() -> bool | None:
    """True, False, or None where nobody chose."""
    return _settings.flash_attention


def enable_unsafe_deserialization() -> None:
    """Let configs and files bring code (lambdas) along. Only for files that you wrote yourself."""
    _settings.unsafe_deserialization = True

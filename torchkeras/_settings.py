"""The process-wide settings, as ``keras.json`` and the environment give them at import.

A leaf: it imports nothing of the package. :mod:`torchkeras.config` presents it to users.
"""

import json
import os
from pathlib import Path

import torch

FLOATS = ("bfloat16", "float16", "float32", "float64")
IMAGE_DATA_FORMATS = ("channels_last", "channels_first")

floatx = "float32"
epsilon = 1e-7
image_data_format = "channels_last"
max_epochs: int | None = None
max_steps_per_epoch: int | None = None
interactive_logging = True
traceback_filtering = True
flash_attention: bool | None = None
unsafe_deserialization = False
dtype_policy = None  # a DTypePolicy once someone sets one; None follows floatx

_device: torch.device | None = None


def keras_home() -> Path:
    """Keras' directory for settings and cached files: ``KERAS_HOME``, else ``~/.keras``."""
    return Path(os.environ.get("KERAS_HOME") or Path.home() / ".keras")


def device() -> torch.device:
    """The device on which weights are made: ``KERAS_TORCH_DEVICE``, else cuda, mps, cpu.

    An enclosing ``with torch.device(...)`` wins, as it does for torch's own modules.
    """
    global _device
    if torch.compiler.is_compiling():  # which does not see the enclosing contexts
        return _device if _device is not None else _find_device()
    chosen = torch.get_default_device()
    if chosen.type != "cpu":
        return chosen
    if _device is None:
        _device = _find_device()
    return _device


def set_device(name: str | torch.device | None) -> torch.device | None:
    """Replace the default device and return the one that was set; ``None`` detects it anew."""
    global _device
    previous, _device = _device, None if name is None else torch.device(name)
    return previous


def _find_device() -> torch.device:
    named = os.environ.get("KERAS_TORCH_DEVICE")
    if named:
        return torch.device(named)
    if torch.cuda.is_available():  # under torchrun, each process of a machine has a GPU of its own
        local = os.environ.get("LOCAL_RANK")
        return torch.device("cuda", int(local) % torch.cuda.device_count()) if local else torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def _read_file() -> dict[str, object]:
    """The user's ``keras.json``; a broken or unreadable file is the same as none."""
    try:
        found = json.loads((keras_home() / "keras.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _load() -> None:
    global floatx, epsilon, image_data_format, max_epochs, max_steps_per_epoch
    found = _read_file()
    if found.get("floatx") in FLOATS:
        floatx = str(found["floatx"])
    if isinstance(found.get("epsilon"), float):
        epsilon = float(found["epsilon"])  # type: ignore[arg-type]
    if found.get("image_data_format") in IMAGE_DATA_FORMATS:
        image_data_format = str(found["image_data_format"])
    for name in ("max_epochs", "max_steps_per_epoch"):
        value = os.environ.get(f"KERAS_{name.upper()}", found.get(name))
        if value not in (None, ""):
            globals()[name] = int(value)  # type: ignore[call-overload]


_load()

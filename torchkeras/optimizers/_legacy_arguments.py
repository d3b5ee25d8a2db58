"""Keras 1 and 2 spellings of optimizer arguments."""

from typing import Any

from torchkeras._errors import deprecated

RENAMED = {"lr": "learning_rate"}
# what today's optimizers do in one way, whatever the old argument says
DROPPED = {"schedule_decay": "the momentum schedule of Nadam is fixed"}


def todays_spelling(owner: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """`arguments` under today's names, with a DeprecationWarning for each old one."""
    out = dict(arguments)
    for old, new in RENAMED.items():
        if old in out:
            if new in out:
                raise ValueError(f"{owner}: got both `{new}` and `{old}`, its old name.")
            deprecated(f"{owner}: `{old}=` is now called `{new}=`.")
            out[new] = out.pop(old)
    for old, reason in DROPPED.items():
        if old in out:
            deprecated(f"{owner}: `{old}=` has no effect: {reason}.")
            del out[old]
    return out


def time_decay(owner: str, value: Any) -> float:
    """Keras 2's ``decay``: the rate is divided by ``1 + decay * iterations``; today a schedule does that."""
    if not value:
        return 0.0
    deprecated(
        f"{owner}: `decay=` is now `learning_rate=optimizers.schedules.InverseTimeDecay(learning_rate, 1, decay)`"
    )
    return float(value)

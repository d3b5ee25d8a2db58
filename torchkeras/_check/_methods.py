"""Methods that only old Keras had, called on something unknown: by the rows that put them on our classes."""

import functools

from torchkeras._check._names import ANEW, MISSING, Verdict
from torchkeras._eras import _methods

# the core's own old methods
_CORE = {f"{today}_generator": f"model.{today}(...)" for today in ("fit", "evaluate", "predict")}
_REFUSED = {"to_yaml": "reading YAML back could run code of the file; today `model.to_json()`"}


def verdict(name: str) -> Verdict | None:
    """What becomes of a method's call; None for one that is not old Keras' alone."""
    if name in _REFUSED:
        return Verdict(MISSING, _REFUSED[name])
    today = _todays().get(name)
    return None if today is None else Verdict(ANEW, f"today `{today}`")


@functools.cache
def _todays() -> dict[str, str]:
    """What one writes today for each old method."""
    rows = {name: row for _, table in reversed(_methods.tables()) for name, row in table.items()}
    return {**_CORE, **{name: row.today for name, row in rows.items() if row.is_method and row.today}}

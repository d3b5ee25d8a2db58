"""A callback made of plain functions."""

from collections.abc import Callable
from typing import Any

from torchkeras._errors import unknown
from torchkeras.callbacks._callback import Callback

_Function = Callable[..., Any] | None


class LambdaCallback(Callback):
    """Calls the given functions at the hooks of the same names.

    Functions for an epoch or a batch take ``(epoch_or_batch, logs)``, those for ``*_begin`` and ``*_end`` of a
    whole run take ``(logs)``.

    Args:
        on_epoch_begin, on_epoch_end, on_train_begin, on_train_end, on_train_batch_begin, on_train_batch_end:
            functions, or None.
        **kwargs: functions for any other hook of `Callback`, by its name.

    Raises:
        TypeError: there is no such hook.

    Example:
        >>> callback = LambdaCallback(on_epoch_end=lambda epoch, logs: print(epoch, logs["loss"]))
    """

    def __init__(
        self,
        on_epoch_begin: _Function = None,
        on_epoch_end: _Function = None,
        on_train_begin: _Function = None,
        on_train_end: _Function = None,
        on_train_batch_begin: _Function = None,
        on_train_batch_end: _Function = None,
        **kwargs: Any,
    ) -> None:
        super().__init__()
        functions = {
            "on_epoch_begin": on_epoch_begin,
            "on_epoch_end": on_epoch_end,
            "on_train_begin": on_train_begin,
            "on_train_end": on_train_end,
            "on_train_batch_begin": on_train_batch_begin,
            "on_train_batch_end": on_train_batch_end,
            **kwargs,
        }
        for name in kwargs:
            if name.startswith("on_") and not hasattr(Callback, name):
                raise unknown(
                    "hook of a callback", name, (hook for hook in dir(Callback) if hook.startswith("on_")), TypeError
                )
        # An attribute of the object counts as an override; hooks without a function stay unheard.
        self.__dict__.update({hook: function for hook, function in functions.items() if function is not None})

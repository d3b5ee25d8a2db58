"""``tf.errors``: the errors that scripts catch. Errors of torch and Python stay what they are."""

from typing import Any

import torch

from torchkeras._tensorflow import _refused


class OpError(Exception):
    """Base class. As in TensorFlow the message is the third argument; alone, it is the first."""

    def __init__(self, node_def: Any = None, op: Any = None, message: str | None = None, *args: Any) -> None:
        super().__init__(str(node_def) if message is None else message)
        self.node_def: Any = None if message is None else node_def
        self.op: Any = op

    @property
    def message(self) -> str:
        """What happened."""
        return str(self.args[0])


class InvalidArgumentError(OpError, ValueError):
    """An argument is wrong: what ``tf.debugging.assert_equal`` and kin raise."""


class FailedPreconditionError(OpError):
    """Something was not made ready before."""


class NotFoundError(OpError, FileNotFoundError):
    """A file is not there."""


class AlreadyExistsError(OpError, FileExistsError):
    """A file is there already."""


class PermissionDeniedError(OpError, PermissionError):
    """A file may not be used so."""


class OutOfRangeError(OpError):
    """There are no more elements."""


class UnimplementedError(OpError, NotImplementedError):
    """Not served."""


class InternalError(OpError):
    """TensorFlow's own fault; never raised here."""


class UnknownError(OpError):
    """An error without a class; never raised here."""


class AbortedError(OpError):
    """Never raised here."""


class CancelledError(OpError):
    """Never raised here."""


class DataLossError(OpError):
    """A file cannot be read."""


class DeadlineExceededError(OpError, TimeoutError):
    """Never raised here."""


class UnavailableError(OpError):
    """Never raised here."""


# The memory of the device is used up: so that `except tf.errors.ResourceExhaustedError` catches what torch raises.
ResourceExhaustedError = torch.OutOfMemoryError

__all__ = [
    *(name for name, item in list(globals().items()) if isinstance(item, type) and issubclass(item, OpError)),
    "ResourceExhaustedError",
]
__getattr__ = _refused.lookup("tf.errors", globals())

"""What tapes that are open at the same time share: what they cut off, keep, and let go in the end.

torch records whenever a weight is used; TensorFlow only inside of a tape, and only until its gradient was
asked for. A session makes the first look like the second.
"""

import contextlib
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

# After so many sessions in which no tensor from before the session came in, the search for such tensors rests
# until something is recorded outside of tapes: it costs a few microseconds for each call of torch.
_CAREFUL_SESSIONS = 10


class _State:
    """Over all sessions: how many found nothing to cut, whether one did, and torch's count of calls recorded."""

    quiet = 0
    found = False
    last_number = 0


class Session:
    """From the first tape that opens until all that were open together have been used or dropped."""

    def __init__(self) -> None:
        self.pending = 0  # tapes that may still be asked for gradients
        self.watched: dict[int, Tensor] = {}
        self._targets: list[Tensor] = []
        self._asked: list[Tensor] = []  # leaves that began to require gradients because of us
        self._contexts = contextlib.ExitStack()
        self._snapshots: dict[Any, Tensor] = {}
        self._keeps = False

    def open(self) -> None:
        """Begin to record."""
        number = torch._C._autograd._get_sequence_nr()
        careful = _State.found or _State.quiet < _CAREFUL_SESSIONS or number != _State.last_number
        self._contexts.enter_context(torch.enable_grad())
        if careful:
            self._contexts.enter_context(_Cut(number, self.watched))

    def keep_weights(self) -> None:
        """Let weights be changed before the last gradient is asked for: what needs them keeps their old values."""
        if not self._keeps:
            self._keeps = True
            self._contexts.enter_context(torch.autograd.graph.saved_tensors_hooks(self._saved, _same))

    def _saved(self, tensor: Tensor) -> Tensor:
        weight = tensor if tensor.is_leaf else tensor._base
        if not isinstance(weight, nn.Parameter):
            return tensor if tensor.is_leaf else tensor.detach()  # itself, it would hold the graph that holds it
        key = (tensor.data_ptr(), tensor.shape, tensor.stride(), tensor._version)
        if key not in self._snapshots:
            self._snapshots[key] = tensor.detach().clone()
        return self._snapshots[key]

    def close(self) -> None:
        """No tape records any more."""
        self._contexts.close()
        self._snapshots.clear()
        self._keeps = False

    def ask(self, tensor: Tensor) -> None:
        """Let gradients flow to a tensor that is no weight."""
        if not tensor.requires_grad:
            tensor.requires_grad_()
            self._asked.append(tensor)
        self.watched[id(tensor)] = tensor

    def targets(self, tensors: list[Tensor]) -> None:
        """Note what gradients were asked of."""
        self._targets += tensors

    def leave(self) -> None:
        """One tape was used or dropped. After the last, nothing of the graph stays with the losses."""
        self.pending -= 1
        if self.pending:
            return
        _State.last_number = torch._C._autograd._get_sequence_nr()
        for target in self._targets:
            if not target.is_leaf:
                with contextlib.suppress(RuntimeError):  # a view cannot be detached in place
                    target.detach_()
        for tensor in self._asked:
            if tensor.is_leaf:
                tensor.requires_grad_(False)
        self._targets, self._asked, self.watched = [], [], {}


def _same(tensor: Tensor) -> Tensor:
    return tensor


class _Cut(TorchFunctionMode):
    """Tensors that were computed before the session are constants in it, unless they are watched."""

    def __init__(self, number: int, watched: dict[int, Tensor]) -> None:
        super().__init__()
        self.number, self.watched, self.quiet = number, watched, True

    def __torch_function__(
        self, function: Callable[..., Any], types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        for arg in args:
            kind = type(arg)
            if kind is Tensor:
                if arg.grad_fn is not None and self._is_old(arg):
                    args = self._constants(args)
                    break
            elif (kind is list or kind is tuple) and any(type(item) is Tensor and self._is_old(item) for item in arg):
                args = self._constants(args)
                break
        return function(*args, **(kwargs or {}))

    def _is_old(self, tensor: Tensor) -> bool:
        made_by = tensor.grad_fn
        return made_by is not None and made_by._sequence_nr() < self.number and id(tensor) not in self.watched

    def _constants(self, values: Any) -> Any:
        self.quiet = False
        return type(values)(
            value.detach()
            if type(value) is Tensor and self._is_old(value)
            else self._constants(value)
            if type(value) in (list, tuple)
            else value
            for value in values
        )

    def __exit__(self, *error: Any) -> None:
        _State.found |= not self.quiet
        _State.quiet += self.quiet
        super().__exit__(*error)

"""``tf.GradientTape`` over torch's autograd.

torch records by itself; a tape says when, for whom, and of what. Gradients come in Keras' layout, as
``optimizer.apply_gradients(zip(gradients, variables))`` takes them.
"""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

from torchkeras._errors import brief
from torchkeras._structures import leaves, map_leaves
from torchkeras._tensorflow._tape_session import Session
from torchkeras._variable import Variable
from torchkeras.ops._op import convert, tensor

_recording: list["GradientTape"] = []


class UnconnectedGradients:
    """What stands for the gradient of something on which the target does not depend."""

    NONE, ZERO = "none", "zero"


class GradientTape:
    """Records computations, to differentiate them: ``with GradientTape() as tape: ...``, ``tape.gradient(y, x)``.

    Trainable variables are watched by themselves, tensors if :meth:`watch` says so.

    Args:
        persistent: whether gradients may be asked for more than once.
        watch_accessed_variables: whether variables are watched without :meth:`watch`.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._persistent = persistent
        self._watch_variables = watch_accessed_variables
        self._watched: list[Any] = []
        self._session: Session | None = None
        self._used = False

    def __enter__(self) -> "GradientTape":
        if self in _recording:
            raise ValueError("Tape is still recording: a tape cannot be entered twice.")
        if self._session is None:
            self._session = _recording[0]._session if _recording else Session()
            self._session.pending += 1  # type: ignore[union-attr]
        session: Session = self._session  # type: ignore[assignment]
        if not _recording:
            session.open()
        _recording.append(self)
        if self._persistent or len(_recording) > 1:
            session.keep_weights()
        return self

    def __exit__(self, *error: Any) -> None:
        self._stop()
        if error[0] is not None:
            self._finish()

    def _stop(self) -> None:
        if self in _recording:
            _recording.remove(self)
            if not _recording:
                self._session.close()  # type: ignore[union-attr]

    def _finish(self) -> None:
        session, self._session, self._watched = self._session, None, []
        if session is not None:
            session.leave()

    def __del__(self) -> None:
        self._finish()

    def watch(self, tensor: Any) -> None:
        """Let gradients flow to these tensors or variables: one, or a structure of them.

        Raises:
            ValueError: something else, or the tape was not entered yet.
        """
        for item in leaves(tensor):
            stored = item.tensor if isinstance(item, Variable) else item
            if not isinstance(stored, Tensor):
                raise ValueError(f"Passed in object {brief(item)} is not a tensor or a variable.")
            if not stored.is_floating_point() and not stored.is_complex():
                warnings.warn(
                    f"GradientTape.watch: the dtype of a watched tensor must be floating, got {stored.dtype}.",
                    stacklevel=2,
                )
                continue
            if self._session is None:
                raise ValueError("GradientTape.watch: call it inside of the tape's `with` block.")
            self._session.ask(stored)
            self._watched.append(item)

    @contextlib.contextmanager
    def stop_recording(self) -> Iterator[None]:
        """Record nothing inside of this block."""
        if self not in _recording:
            raise ValueError("Tape is not recording.")
        with torch.no_grad():
            yield

    def reset(self) -> None:
        """Forget what was recorded, and go on."""
        was_recording = self in _recording
        self._stop()
        self._finish()
        self._used = False
        if was_recording:
            self.__enter__()

    def watched_variables(self) -> Any:
        """Not served: torch does not say which variables were read."""
        raise NotImplementedError(
            "GradientTape.watched_variables: torch keeps no list of the variables that were read; name them, for "
            "example by `model.trainable_variables`."
        )

    # Gradients.

    def gradient(
        self,
        target: Any,
        sources: Any,
        output_gradients: Any = None,
        unconnected_gradients: str = UnconnectedGradients.NONE,
    ) -> Any:
        """The gradients of `target` (of the sum of its elements, and of all targets) by `sources`.

        Args:
            target: a tensor, or a structure of tensors.
            sources: a variable or tensor, or a structure of them.
            output_gradients: what the elements of the targets are weighted with; in the structure of `target`.
            unconnected_gradients: ``"none"`` or ``"zero"``: what stands where the target does not depend on a source.

        Returns:
            For each source a tensor of its shape, or None; in the structure of `sources`.

        Raises:
            RuntimeError: the tape is not persistent, and was asked already.
        """
        self._begin()
        outputs, weights = _outputs(target, output_gradients)
        found = iter(self._differentiate(outputs, weights, list(map(self._input, leaves(sources)))))
        self._end(outputs)
        zero = unconnected_gradients == UnconnectedGradients.ZERO
        return map_leaves(lambda source: _in_keras_layout(next(found), source, zero), sources)

    def jacobian(
        self,
        target: Any,
        sources: Any,
        unconnected_gradients: str = UnconnectedGradients.NONE,
        parallel_iterations: Any = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """The gradient of each element of `target`: for each source ``(*target.shape, *source.shape)``, or None."""
        self._begin()
        target = tensor(target)
        weights = torch.eye(target.numel(), dtype=target.dtype, device=target.device).reshape(-1, *target.shape)
        found = self._rows(target, weights, [self._input(source) for source in leaves(sources)])
        self._end([target])
        zero = unconnected_gradients == UnconnectedGradients.ZERO
        columns = iter(found)
        return map_leaves(lambda source: _rows_in_keras_layout(next(columns), source, target.shape, zero), sources)

    def batch_jacobian(
        self,
        target: Any,
        source: Any,
        unconnected_gradients: str = UnconnectedGradients.NONE,
        parallel_iterations: Any = None,
        experimental_use_pfor: bool = True,
    ) -> Any:
        """Of each entry of the batch its own Jacobian: ``(b, …), (b, …) -> (b, *target.shape[1:], *source.shape[1:])``.

        The entries must not depend on each other.
        """
        target, shape = tensor(target), tuple(tensor(source).shape)
        if not target.ndim or not shape or len(target) != shape[0]:
            raise ValueError(
                f"batch_jacobian: target and source must have one batch size, got {brief(target)} and shape {shape}."
            )
        self._begin()
        count = target[0].numel()
        weights = torch.eye(count, dtype=target.dtype, device=target.device).reshape(count, 1, *target.shape[1:])
        (found,) = self._rows(target, weights.expand(count, *target.shape), [self._input(source)])
        self._end([target])
        if found is None:
            zero = unconnected_gradients == UnconnectedGradients.ZERO
            return target.new_zeros(*target.shape, *shape[1:]) if zero else None
        return found.movedim(0, 1).reshape(*target.shape, *shape[1:])

    # Inside.

    def _begin(self) -> None:
        if self._session is None:
            if self._used:
                raise RuntimeError(
                    "A non-persistent GradientTape can only be used to compute one set of gradients (or jacobians): "
                    "give it `persistent=True` to ask for more."
                )
            raise RuntimeError("GradientTape: nothing was recorded; compute the target inside of the `with` block.")
        if not self._persistent:
            self._stop()

    def _end(self, outputs: list[Tensor]) -> None:
        session: Session = self._session  # type: ignore[assignment]
        session.targets(outputs)
        if not self._persistent:
            self._used = True
            self._finish()

    def _input(self, source: Any) -> Tensor | None:
        """The tensor of torch by which to differentiate, None where nothing can flow to."""
        if source is None:
            return None
        if isinstance(source, Variable):
            if not self._watch_variables and not any(item is source for item in self._watched):
                return None
            source = source.tensor
        if not isinstance(source, Tensor):
            raise TypeError(f"GradientTape: sources are variables and tensors, got {brief(source)}.")
        return source if source.requires_grad else None

    def _differentiate(
        self, outputs: list[Tensor], weights: list[Any], inputs: list[Tensor | None], **kwargs: Any
    ) -> list[Tensor | None]:
        pairs = [(each, weight) for each, weight in zip(outputs, weights) if each.requires_grad]
        chosen = [each for each in inputs if each is not None]
        if not pairs or not chosen:
            return [None] * len(inputs)
        session: Session = self._session  # type: ignore[assignment]
        again = bool(_recording)
        found = iter(
            torch.autograd.grad(
                [each for each, _ in pairs],
                chosen,
                [weight for _, weight in pairs],
                retain_graph=again or self._persistent or session.pending > 1,
                create_graph=again,
                allow_unused=True,
                **kwargs,
            )
        )
        return [None if each is None else next(found) for each in inputs]

    def _rows(self, target: Tensor, weights: Tensor, inputs: list[Tensor | None]) -> list[Tensor | None]:
        """For each input the gradients for all `weights`, stacked."""
        with self._for_many_calls():
            try:
                return self._differentiate([target], [weights], inputs, is_grads_batched=True)
            except RuntimeError:  # some function has no rule for batches
                rows = [self._differentiate([target], [weight], inputs) for weight in weights]
                return [None if column[0] is None else torch.stack(column) for column in zip(*rows)]

    @contextlib.contextmanager
    def _for_many_calls(self) -> Iterator[None]:
        persistent, self._persistent = self._persistent, True
        try:
            yield
        finally:
            self._persistent = persistent


def _outputs(target: Any, output_gradients: Any) -> tuple[list[Tensor], list[Any]]:
    outputs = [tensor(convert(each)) for each in leaves(target)]
    given = [None] * len(outputs) if output_gradients is None else list(leaves(output_gradients))
    weights = [
        torch.ones_like(each) if weight is None else tensor(convert(weight)).to(each.dtype).expand_as(each)
        for each, weight in zip(outputs, given, strict=True)
    ]
    return outputs, weights


def _in_keras_layout(gradient: Tensor | None, source: Any, zero: bool) -> Any:
    if gradient is None:
        return torch.zeros_like(convert(source)).detach() if zero and source is not None else None
    return source._layout.to_keras(gradient) if isinstance(source, Variable) else gradient


def _rows_in_keras_layout(rows: Tensor | None, source: Any, target_shape: torch.Size, zero: bool) -> Any:
    shape = tuple(convert(source).shape)
    if rows is None:
        return convert(source).new_zeros(*target_shape, *shape).detach() if zero else None
    if isinstance(source, Variable):
        rows = torch.stack([source._layout.to_keras(row) for row in rows])
    return rows.reshape(*target_shape, *shape)


__all__ = ["GradientTape", "UnconnectedGradients"]

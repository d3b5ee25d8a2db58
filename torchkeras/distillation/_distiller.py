"""The model that trains a student."""

from collections.abc import Callable
from typing import Any

import torch

from torchkeras import _registry, tree
from torchkeras._errors import brief
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.distillation._losses import DistillationLoss
from torchkeras.metrics import Mean
from torchkeras.models import Model


class Distiller(Model):
    """A model that is its `student`, and in training sees the `teacher`, too, which stays as it is.

    The loss is ``student_loss_weight * student_loss + (1 - student_loss_weight) * distillation_loss``.

    Args:
        teacher: a trained model; it gets frozen.
        student: the model to train, with outputs of the same shapes.
        distillation_losses: one :class:`DistillationLoss`, or a list of them.
        distillation_loss_weights: a number for each of these; 1 by default.
        student_loss_weight: 0 to 1; the weight of the loss that ``compile`` is given.
        name: the name.

    Raises:
        ValueError: models or numbers that do not fit together.
    """

    def __init__(
        self,
        teacher: Any,
        student: Any,
        distillation_losses: Any,
        distillation_loss_weights: Any = None,
        student_loss_weight: float = 0.5,
        name: str | None = "distiller",
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        _check_models(teacher, student)
        if not 0.0 <= student_loss_weight <= 1.0:
            raise ValueError(f"Distiller: student_loss_weight must be between 0.0 and 1.0, got {student_loss_weight}.")
        self.teacher, self.student = teacher, student
        self.student_loss_weight = student_loss_weight
        self.distillation_losses = _as_losses(distillation_losses)
        self.distillation_loss_weights = _as_weights(distillation_loss_weights, len(self.distillation_losses))
        for loss in self.distillation_losses:
            loss.validate_model_compatibility(teacher, student)
        teacher.trainable = False
        self.student_loss_tracker = Mean(name="student_loss")
        self.distillation_loss_tracker = Mean(name="distillation_loss")
        self.total_loss_tracker = Mean(name="total_loss")
        # Not as sub-layers: what these own, the two models own already.
        losses = self.distillation_losses
        self.__dict__["_teacher_features"] = _extractor(teacher, [loss.teacher_layer_name for loss in losses])
        self.__dict__["_student_features"] = _extractor(
            student, [loss.student_layer_name for loss in losses], own=False
        )

    def compile(self, optimizer: Any = "adam", loss: Any = None, metrics: Any = None, **kwargs: Any) -> None:
        """Choose how to train: as for any model, with a `loss` of the student.

        Raises:
            ValueError: no `loss`.
        """
        if loss is None:
            raise ValueError("Distiller: `compile` needs the `loss` of the student.")
        super().compile(optimizer=optimizer, loss=loss, metrics=metrics, **kwargs)

    def call(self, inputs: Any, training: bool | None = None, **kwargs: Any) -> Any:
        """What the student gives."""
        return self.student(inputs, training=training, **kwargs)

    def compute_loss(
        self, x: Any = None, y: Any = None, y_pred: Any = None, sample_weight: Any = None, training: bool = True
    ) -> Any:
        """The weighted sum of the student's own loss and those of distillation; a weight of 0 leaves its part out."""
        share = self.student_loss_weight
        zero = torch.zeros((), device=tree.flatten(y_pred)[0].device)
        own = super().compute_loss(x, y, y_pred, sample_weight, training) if share > 0 else zero
        distilled = self._distillation_loss(x, y_pred, training) if share < 1 else zero
        total = share * own + (1 - share) * distilled
        for tracker, value in (
            (self.student_loss_tracker, own),
            (self.distillation_loss_tracker, distilled),
            (self.total_loss_tracker, total),
        ):
            tracker.update_state(value.detach())
        return total

    def _distillation_loss(self, x: Any, y_pred: Any, training: bool) -> Any:
        with torch.no_grad():
            teacher = self._teacher_features(x, False)
        student = self._student_features(x, training)
        found: Any = torch.zeros((), device=tree.flatten(y_pred)[0].device)
        for index, loss in enumerate(self.distillation_losses):
            target, output = teacher[str(index)], student.get(str(index), y_pred)
            loss.validate_outputs(target, output)
            found = found + self.distillation_loss_weights[index] * loss.compute_loss(target, output)
        return found

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "teacher": serialize_keras_object(self.teacher),
            "student": serialize_keras_object(self.student),
            "distillation_losses": [serialize_keras_object(loss) for loss in self.distillation_losses],
            "distillation_loss_weights": self.distillation_loss_weights,
            "student_loss_weight": self.student_loss_weight,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """A new distiller out of what :meth:`get_config` returned."""
        parts = ("teacher", "student", "distillation_losses")
        return cls(**{**config, **{part: deserialize_keras_object(config[part], custom_objects) for part in parts}})


def _as_losses(given: Any) -> list[Any]:
    found = list(given) if isinstance(given, list | tuple) else [given]
    for loss in found:
        if not isinstance(loss, DistillationLoss):
            raise ValueError(
                f"Distiller: `distillation_losses` must be a DistillationLoss, such as LogitsDistillation(), or a list "
                f"of them, got {brief(loss)}."
            )
    return found


def _as_weights(given: Any, count: int) -> list[float]:
    if given is None:
        return [1.0] * count
    found = list(given) if isinstance(given, list | tuple) else [given]
    if len(found) != count:
        raise ValueError(
            f"Distiller: expected one of distillation_loss_weights for each of the {count} distillation_losses, got "
            f"{len(found)}."
        )
    return found


def _extractor(model: Any, names: list[str | None], own: bool = True) -> Callable[[Any, bool], dict[str, Any]]:
    """A function of the model's inputs that gives what the layers of these names give, by the place of the name.

    None stands for the model's own outputs, which only come if `own`.
    """
    wanted = {str(index): name for index, name in enumerate(names) if own or name is not None}
    if all(name is None for name in wanted.values()):
        return lambda x, training: dict.fromkeys(wanted, model(x, training=training)) if wanted else {}
    outputs = {key: model.output if name is None else model.get_layer(name).output for key, name in wanted.items()}
    inside = Model(model.input, outputs, name=f"{model.name}_features")
    return lambda x, training: inside(x, training=training)


def _check_models(teacher: Any, student: Any) -> None:
    for role, model in (("teacher", teacher), ("student", student)):
        if not isinstance(model, Model):
            raise ValueError(f"Distiller: the {role} must be a keras.Model, got {brief(model)}.")
    for kind in ("inputs", "outputs"):
        theirs, ours = (_symbols(model, kind) for model in (teacher, student))
        if theirs is None or ours is None:
            continue  # not built yet, or no graph: the first step will tell
        if [tensor.shape for tensor in theirs] != [tensor.shape for tensor in ours]:
            raise ValueError(
                f"Distiller: the {kind} of teacher and student must have the same shapes, got "
                f"{[tensor.shape for tensor in theirs]} and {[tensor.shape for tensor in ours]}."
            )
        if [tensor.dtype for tensor in theirs] != [tensor.dtype for tensor in ours]:
            raise ValueError(
                f"Distiller: the {kind} of teacher and student must have the same dtypes, got "
                f"{[tensor.dtype for tensor in theirs]} and {[tensor.dtype for tensor in ours]}."
            )


def _symbols(model: Any, kind: str) -> Any:
    try:
        return getattr(model, kind, None) or None
    except (AttributeError, ValueError):
        return None


_registry.catalogue("distillation", Distiller)

"""How far a student is from its teacher."""

from typing import Any

from torchkeras import _registry, losses, ops, tree
from torchkeras._errors import brief
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object


class DistillationLoss:
    """Base of the losses of distillation; a subclass writes :meth:`compute_loss`.

    Attributes `teacher_layer_name` and `student_layer_name`, where a subclass has them, name the layers whose outputs
    it compares; None stands for the models' own outputs.
    """

    teacher_layer_name: str | None = None
    student_layer_name: str | None = None

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """One number: how far the student's outputs are from the teacher's."""
        raise NotImplementedError(
            f"{type(self).__name__} must implement compute_loss(teacher_outputs, student_outputs)."
        )

    def validate_outputs(self, teacher_outputs: Any, student_outputs: Any) -> None:
        """Raise a ValueError unless both have the same structure."""
        tree.assert_same_structure(teacher_outputs, student_outputs)

    def validate_model_compatibility(self, teacher: Any, student: Any) -> None:
        """Raise a ValueError where the two models lack what the loss compares."""
        for role, model, name in (
            ("teacher", teacher, self.teacher_layer_name),
            ("student", student, self.student_layer_name),
        ):
            if name is not None:
                try:
                    model.get_layer(name)
                except ValueError as error:
                    raise ValueError(f"In {role} model: {error}") from None


class _Compared(DistillationLoss):
    """A loss, or a structure of losses one an output, between what the two models give."""

    loss: Any

    def _take(self, loss: Any) -> None:
        self.loss = tree.map_structure(losses.get, loss)
        if all(one is None for one in tree.flatten(self.loss)):
            raise ValueError(f"{type(self).__name__}: at least one loss must be given, got loss={brief(loss)}.")

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        """The loss of the student's outputs, with the teacher's as targets; the sum of several losses."""
        teacher, student = tree.flatten(teacher_outputs), tree.flatten(student_outputs)
        if not isinstance(self.loss, list | tuple | dict):
            each = [self._between(self.loss, *pair) for pair in zip(teacher, student, strict=True)]
            return sum(each[1:], each[0]) / len(each)
        tree.assert_same_structure(self.loss, teacher_outputs)
        found: Any = 0.0
        for loss, target, output in zip(tree.flatten(self.loss), teacher, student, strict=True):
            if loss is not None:
                found = found + self._between(loss, target, output)
        return found

    def _between(self, loss: Any, target: Any, output: Any) -> Any:
        return ops.mean(loss(target, output))

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as plain values."""
        return {"loss": tree.map_structure(serialize_keras_object, self.loss)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A new object out of what :meth:`get_config` returned."""
        return cls(**{**config, "loss": deserialize_keras_object(config["loss"])})


class LogitsDistillation(_Compared):
    """The student's outputs, divided by the temperature, shall be the teacher's, divided likewise.

    The outputs go to the loss as they are, as in Keras: give models that end in probabilities where the loss, as
    ``"kl_divergence"``, is one of probabilities.

    Args:
        temperature: a positive number.
        loss: a loss, its name, or a structure of them, one an output.

    Raises:
        ValueError: another temperature; no loss.
    """

    def __init__(self, temperature: float = 3.0, loss: Any = "kl_divergence") -> None:
        if isinstance(temperature, bool) or not isinstance(temperature, int | float):
            raise ValueError(f"LogitsDistillation: temperature must be a number, got {brief(temperature)}.")
        if temperature <= 0:
            raise ValueError(f"LogitsDistillation: temperature must be positive, got {temperature}.")
        self.temperature = temperature
        self._take(loss)

    def _between(self, loss: Any, target: Any, output: Any) -> Any:
        return super()._between(loss, target / self.temperature, output / self.temperature)

    def get_config(self) -> dict[str, Any]:
        return {"temperature": self.temperature, **super().get_config()}


class FeatureDistillation(_Compared):
    """What one layer of the student gives shall be what one of the teacher gives.

    Args:
        loss: a loss, its name, or a structure of them, one an output.
        teacher_layer_name, student_layer_name: the layers; None for the models' own outputs.

    Raises:
        ValueError: no loss.
    """

    def __init__(
        self, loss: Any = "mse", teacher_layer_name: str | None = None, student_layer_name: str | None = None
    ) -> None:
        self.teacher_layer_name = teacher_layer_name
        self.student_layer_name = student_layer_name
        self._take(loss)

    def get_config(self) -> dict[str, Any]:
        names = {"teacher_layer_name": self.teacher_layer_name, "student_layer_name": self.student_layer_name}
        return {**super().get_config(), **names}


_registry.catalogue("distillation", DistillationLoss, LogitsDistillation, FeatureDistillation)

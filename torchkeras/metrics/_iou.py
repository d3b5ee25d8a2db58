"""Overlap of predicted and true regions, from a confusion matrix over classes."""

import warnings
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from torchkeras._registry import catalogue
from torchkeras.losses._loss import fit_weight
from torchkeras.metrics._metric import Metric, State, inputs
from torchkeras.ops._op import tensor


class _IoUBase(Metric):
    """``true positives / (true positives + false positives + false negatives)``, averaged over target classes."""

    # rows are true, columns predicted classes
    total_cm = State("sum", shape="_shape", name="total_confusion_matrix")
    _direction = "up"

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(name=name, dtype=dtype or "int32")
        self.num_classes = num_classes
        self.ignore_class = ignore_class
        self.sparse_y_true = sparse_y_true
        self.sparse_y_pred = sparse_y_pred
        self.axis = axis
        self._shape = (num_classes, num_classes)
        self.target_class_ids: Sequence[int] = list(range(num_classes))

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch of labels, or of scores for each class along `axis`."""
        y_true, y_pred = inputs(y_true, y_pred)
        y_true = y_true if self.sparse_y_true else y_true.argmax(self.axis)
        y_pred = y_pred if self.sparse_y_pred else y_pred.argmax(self.axis)
        self._add(y_true, y_pred, sample_weight)

    def _add(self, y_true: Tensor, y_pred: Tensor, sample_weight: Any) -> None:
        matrix = self.total_cm.tensor
        if matrix.device != y_pred.device:
            self._follow(y_pred)
            matrix = self.total_cm.tensor
        labels, found = y_true.reshape(-1).long(), y_pred.reshape(-1).long()
        weight = self._weight(sample_weight, y_true, matrix.dtype)
        # labels that name no class do not count; no boolean indexing, whose size the host would have to know
        kept = (labels >= 0) & (labels < self.num_classes) & (found >= 0) & (found < self.num_classes)
        if self.ignore_class is not None:
            kept &= labels != self.ignore_class
        places = torch.where(kept, labels * self.num_classes + found, 0)
        matrix.view(-1).index_add_(0, places, torch.where(kept, weight, 0))

    def _weight(self, sample_weight: Any, y_true: Tensor, dtype: torch.dtype) -> Tensor:
        if sample_weight is None:
            return torch.ones(y_true.numel(), dtype=dtype, device=y_true.device)
        weight = tensor(sample_weight)
        if weight.is_floating_point() and not dtype.is_floating_point:
            warnings.warn(
                f"{type(self).__name__}: the sample weight is float, but the dtype is int: casting cuts fractions off. "
                "Give the metric `dtype='float32'`, or integer weights.",
                stacklevel=4,
            )
        weight = weight.to(device=y_true.device, dtype=dtype)
        return fit_weight(weight, y_true).expand_as(y_true).reshape(-1)

    def result(self) -> Tensor:
        matrix = self.total_cm.tensor.detach()
        matrix = matrix if matrix.is_floating_point() else matrix.to(torch.float32)
        hits = matrix.diagonal()
        union = matrix.sum(0) + matrix.sum(1) - hits
        chosen = list(self.target_class_ids)
        hits, union = hits[chosen], union[chosen]
        seen = union != 0  # classes that never came count neither way
        scores = torch.where(seen, hits / union.where(seen, 1.0), 0.0)
        return scores.sum() / seen.sum().clamp(min=1)

    def get_config(self) -> dict[str, Any]:
        return {
            "num_classes": self.num_classes,
            **super().get_config(),
            "ignore_class": self.ignore_class,
            "sparse_y_true": self.sparse_y_true,
            "sparse_y_pred": self.sparse_y_pred,
            "axis": self.axis,
        }


class IoU(_IoUBase):
    """Mean overlap of the given classes.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes that count.
        name: the name.
        dtype: the dtype of the confusion matrix; ``int32`` by default, which cuts fractional weights off.
        ignore_class: a label whose places are left out.
        sparse_y_true: whether targets are labels, not one-hot.
        sparse_y_pred: whether outputs are labels, not scores.
        axis: the axis of one-hot targets and scores.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_true: bool = True,
        sparse_y_pred: bool = True,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, sparse_y_true, sparse_y_pred, axis)
        for class_id in target_class_ids:
            if not 0 <= class_id < num_classes:
                raise ValueError(f"Target class id {class_id} is out of range, which is [0, {num_classes}).")
        self.target_class_ids = list(target_class_ids)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "target_class_ids": self.target_class_ids}


class BinaryIoU(IoU):
    """Mean overlap of classes 0 and 1 as a threshold parts them.

    Args:
        target_class_ids: the classes that count: 0, 1 or both.
        threshold: outputs at or above it are class 1.
        name: the name.
        dtype: the dtype of the confusion matrix; ``int32`` by default.
    """

    def __init__(
        self,
        target_class_ids: Sequence[int] = (0, 1),
        threshold: float = 0.5,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_classes=2, target_class_ids=target_class_ids, name=name, dtype=dtype)
        self.threshold = threshold

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Count one batch of labels 0 and 1."""
        y_true, y_pred = inputs(y_true, y_pred)
        self._add(y_true, y_pred >= self.threshold, sample_weight)

    def get_config(self) -> dict[str, Any]:
        own = {"target_class_ids": self.target_class_ids, "threshold": self.threshold}
        return {**own, **Metric.get_config(self)}


class MeanIoU(_IoUBase):
    """Mean overlap of all classes.

    Args:
        num_classes: how many classes there are.
        name: the name.
        dtype: the dtype of the confusion matrix; ``int32`` by default.
        ignore_class: a label whose places are left out.
        sparse_y_true: whether targets are labels, not one-hot.
        sparse_y_pred: whether outputs are labels, not scores.
        axis: the axis of one-hot targets and scores.
    """


class OneHotIoU(IoU):
    """Mean overlap of the given classes, for one-hot targets.

    Args:
        num_classes: how many classes there are.
        target_class_ids: the classes that count.
        name: the name.
        dtype: the dtype of the confusion matrix; ``int32`` by default.
        ignore_class: a label whose places are left out.
        sparse_y_pred: whether outputs are labels, not scores.
        axis: the axis of one-hot targets and scores.
    """

    def __init__(
        self,
        num_classes: int,
        target_class_ids: Sequence[int],
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, target_class_ids, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["sparse_y_true"]
        return config


class OneHotMeanIoU(MeanIoU):
    """Mean overlap of all classes, for one-hot targets.

    Args:
        num_classes: how many classes there are.
        name: the name.
        dtype: the dtype of the confusion matrix; ``int32`` by default.
        ignore_class: a label whose places are left out.
        sparse_y_pred: whether outputs are labels, not scores.
        axis: the axis of one-hot targets and scores.
    """

    def __init__(
        self,
        num_classes: int,
        name: str | None = None,
        dtype: Any = None,
        ignore_class: int | None = None,
        sparse_y_pred: bool = False,
        axis: int = -1,
    ) -> None:
        super().__init__(num_classes, name, dtype, ignore_class, False, sparse_y_pred, axis)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        del config["sparse_y_true"]
        return config


catalogue("metrics", IoU, BinaryIoU, MeanIoU, OneHotIoU, OneHotMeanIoU)

"""Means and sums over batches, and the metrics that are the mean of a function."""

import inspect
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from torchkeras import _ranks
from torchkeras._registry import catalogue, to_snake_case
from torchkeras._serialization import deserialize_keras_object, serialize_keras_object
from torchkeras.losses._constructor import constructor
from torchkeras.losses._inputs import same_rank
from torchkeras.losses._loss import apply_mask
from torchkeras.metrics._metric import Metric, State, divide_no_nan, inputs
from torchkeras.ops._op import tensor


def _values(values: Any) -> Tensor:
    values = tensor(values)
    return values.detach() if values.requires_grad else values


def _weighted(values: Tensor, sample_weight: Any, average: bool) -> tuple[Tensor, Tensor]:
    """`values` averaged (or summed) over the axes that the weight has not, times the weight; and the weight."""
    mask = getattr(values, "_keras_mask", None)
    dtype = values.dtype if values.is_floating_point() else torch.float32
    values = values.to(dtype)
    weight = tensor(sample_weight).to(device=values.device, dtype=dtype)
    if mask is not None:
        weight = apply_mask(weight, mask, values, rescale=False)
    values, weight = same_rank(values, weight)
    if weight.ndim < values.ndim:
        axes = tuple(range(weight.ndim, values.ndim))
        values = values.mean(axes) if average else values.sum(axes)
    try:
        weight = weight.expand_as(values)
    except RuntimeError:
        raise ValueError(
            f"Expected sample weights that broadcast to values of shape {tuple(values.shape)}, "
            f"got shape {tuple(weight.shape)}."
        ) from None
    return values * weight, weight


class Sum(Metric):
    """The weighted sum of the values.

    Args:
        name: the name.
        dtype: the dtype of the state; ``floatx()`` by default.
    """

    total = State("sum")

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Add `values`, of any shape, times weights that broadcast to them."""
        values = _values(values)
        if sample_weight is not None:
            values = _weighted(values, sample_weight, average=False)[0]
        total = self.total.tensor
        if total.device != values.device:
            self._follow(values)
        total.add_(values if values.ndim == 0 else values.sum())

    def result(self) -> Tensor:
        return self.total.tensor.detach().clone()


class Mean(Metric):
    """The weighted mean of the values; 0 before the first.

    Values of one sample, ``(b, …)``, are averaged first, so every sample counts by its weight alone.

    Args:
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
    """

    total = State("sum")
    count = State("sum")

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(name=name, dtype=dtype)

    def update_state(self, values: Any, sample_weight: Any = None) -> None:
        """Take `values` in: a scalar, or ``(b, …)`` with weights ``(b,)`` or more axes."""
        values = _values(values)
        total, count = self.total.tensor, self.count.tensor
        if total.device != values.device:
            self._follow(values)
        if sample_weight is None or (values.ndim == 0 and isinstance(sample_weight, (int, float))):
            weight = _ranks.weight() if sample_weight is None else sample_weight
            if values.ndim:
                number = values.shape[0]
                total.add_(values.sum(), alpha=number / max(values.numel(), 1))
                count.add_(number)
            else:
                total.add_(values, alpha=weight)
                count.add_(weight)
            return
        values, weights = _weighted(values, sample_weight, average=True)
        total.add_(values.sum(), alpha=1 / max(math.prod(values.shape[1:]), 1))
        count.add_(weights.sum(), alpha=1 / max(math.prod(weights.shape[1:]), 1))

    def result(self) -> Tensor:
        return divide_no_nan(self.total.tensor.detach(), self.count.tensor.detach())


class MeanMetricWrapper(Mean):
    """The weighted mean of ``fn(y_true, y_pred, **kwargs)``.

    Args:
        fn: the function; its values are one a sample, or more.
        name: the name.
        dtype: the dtype of the states; ``floatx()`` by default.
        kwargs: further arguments of `fn`.
    """

    def __init__(self, fn: Callable[..., Any], name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        Metric.__init__(self, name=name, dtype=dtype)
        self._fn = fn
        self._fn_kwargs = kwargs
        if self._fn in _DIRECTIONS:
            self._direction = _DIRECTIONS[fn]

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> None:
        """Take the function's values for one batch in; elements masked in `y_pred` do not count."""
        mask = getattr(y_pred, "_keras_mask", None)
        values = self._call(y_true, y_pred)
        if mask is not None:
            mask = tensor(mask)
            weight = None if sample_weight is None else tensor(sample_weight).to(torch.float32)
            sample_weight = apply_mask(weight, mask, torch.empty((), device=mask.device), rescale=False)
        super().update_state(values, sample_weight)

    def _call(self, y_true: Any, y_pred: Any) -> Any:
        if not isinstance(y_true, (dict, tuple)) and not isinstance(y_pred, (dict, tuple)):
            y_pred = tensor(y_pred)
            y_true = tensor(y_true).to(y_pred.device)
        with torch.no_grad():
            return self._fn(y_true, y_pred, **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "fn": serialize_keras_object(self._fn),
            **serialize_keras_object(self._fn_kwargs),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        if "fn" in config:
            config = deserialize_keras_object(config)
        return cls(**config)


_DIRECTIONS: dict[Any, str] = {}


class FunctionMetric(MeanMetricWrapper):
    """Base of ``class MeanSquaredError(FunctionMetric, function=mean_squared_error, better="down")``.

    The constructor takes ``name, dtype`` and what the function takes beside ``y_true`` and ``y_pred``.

    Class arguments:
        function: the function; on two tensors its ``__wrapped__`` is called.
        better: ``"up"`` or ``"down"``: the direction of better values.
        name: the default name; the function's if not given.
        order: the constructor's arguments, in Keras' order where it is another one.
        defaults: defaults that differ from the function's.
        unwritten: arguments that Keras leaves out of its config; ours has them where they are not the default.
    """

    _public: Callable[..., Any]
    _function: Callable[..., Tensor]
    _defaults: dict[str, Any] = {}
    _unwritten: tuple[str, ...] = ()

    def __init_subclass__(
        cls,
        function: Callable[..., Any] | None = None,
        better: str | None = None,
        name: str | None = None,
        order: tuple[str, ...] = (),
        defaults: dict[str, Any] | None = None,
        unwritten: tuple[str, ...] = (),
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if function is None:
            return  # a user's subclass of one of the classes built here
        own = {p.name: p.default for p in list(inspect.signature(function).parameters.values())[2:]} | (defaults or {})
        own = {key: value for key, value in own.items() if not order or key in order}
        table = {"name": name or to_snake_case(function.__name__), "dtype": None, **own}
        cls._public, cls._function = staticmethod(function), staticmethod(function.__wrapped__)  # type: ignore[attr-defined]
        cls._defaults, cls._unwritten, cls._direction = own, unwritten, better
        cls.__init__ = constructor(cls, {key: table[key] for key in order or table})  # type: ignore[method-assign]
        if better:
            _DIRECTIONS.setdefault(function, better)

    def _setup(self, values: dict[str, Any]) -> None:
        options = {key: values[key] for key in self._defaults}
        MeanMetricWrapper.__init__(self, self._public, values["name"], values["dtype"], **options)
        self.__dict__.update(options)

    def _call(self, y_true: Any, y_pred: Any) -> Any:
        return self._function(*inputs(y_true, y_pred), **self._fn_kwargs)

    def get_config(self) -> dict[str, Any]:
        config = Metric.get_config(self)
        for name, value in self._fn_kwargs.items():
            if name not in self._unwritten or value != self._defaults[name]:
                config[name] = value
        return config

    if TYPE_CHECKING:  # the options are attributes as well

        def __getattr__(self, name: str) -> Any: ...


catalogue("metrics", Sum, Mean, MeanMetricWrapper)

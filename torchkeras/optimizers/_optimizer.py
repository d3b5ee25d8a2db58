"""The base of optimizers: what happens around one update (D8).

The way of a step: gradients -> unscaled -> accumulated -> clipped -> weights decayed -> the rule's
``update`` -> constraints -> moving averages. A rule of the catalogue writes one method, ``update``,
which gets whole lists of tensors; a user's rule may write ``update_step`` for one variable instead.
"""

import functools
from collections.abc import Callable, Iterable
from types import NoneType
from typing import Any, ClassVar

import torch
from torch import Tensor

from torchkeras import _ranks, _registry
from torchkeras._errors import brief
from torchkeras._fields import Field
from torchkeras._serialization import deserialize_keras_object
from torchkeras._variable import Variable
from torchkeras.optimizers import _checks, _lists, _stateless
from torchkeras.optimizers._averages import HasAverages
from torchkeras.optimizers._building import IsBuilt
from torchkeras.optimizers._decay import decayed
from torchkeras.optimizers._gradients import HandlesGradients, report_missing
from torchkeras.optimizers._groups import Group, torch_gradient
from torchkeras.optimizers._legacy_arguments import time_decay, todays_spelling
from torchkeras.optimizers._numbers import HostNumber
from torchkeras.optimizers._rates import HasLearningRate

# the shared arguments, in the order of Keras' configs
_CONFIG = (
    "weight_decay",
    "clipnorm",
    "global_clipnorm",
    "clipvalue",
    "use_ema",
    "ema_momentum",
    "ema_overwrite_frequency",
    "loss_scale_factor",
    "gradient_accumulation_steps",
)


class Optimizer(IsBuilt, HasLearningRate, HandlesGradients, HasAverages):
    """Base class of optimizers.

    Args:
        learning_rate: a number, a ``LearningRateSchedule``, or a function of the iteration count.
        weight_decay: before each update, weights shrink by this fraction times the learning rate.
        clipnorm: each gradient is scaled down to this norm.
        clipvalue: each gradient's elements are cut to this absolute value.
        global_clipnorm: all gradients together are scaled down to this norm. Only one of the three.
        use_ema: whether to keep exponential moving averages of the weights.
        ema_momentum: how much of the average stays in each step.
        ema_overwrite_frequency: after how many steps the averages replace the weights; None for never.
        loss_scale_factor: ``scale_loss`` multiplies by it and gradients are divided by it.
        gradient_accumulation_steps: the mean gradient of that many steps makes one update.
        name: the name; made from the class' name if not given.

    Subclasses write ``build`` (make variables with :meth:`add_variable_from_reference`) and
    ``update_step(gradient, variable, learning_rate)``.

    Raises:
        ValueError: a value out of range, two kinds of clipping, an unknown argument.
    """

    __fields__: ClassVar[dict[str, Field]] = {}
    decays_itself: ClassVar[bool] = False  # whether the rule's kernel applies `group.decay`
    takes_tensors: ClassVar[bool] = False  # whether `update` also takes tensors as rate and step, in compiled steps

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs = todays_spelling(type(self).__name__, kwargs)
        self._time_decay = time_decay(type(self).__name__, kwargs.pop("decay", None))
        self.name = _registry.auto_name(_registry.to_snake_case(type(self).__name__)) if name is None else name
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        _checks.shared_arguments(self, kwargs)
        self._start(learning_rate)

    def __post_init__(self) -> None:
        """Checks of a rule's own arguments."""

    def _start(self, learning_rate: Any) -> None:
        self.built = False
        self._variables = []
        self._trainable_variables = []
        self._places = {}
        self._slots = {}
        self._excluded = []
        self._excluded_names = []
        self._iterations = HostNumber(0, "int32", name="iteration")
        self._iterations.path = f"{self.name}/iteration"
        self._set_rate(learning_rate)

    # Steps.

    def apply(self, grads: Iterable[Any], trainable_variables: Iterable[Variable] | None = None) -> None:
        """Make one step.

        Args:
            grads: the gradients, in Keras' layout (the shapes of the variables); None where there is none.
            trainable_variables: the variables that they belong to; by default those given to :meth:`build`.

        Raises:
            ValueError: no gradients, a wrong number of them, or a variable that :meth:`build` did not get.
        """
        grads = list(grads)
        if not grads:
            return
        if trainable_variables is None and not self.built:
            raise ValueError(
                "When passing `grads` without `variables`, the optimizer must already be built on a list of "
                "variables. Call `optimizer.build(trainable_variables)` first."
            )
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        if len(variables) != len(grads):
            raise ValueError(f"Optimizer {self.name!r}: got {len(grads)} gradients for {len(variables)} variables.")
        if not self.built:
            self.build(variables)
        self._update_all(self._aligned(grads, variables))

    def apply_gradients(self, grads_and_vars: Iterable[tuple[Any, Variable]]) -> HostNumber:
        """:meth:`apply` for pairs of gradient and variable; returns the iteration count."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def _step(self, grads: list[Tensor | None]) -> None:
        """One step of the training loop: gradients in torch's layout, in the order of :meth:`build`.

        Their strides must be the weights', as autograd leaves them in ``.grad``: fused kernels rely on it.
        """
        if self._own_apply:
            variables = self._trainable_variables
            self.apply([g if g is None else v._layout.to_keras(g) for g, v in zip(grads, variables)], variables)
            return
        if NoneType in map(type, grads):
            report_missing(grads, self._trainable_variables)
        self._update_all(grads)

    def _attach(self, variables: list[Variable]) -> Callable[[list[Tensor | None]], None]:
        """Before a loop of steps: build, or look anew for the weights; returns :meth:`_step` for these variables."""
        if self.built:
            self._regroup()
        else:
            self.build(variables)
        return self._step if self._is_built_on(variables) else functools.partial(self._step_part, variables)

    def _step_part(self, variables: list[Variable], grads: list[Tensor | None]) -> None:
        """:meth:`_step` for some of the variables: others were frozen since :meth:`build`."""
        self._check_known(variables)
        ordered: list[Tensor | None] = [None] * len(self._trainable_variables)
        for gradient, variable in zip(grads, variables):
            ordered[self._places[id(variable)]] = gradient
        report_missing(grads, variables)
        self._update_all(ordered)

    def _find_overrides(self) -> None:
        self._by_variable = type(self).update_step is not Optimizer.update_step
        self._own_apply = type(self).apply is not Optimizer.apply

    @torch.no_grad()
    def _update_all(self, grads: list[Any]) -> None:
        groups = self._groups
        if _ranks.gradients is not None:
            grads = _ranks.gradients.summed(grads, self._trainable_variables)
        if NoneType in map(type, grads):
            groups = self._groups_without(tuple(index for index, gradient in enumerate(grads) if gradient is None))
        if self._overwritten:
            self._overwrite(grads)
        self._update_groups(groups, self._prepared(groups, grads))
        for variable in self._constrained:
            variable.assign(variable.constraint(variable.value))
        if self.use_ema:
            self._move_averages(self._update_count())
        self._iterations.number += 1

    def _update_groups(self, groups: list[Group], lists: list[list[Tensor]]) -> None:
        if not lists:  # gradients are being accumulated
            return
        rate = self._present_rate()
        step = self._update_count() + 1
        self._before_update(step)
        self._update_with(groups, lists, rate, step)

    def _update_with(self, groups: list[Group], lists: list[list[Tensor]], rate: float, step: int) -> None:
        for group, grads in zip(groups, lists):
            if group.decay and not self.decays_itself:
                _lists.mul_(group.params, decayed(group, rate))
            if self._by_variable:
                self._update_each(group, grads, rate)
            else:
                self.update(group, grads, rate, step)

    def _before_update(self, step: int) -> None:
        """What a rule does once for all groups."""

    def update(self, group: Group, grads: list[Tensor], rate: float, step: int) -> None:
        """The rule, for a list of weights at once.

        Args:
            group: the weights and their slots, changed in place.
            grads: the gradients, which must not be changed.
            rate: the learning rate.
            step: 1 in the first update.
        """
        raise NotImplementedError(
            f"{type(self).__name__} must override `update_step(self, gradient, variable, learning_rate)`."
        )

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """The rule for one variable, in Keras' layout; what a user's optimizer overrides."""
        index = self._places[id(variable)]
        others = tuple(other for other in range(len(self._trainable_variables)) if other != index)
        for group in self._groups_without(others):
            with torch.no_grad():
                self.update(group, [torch_gradient(gradient, variable)], float(learning_rate), self._update_count() + 1)

    def _update_each(self, group: Group, grads: list[Tensor], rate: float) -> None:
        learning_rate = torch.tensor(rate, device="cpu")
        for index, gradient in zip(group.indices, grads):
            variable = self._trainable_variables[index]
            self.update_step(variable._layout.to_keras(gradient), variable, learning_rate)

    def stateless_apply(
        self, optimizer_variables: Any, grads: Any, trainable_variables: Any
    ) -> tuple[list[Tensor], list[Tensor]]:
        """:meth:`apply` on values: returns the new values of the trainable and of the optimizer's variables."""
        return _stateless.apply(self, optimizer_variables, grads, trainable_variables)

    # Config.

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments as plain values."""
        config = {"name": self.name, "learning_rate": self._rate_config()}
        config |= {key: getattr(self, key) for key in _CONFIG}
        config |= {"decay": self._time_decay} if self._time_decay else {}
        return config | {key: getattr(self, key) for key in self.__fields__}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> "Optimizer":
        """A new optimizer out of what :meth:`get_config` returned."""
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = deserialize_keras_object(config["learning_rate"], custom_objects=custom_objects)
        return cls(**config)

    def __setstate__(self, state: dict[str, Any]) -> None:
        # a copy has other variables, and its lists must hold theirs
        self.__dict__.update(state)
        if self.built:
            self._regroup()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, learning_rate={brief(self._rate_config())}>"

"""One step: what ``fit``, ``evaluate`` and ``predict`` do with a batch unless a model overrides it (D7)."""

import inspect
import warnings
from collections.abc import Callable
from typing import Any

from torch import Tensor, nn

from torchkeras._structures import leaves


def trainable_tensors(model: Any) -> list[Any]:
    """The variables to train: those trainable when ``compile`` was called, in the order of the optimizer."""
    frozen = model._frozen_at_compile
    out, seen = [], set()
    for variable in model.weights:
        for source in sources(model, variable) if variable._in_trainable_list else ():
            tensor = source.tensor
            if source._in_trainable_list and id(tensor) not in seen and not _is_frozen(variable, tensor, frozen):
                seen.add(id(tensor))
                out.append(source)
    return out


def sources(model: Any, variable: Any) -> list[Any]:
    """The variable itself; if ``torch.nn.utils.parametrize`` took it over, the parameters that it is computed from."""
    owner, name = variable._owner, variable._attribute
    if owner is None or name in owner._parameters or name in owner._buffers:
        return [variable]
    return list(model._variables_of_plain(owner.parametrizations[name]))


def _is_frozen(variable: Any, tensor: Tensor, frozen: set[int] | None) -> bool:
    return not variable.trainable if frozen is None else id(tensor) in frozen


def freeze_as_compiled(model: Any, variables: list[Any]) -> None:
    """Let gradients flow to exactly `variables`; a flag changed since ``compile`` counts from the next one on."""
    wanted = {id(variable.tensor) for variable in variables}
    for parameter in model.parameters():
        train = id(parameter) in wanted
        if parameter.requires_grad is not train and (train or id(parameter) in model._known_tensors):
            parameter.requires_grad_(train)


def backward_and_apply(model: Any, loss: Tensor, variables: list[Any], tensors: list[nn.Parameter]) -> None:
    """Gradients of the loss, and one optimizer step with them."""
    if not tensors:
        warnings.warn("The model does not have any trainable weights.", stacklevel=2)
        return
    optimizer = model.optimizer
    optimizer.scale_loss(loss).backward()
    step = optimizer._step if optimizer._is_built_on(variables) else optimizer._attach(variables)
    step([tensor.grad for tensor in tensors])
    for tensor in tensors:
        tensor.grad = None


def make_train_step(model: Any) -> Callable[[Any, Any, Any], None]:
    """The step ``(x, y, sample_weight) -> None`` with everything looked up beforehand."""
    variables = trainable_tensors(model)
    optimizer = model.optimizer
    step, scaled = optimizer._attach(variables), optimizer.scale_loss
    tensors = [variable.tensor for variable in variables]
    freeze_as_compiled(model, variables)
    loss_of = loss_function(model)
    track, update = model._loss_tracker.update_state, model._compile_metrics.update_state
    has_metrics = bool(model._compile_metrics.entries) or not model._compile_metrics.built

    def train_step(x: Any, y: Any, sample_weight: Any) -> None:
        y_pred = model(x)
        loss = loss_of(x, y, y_pred, sample_weight)
        scaled(loss).backward()
        # not `torch.autograd.grad`: only `.grad` is sure to have the weight's strides, which fused kernels rely on
        step([tensor.grad for tensor in tensors])
        for tensor in tensors:
            tensor.grad = None
        track(loss.detach(), sample_weight=batch_rows(x))
        if has_metrics:
            update(y, detached(y_pred), sample_weight)

    return train_step


def detached(leaf: Any) -> Any:
    """A tensor without its graph, with its mask; anything else as it is."""
    if not isinstance(leaf, Tensor):
        return leaf
    mask = getattr(leaf, "_keras_mask", None)
    leaf = leaf.detach()
    if mask is not None:
        leaf._keras_mask = mask
    return leaf


def loss_function(model: Any, training: bool = True) -> Callable[[Any, Any, Any, Any], Tensor]:
    """``(x, y, y_pred, sample_weight) -> scalar``: the model's own ``compute_loss`` if it has one, else the default."""
    if type(model).compute_loss is not model._defaults["compute_loss"]:
        return own_loss_function(model, training)
    return default_loss_function(model)


def own_loss_function(model: Any, training: bool) -> Callable[[Any, Any, Any, Any], Tensor]:
    """The model's ``compute_loss``, whatever its parameters are called; one named ``training`` is told."""
    own = model.compute_loss
    found = inspect.signature(own).parameters
    told = {"training": training} if "training" in found else {}
    places = sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in found.values())
    if places >= 4 or any(p.kind is p.VAR_POSITIONAL for p in found.values()):
        return lambda x, y, y_pred, sample_weight: own(x, y, y_pred, sample_weight, **told)
    return lambda x, y, y_pred, sample_weight: own(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, **told)


def default_loss_function(model: Any) -> Callable[[Any, Any, Any, Any], Tensor]:
    """The compiled losses, and what regularizers and ``add_loss`` give; who gives something is looked for once."""
    compiled = model._compile_loss
    regularized = any(variable.regularizer is not None for variable in model.weights)
    layers = model._flatten_layers()

    def total(x: Any, y: Any, y_pred: Any, sample_weight: Any) -> Tensor:
        loss = compiled(y, y_pred, sample_weight) if compiled is not None else None
        if regularized:
            loss = _plus(loss, model._weight_losses())
        for layer in layers:
            if layer._losses:
                loss = _plus(loss, layer._losses)
                layer._losses.clear()
        if loss is None:
            raise ValueError("No loss to compute. Provide a `loss` argument in `compile()`.")
        return loss

    return total


def _plus(loss: Any, more: list[Any]) -> Any:
    for value in more:
        value = value.sum() if isinstance(value, Tensor) and value.ndim else value
        loss = value if loss is None else loss + value
    return loss


def batch_rows(x: Any) -> int:
    """The size of the batch."""
    if type(x) is Tensor:
        return x.shape[0]
    first = next((leaf for leaf in leaves(x) if isinstance(leaf, Tensor) and leaf.ndim), None)
    return 1 if first is None else first.shape[0]

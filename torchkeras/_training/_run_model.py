"""What a model, its optimizers and its metrics hold, as nested dicts; and back, all of it or nothing."""

import itertools
from typing import Any

import torch
from torch import Tensor

from torchkeras._training._step import sources
from torchkeras._variable import Variable
from torchkeras.optimizers import Optimizer


def model_state(model: Any) -> dict[str, Any]:
    """The weights, buffers and optimizers: the tensors themselves, which the next step changes."""
    optimizers = {name: _optimizer_state(model, found) for name, found in _optimizers(model).items()}
    return {"tensors": _tensors(model), "optimizers": optimizers}


def is_split(model: Any) -> bool:
    """Whether each rank has a part of the weights alone."""
    return any(hasattr(parameter, "in_step") for parameter in model.parameters())


def light_state(model: Any) -> dict[str, Any]:
    """What changes without a training step, too: metrics and the states of seed generators."""
    metrics = [variable.tensor for variable in _metric_variables(model)]
    return {"metrics": metrics, "seeds": [variable.tensor for variable in _loose(model)]}


def restore_model(model: Any, state: dict[str, Any]) -> None:
    """Put back what :func:`model_state` gave; :func:`missing` must have said that everything fits."""
    with torch.no_grad():
        for (_, tensor), (_, saved) in zip(_tensors(model), state["tensors"], strict=True):
            tensor.copy_(saved)
    for name, saved in state["optimizers"].items():
        _restore_optimizer(model, _optimizers(model)[name], saved)


def restore_light(model: Any, state: dict[str, Any]) -> None:
    """Put back what :func:`light_state` gave."""
    with torch.no_grad():
        for variable, saved in zip(_metric_variables(model), state["metrics"]):
            variable.tensor.copy_(saved)
        for variable, saved in zip(_loose(model), state["seeds"]):
            variable.tensor.copy_(saved)


def missing(model: Any, state: dict[str, Any], light: dict[str, Any]) -> str:
    """What in the states finds no place of its shape in the model; empty if everything fits."""
    found = _tensors(model)
    # by their places: another model of the same process has other automatic names
    for (name, saved), own in itertools.zip_longest(state["tensors"], found[: len(state["tensors"])]):
        if own is None or own[1].shape != saved.shape:
            has = "no other weight" if own is None else f"{own[0]!r} of shape {tuple(own[1].shape)} there"
            return f"expected the weight {name!r} of shape {tuple(saved.shape)} as saved, the model has {has}"
    if len(found) > len(state["tensors"]):
        return f"weight {found[len(state['tensors'])][0]!r} of the model is not in it"
    for kind, own in (("metrics", _metric_variables(model)), ("seeds", _loose(model))):
        shapes = [variable.tensor.shape for variable in own], [saved.shape for saved in light[kind]]
        if light[kind] and shapes[0] != shapes[1]:
            return (
                f"the states of its {kind}: expected {len(shapes[1])} as saved, the model has {len(shapes[0])} others"
            )
    return _missing_in_optimizers(model, state["optimizers"])


def _missing_in_optimizers(model: Any, saved: dict[str, Any]) -> str:
    own = _optimizers(model)
    for name, state in saved.items():
        if name not in own:
            return f"optimizer {name!r} is missing"
        if "variables" not in state:
            continue
        _build(model, own[name], state)
        shapes = [tuple(v.tensor.shape) for v in own[name].variables], [tuple(v.shape) for v in state["variables"]]
        if shapes[0] != shapes[1]:
            kind = type(own[name]).__name__
            return f"optimizer {name!r}: expected the states of a {state['kind']} as saved, got those of a {kind}"
    return ""


def _tensors(model: Any) -> list[tuple[str, Tensor]]:
    weights = [(name, parameter.detach()) for name, parameter in model.named_parameters()]
    return [*weights, *model.named_buffers()]


def _loose(model: Any) -> list[Variable]:
    """Variables that are no tensors of any module: the states of seed generators."""
    return [variable for variable in model.variables if variable._owner is None]


def _metric_variables(model: Any) -> list[Variable]:
    found = [variable for metric in model.metrics for variable in metric.variables]
    return list({id(variable): variable for variable in found}.values())


# Optimizers, wherever a model keeps them: a GAN has two.


def _optimizers(model: Any) -> dict[str, Any]:
    found = {}
    for name, value in vars(model).items():
        if isinstance(value, (Optimizer, torch.optim.Optimizer)):
            found[name] = value
        elif isinstance(value, (list, tuple)):
            kinds = (Optimizer, torch.optim.Optimizer)
            found |= {f"{name}.{index}": item for index, item in enumerate(value) if isinstance(item, kinds)}
    return found


def _optimizer_state(model: Any, optimizer: Any) -> dict[str, Any]:
    if isinstance(optimizer, torch.optim.Optimizer):
        return {"torch": optimizer.state_dict()}
    state: dict[str, Any] = {"kind": type(optimizer).__name__, "skipped": getattr(optimizer, "skipped_steps", None)}
    if optimizer.built:
        places = {id(variable): index for index, variable in enumerate(_trainable(model))}
        state["built_on"] = [places.get(id(variable)) for variable in optimizer._trainable_variables]
        state["variables"] = [variable.tensor.detach() for variable in optimizer.variables]
    return state


def _build(model: Any, optimizer: Any, state: dict[str, Any]) -> None:
    """Make the slots for the weights that it had been built on."""
    if optimizer.built or None in state["built_on"]:
        return
    known = _trainable(model)
    if max(state["built_on"], default=-1) < len(known):
        optimizer.build([known[index] for index in state["built_on"]])


def _trainable(model: Any) -> list[Variable]:
    found = [source for variable in model.weights for source in sources(model, variable)]
    return list({id(source): source for source in found}.values())


def _restore_optimizer(model: Any, optimizer: Any, state: dict[str, Any]) -> None:
    if "torch" in state:
        optimizer.load_state_dict(state["torch"])
        return
    for variable, saved in zip(optimizer.variables, state.get("variables", [])):
        variable.assign(variable._layout.to_keras(saved))
    if state["skipped"] is not None:
        optimizer.skipped_steps = state["skipped"]

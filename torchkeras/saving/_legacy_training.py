"""The attribute ``training_config`` of legacy files: optimizer, loss and metrics, and the optimizer's weights."""

import warnings
from typing import Any

from torchkeras._file_errors import CorruptFileError
from torchkeras._serialization import deserialize_keras_object
from torchkeras.saving._hdf5_reader import Group
from torchkeras.saving._legacy_config import modern_object
from torchkeras.saving._legacy_weights import Plan, _read, layer_datasets, named

_FLAGS = ("run_eagerly", "steps_per_execution", "jit_compile")
_GONE = ("jit_compile", "is_legacy_optimizer", "schedule_decay", "dynamic")


def compile_arguments(model: Any, config: Any) -> dict[str, Any]:
    """The arguments for ``model.compile`` that a ``training_config`` of Keras 1, 2 or 3 tells."""
    if not isinstance(config, dict) or "optimizer_config" not in config:
        raise CorruptFileError(path="training_config", expected="optimizer_config", found=str(config)[:100])
    outputs = list(getattr(model, "output_names", None) or [])
    arguments: dict[str, Any] = {
        "optimizer": deserialize_keras_object(_optimizer(config["optimizer_config"])),
        "loss": _objects(config.get("loss"), "losses"),
        "loss_weights": config.get("loss_weights"),
    }
    for key in ("metrics", "weighted_metrics"):
        arguments[key] = _metrics(_objects(config.get(key), "metrics"), outputs)
    return arguments | {key: config[key] for key in _FLAGS if config.get(key) is not None}


def _optimizer(entry: Any) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        raise CorruptFileError(path="training_config", expected="an optimizer's config", found=str(entry)[:100])
    config = {key: value for key, value in entry["config"].items() if key not in _GONE}
    if "lr" in config:
        config["learning_rate"] = config.pop("lr")
    if config.get("epsilon", 0) is None:
        config["epsilon"] = 1e-7
    decay = config.pop("decay", None)
    if decay:
        schedule = {"initial_learning_rate": config.get("learning_rate"), "decay_steps": 1, "decay_rate": decay}
        config["learning_rate"] = {"class_name": "InverseTimeDecay", "config": schedule}
    if not config.get("use_ema"):
        config.pop("ema_overwrite_frequency", None)
    if isinstance(config.get("inner_optimizer"), dict):
        config["inner_optimizer"] = _optimizer(config["inner_optimizer"])
    return modern_object({**entry, "config": config}, "optimizers")


def _objects(value: Any, near: str) -> Any:
    """Losses or metrics in lists and dicts by output; names stay names, and ``compile`` finds them."""
    if isinstance(value, dict) and "class_name" in value:
        return deserialize_keras_object(_wrapped(value, near))
    if isinstance(value, dict):
        return {key: _objects(item, near) for key, item in value.items()}
    return [_objects(item, near) for item in value] if isinstance(value, list) else value


def _wrapped(entry: dict[str, Any], near: str) -> Any:
    """`entry` in today's form; Keras 2 wrote the function in a metric or loss by its name alone."""
    config = entry.get("config")
    if entry.get("class_name") in ("MeanMetricWrapper", "LossFunctionWrapper", "SumOverBatchSizeMetricWrapper"):
        if not isinstance(config, dict) or "fn" not in config:
            raise CorruptFileError(path="training_config", expected="the name of a function", found=str(entry)[:100])
        if isinstance(config["fn"], str):
            function = {"class_name": "function", "config": config["fn"], "module": "builtins"}
            entry = {**entry, "config": {**config, "fn": function}}
    return modern_object(entry, near)


def _metrics(value: Any, outputs: list[str]) -> Any:
    """Metrics in a list for one output, in a list of lists for several, named as they would be named now."""
    if not isinstance(value, list) or not any(isinstance(item, list) for item in value):
        return value
    kept = [[metric for metric in item or [] if metric is not None] for item in value]
    if len(kept) == 1:
        return kept[0]
    for metrics, output in zip(kept, outputs, strict=False):
        for metric in metrics:
            # Keras 2 wrote the name with the output's in front, which is put there anew
            if str(getattr(metric, "name", "")).startswith(f"{output}_"):
                metric.name = metric.name.removeprefix(f"{output}_")
    return kept


def optimizer_plan(optimizer: Any, group: Group) -> Plan:
    """Which variable of the optimizer gets which array; none, with a warning, if their numbers differ."""
    own, names = list(optimizer.variables), named(group, "weight_names")
    arrays = [_read(dataset) for dataset in layer_datasets(group)]
    if len(arrays) == len(own) - 1 and _is_rate(own[1]):  # Keras 2 keeps the rate in the config
        del own[1]
    if len(arrays) != len(own) or any(a.shape != tuple(v.shape) for a, v in zip(_ordered(arrays, names), own)):
        if len(arrays) > 1:  # one number alone is the count of an optimizer that never stepped
            warnings.warn(
                f"The optimizer starts anew: it has {len(own)} variables and the saved one {len(arrays)}, or of other "
                "shapes.",
                stacklevel=4,
            )
        return []
    return list(zip(own, _ordered(arrays, names), strict=True))


def _is_rate(variable: Any) -> bool:
    return variable.path.rpartition("/")[2] == "learning_rate"


def _ordered(arrays: list[Any], names: list[str]) -> list[Any]:
    """The arrays weight by weight; the optimizers before Keras 2.11 kept them slot by slot."""
    kinds = [name.partition(":")[0].rpartition("/")[2] for name in names[1:]]
    slots = list(dict.fromkeys(kinds))
    count = len(kinds) // len(slots) if slots else 0
    if set(kinds) <= _OLD_SLOTS and len(slots) > 1 and kinds == [slot for slot in slots for _ in range(count)]:
        return [arrays[0], *(arrays[1 + slot * count + index] for index in range(count) for slot in range(len(slots)))]
    return arrays


_OLD_SLOTS = {"m", "v", "vhat", "rms", "momentum", "mg", "accumulator", "accum_grad", "accum_var", "linear"}

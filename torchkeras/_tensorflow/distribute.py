"""``tf.distribute``: strategies as scripts use them. One process computes on one device; torchrun starts several."""

import contextlib
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from torchkeras import _ranks, ops
from torchkeras._structures import map_leaves
from torchkeras._tensorflow import _refused, _scopes

_warned = False
_open: list["Strategy"] = []


class ReduceOp:
    """How values of replicas are joined."""

    SUM, MEAN = "SUM", "MEAN"


class Strategy:
    """Where a model computes: in each process on its device.

    Started by ``torchrun``, `fit` shares the batch among the processes and sums their gradients, whatever the
    strategy; the batch size of the script is then that of all together.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.extended = types.SimpleNamespace(worker_devices=("/device:CPU:0",), parameter_devices=("/device:CPU:0",))

    @property
    def num_replicas_in_sync(self) -> int:
        """How many processes train together."""
        return _ranks.world_size()

    @contextlib.contextmanager
    def scope(self) -> Iterator["Strategy"]:
        """Where the model is made and compiled."""
        _open.append(self)
        try:
            yield self
        finally:
            _open.pop()

    def run(self, fn: Callable[..., Any], args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        """``fn(*args, **kwargs)``"""
        return fn(*args, **(kwargs or {}))

    experimental_run_v2 = run

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        """The value, which one replica has; summed or averaged over `axis` if that is given."""
        if axis is None:
            return value
        return (ops.sum if str(reduce_op).upper().endswith("SUM") else ops.mean)(value, axis)

    def gather(self, value: Any, axis: int) -> Any:
        """The value, which one replica has."""
        return value

    def experimental_distribute_dataset(self, dataset: Any, options: Any = None) -> Any:
        """The data set."""
        return dataset

    def distribute_datasets_from_function(self, dataset_fn: Callable[..., Any], options: Any = None) -> Any:
        """The data set that the function makes."""
        return dataset_fn(InputContext())

    experimental_distribute_datasets_from_function = distribute_datasets_from_function

    def experimental_local_results(self, value: Any) -> tuple[Any, ...]:
        """The value, as the only one of its kind."""
        return (value,)

    unwrap = experimental_local_results

    def experimental_distribute_values_from_function(self, value_fn: Callable[..., Any]) -> Any:
        """The value that the function makes."""
        return value_fn(types.SimpleNamespace(replica_id_in_sync_group=0, num_replicas_in_sync=1))


class _OneDevice(Strategy):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()
        global _warned
        if not _warned and _ranks.world_size() == 1:
            _warned = True
            warnings.warn(
                f"tf.distribute.{type(self).__name__} computes on one device here. For several, start the script by "
                "`torchrun --nproc-per-node=N -m torchkeras script.py`: fit then shares the batch among them.",
                stacklevel=2,
            )


class MirroredStrategy(_OneDevice):
    """The model on one device; started by torchrun, on one in each process."""


class MultiWorkerMirroredStrategy(_OneDevice):
    """As :class:`MirroredStrategy`."""


class CentralStorageStrategy(_OneDevice):
    """As :class:`MirroredStrategy`."""


class OneDeviceStrategy(Strategy):
    """The model on one device, by its name: ``"/gpu:0"``."""

    def __init__(self, device: Any = None) -> None:
        super().__init__()
        self._device = device

    @contextlib.contextmanager
    def scope(self) -> Iterator[Strategy]:
        """Where the model is made and compiled."""
        with _scopes.device(self._device), super().scope():
            yield self


class TPUStrategy(Strategy):
    """Not served: torchkeras runs on CPUs and GPUs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError("torchkeras runs on CPUs and GPUs, not on TPUs. Use tf.distribute.get_strategy().")


class ParameterServerStrategy(Strategy):
    """Not served: see ``torchrun``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError("torchkeras has no parameter servers; start the script on several machines with torchrun.")


class InputContext:
    """What a function that makes a data set is told."""

    num_input_pipelines, input_pipeline_id, num_replicas_in_sync = 1, 0, 1

    def get_per_replica_batch_size(self, global_batch_size: int) -> int:
        """The batch size: there is one replica here."""
        return global_batch_size


class DistributedValues:
    """Values of several replicas; never made here."""


class _TPUClusterResolver:
    """Not served: raises the ValueError that scripts expect where there is no TPU."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        raise ValueError("No TPU was found: torchkeras runs on CPUs and GPUs.")

    connect = classmethod(lambda cls, *args, **kwargs: cls())


_default = Strategy()


def get_strategy() -> Strategy:
    """The strategy of the enclosing scope, or the default one."""
    return _open[-1] if _open else _default


def has_strategy() -> bool:
    """Whether a strategy's scope is open."""
    return bool(_open)


def get_replica_context() -> Any:
    """The one replica: ``all_reduce(op, value)`` gives the value."""
    return types.SimpleNamespace(
        replica_id_in_sync_group=0,
        num_replicas_in_sync=1,
        all_reduce=lambda reduce_op, value, options=None: map_leaves(lambda leaf: leaf, value),
        merge_call=lambda fn, args=(), kwargs=None: fn(get_strategy(), *args, **(kwargs or {})),
        strategy=get_strategy(),
    )


def in_cross_replica_context() -> bool:
    """Whether a strategy's scope is open."""
    return bool(_open)


cluster_resolver = types.SimpleNamespace(TPUClusterResolver=_TPUClusterResolver)
experimental = types.SimpleNamespace(
    TPUStrategy=TPUStrategy,
    MultiWorkerMirroredStrategy=MultiWorkerMirroredStrategy,
    CentralStorageStrategy=CentralStorageStrategy,
    ParameterServerStrategy=ParameterServerStrategy,
)

__all__ = [
    "CentralStorageStrategy",
    "DistributedValues",
    "InputContext",
    "MirroredStrategy",
    "MultiWorkerMirroredStrategy",
    "OneDeviceStrategy",
    "ParameterServerStrategy",
    "ReduceOp",
    "Strategy",
    "TPUStrategy",
    "cluster_resolver",
    "experimental",
    "get_replica_context",
    "get_strategy",
    "has_strategy",
    "in_cross_replica_context",
]
__getattr__ = _refused.lookup("tf.distribute", globals())

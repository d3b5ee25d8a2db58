"""How the work of a model is divided among the ranks."""

import contextlib
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np

from torchkeras import _ranks
from torchkeras._data._source import yields_batches
from torchkeras._errors import brief
from torchkeras.distribution._devices import list_devices
from torchkeras.distribution._layout_map import LayoutMap
from torchkeras.distribution._mesh import DeviceMesh, TensorLayout
from torchkeras.distribution._tensors import split_weight
from torchkeras.optimizers import Adafactor, Lamb, LossScaleOptimizer

_WHOLE = (Adafactor, Lamb, LossScaleOptimizer)


class Distribution:
    """The base: a mesh of devices, of which one axis divides the batch.

    Args:
        device_mesh: the mesh.
        batch_dim_name: the axis of the mesh along which ranks get other rows.
        auto_shard_dataset: accepted as Keras' argument; sources that bring other rows to each rank are recognized.
    """

    def __init__(
        self, device_mesh: DeviceMesh, batch_dim_name: str | None = None, auto_shard_dataset: bool = True
    ) -> None:
        self._device_mesh = device_mesh
        self._batch_dim_name = batch_dim_name
        self._auto_shard_dataset = auto_shard_dataset
        self._is_multi_process = _ranks.world_size() > 1

    @property
    def device_mesh(self) -> DeviceMesh:
        """The mesh."""
        return self._device_mesh

    @property
    def batch_dim_name(self) -> str | None:
        """The axis of the mesh along which ranks get other rows."""
        return self._batch_dim_name

    @property
    def auto_shard_dataset(self) -> bool:
        """As it was given."""
        return self._auto_shard_dataset

    @property
    def num_model_replicas(self) -> int:
        """Into how many parts a batch is cut."""
        return int(self._device_mesh.shape[self._batch_axis()])

    @property
    def num_processes(self) -> int:
        """How many ranks there are."""
        return _ranks.world_size()

    @property
    def data_shard_id(self) -> int:
        """Which part of a batch this rank gets."""
        if self._device_mesh.devices.size != _ranks.world_size():
            return 0
        return int(np.unravel_index(_ranks.rank(), tuple(self._device_mesh.shape))[self._batch_axis()])

    def _batch_axis(self) -> int:
        return list(self._device_mesh.axis_names).index(self._batch_dim_name)

    def get_data_layout(self, data_shape: Any) -> TensorLayout:
        """How inputs of that shape lie: their first axis is split."""
        axes: list[str | None] = [None] * len(data_shape)
        axes[0] = self._batch_dim_name
        return TensorLayout(axes, self._device_mesh)

    def get_variable_layout(self, variable: Any) -> Any:
        """How a weight lies."""
        raise NotImplementedError

    def get_tensor_layout(self, path: str) -> Any:
        """How a tensor within the model lies, by the path of the operation that gives it; None if nothing is said."""
        raise NotImplementedError

    def distribute_dataset(self, dataset: Any) -> Any:
        """The data set as it is: ``fit`` takes each rank's rows from any source.

        Raises:
            ValueError: there are several ranks, and this is no source of batches.
        """
        if self._is_multi_process and not yields_batches(dataset):
            raise ValueError(
                f"{brief(dataset)} (of type {type(dataset)}) is not supported for auto-sharding: expected a source of "
                "batches, such as a DataLoader. Give arrays to `fit` as they are."
            )
        return dataset

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        """Within this, the distribution is the one in force."""
        before = distribution()
        set_distribution(self)
        try:
            yield
        finally:
            set_distribution(before)

    def lay_out(self, model: Any) -> None:
        """Split the weights of a built model that are to be split."""

    def __repr__(self) -> str:
        return f"<{type(self).__name__} device_mesh={self.device_mesh}>"


class DataParallel(Distribution):
    """Every rank has all weights, and its rows of every batch. Under ``torchrun`` this is so by itself.

    Args:
        device_mesh: a mesh of one axis.
        devices: names of devices, instead of a mesh; by default all.
        auto_shard_dataset: accepted as Keras' argument.
    """

    def __init__(
        self, device_mesh: DeviceMesh | None = None, devices: Any = None, auto_shard_dataset: bool = True
    ) -> None:
        if device_mesh is None:
            found = np.array(list_devices() if devices is None else devices).flatten()
            device_mesh = DeviceMesh(found.shape, ["batch"], found)
        elif not isinstance(device_mesh, DeviceMesh):
            raise ValueError(
                f"Expect `mesh` to be an instance of `DeviceMesh`. Received: mesh={device_mesh} "
                f"(of type {type(device_mesh)})"
            )
        elif device_mesh.devices.ndim != 1:
            warnings.warn(
                "Expect the input mesh to be 1D, but received a mesh with "
                f"{device_mesh.devices.ndim} axes. Only the first axis will be used for data-parallel sharding.",
                stacklevel=2,
            )
        super().__init__(device_mesh, device_mesh.axis_names[0], auto_shard_dataset)

    def get_variable_layout(self, variable: Any) -> Any:
        own = getattr(variable, "_layout", None)
        return own if isinstance(own, TensorLayout) else TensorLayout([None] * len(variable.shape), self._device_mesh)

    def get_tensor_layout(self, path: str) -> Any:
        return None


class ModelParallel(Distribution):
    """Weights are split as a map of layouts says; ranks along one axis of the mesh get other rows.

    Each rank holds its part of a split weight and of the optimizer's slots; the whole is gathered when it is read.

    Args:
        layout_map: the layouts, with a mesh.
        batch_dim_name: the axis of the mesh that divides the batch; the first one by default.
        auto_shard_dataset: accepted as Keras' argument.
    """

    def __init__(
        self,
        *,
        layout_map: LayoutMap | None = None,
        batch_dim_name: str | None = None,
        auto_shard_dataset: bool = True,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("device_mesh", None)  # as Keras once took it; the map has it
        if kwargs:
            raise ValueError(f"Unrecognized keyword arguments: {kwargs}")
        if layout_map is None:
            raise ValueError("You must specify a layout_map argument.")
        if not isinstance(layout_map, LayoutMap):
            raise ValueError(f"Argument `layout_map` must be a `LayoutMap` instance. Received: layout_map={layout_map}")
        mesh = layout_map.device_mesh
        super().__init__(mesh, batch_dim_name or mesh.axis_names[0], auto_shard_dataset)
        self._layout_map = layout_map

    def get_variable_layout(self, variable: Any) -> Any:
        own = getattr(variable, "_layout", None)
        if isinstance(own, TensorLayout):
            return own
        found = self._layout_map[variable.path]
        return found if found is not None else TensorLayout([None] * len(variable.shape), self._device_mesh)

    def get_tensor_layout(self, path: str) -> Any:
        return self._layout_map[path]

    def lay_out(self, model: Any) -> None:
        if _ranks.world_size() == 1:
            return
        mesh = self._device_mesh.backend_mesh
        axis = str(self._batch_dim_name)
        _ranks.divide(self.num_model_replicas, self.data_shard_id, mesh.get_group(axis) if mesh.ndim > 1 else None)
        split = [
            (variable, layout)
            for variable in model.weights
            if _can_be_split(variable) and self._splits(layout := self.get_variable_layout(variable))
        ]
        if split:
            self._check(model)
        for variable, layout in split:
            split_weight(variable, layout, axis)
        if split:
            model.__dict__["_train_function"] = model.__dict__["_test_function"] = None

    def _splits(self, layout: TensorLayout) -> bool:
        sizes = dict(zip(self._device_mesh.axis_names, self._device_mesh.shape))
        return any(axis is not None and sizes[axis] > 1 for axis in layout.axes)

    def _check(self, model: Any) -> None:
        optimizer = getattr(model, "optimizer", None)
        if optimizer is None:
            return
        if optimizer.built:
            raise ValueError(
                f'Model "{model.name}": expected an optimizer that has not trained yet, for its slots are split with '
                "the weights. Call `compile` again after `set_distribution`."
            )
        if optimizer.clipnorm or optimizer.global_clipnorm:
            raise ValueError(
                "ModelParallel: `clipnorm` and `global_clipnorm` need whole gradients, and each rank has its part of "
                "them. Use `clipvalue`."
            )
        if isinstance(optimizer, _WHOLE):
            raise ValueError(
                f"ModelParallel: {type(optimizer).__name__} looks at whole gradients, and each rank has its part of "
                "them. Use an optimizer that works number by number, such as Adam."
            )


def _can_be_split(variable: Any) -> bool:
    owner, name = variable._owner, variable._attribute
    return owner is not None and owner._parameters.get(name) is not None and variable.ndim == len(variable.shape)


def distribution() -> Any:
    """The distribution in force, or None."""
    return _ranks.distribution


def set_distribution(value: Any) -> None:
    """Put a distribution in force for the trainings to come; None puts an end to it."""
    if value is not None and not isinstance(value, Distribution):
        raise ValueError(f"`value`: expected a DataParallel, a ModelParallel or None, got {brief(value)}.")
    if value is not None and value.device_mesh.devices.size > 1 and _ranks.world_size() == 1:
        warnings.warn(
            f"{value!r} has {value.device_mesh.devices.size} devices, but this is a single process, which trains on "
            f"one. Start it with `torchrun --nproc-per-node {value.device_mesh.devices.size}`.",
            stacklevel=2,
        )
    _ranks.divide(_ranks.world_size(), _ranks.rank(), None)
    _ranks.distribution = value

"""The event files that TensorBoard reads, through torch's writer."""

import importlib
import os
import warnings
from collections.abc import Mapping
from typing import Any

import numpy as np


class TensorBoardFiles:
    """One writer for each of training and validation, made when something is written.

    Args:
        log_dir: the directory of both.
    """

    def __init__(self, log_dir: str) -> None:
        self.log_dir = log_dir
        self._writers: dict[str, Any] = {}

    def check(self) -> None:
        """Raise ImportError if the package ``tensorboard`` is missing."""
        _summary_writer()

    def writer(self, run: str) -> Any:
        """The ``SummaryWriter`` of ``"train"`` or ``"validation"``."""
        if run not in self._writers:
            self._writers[run] = _summary_writer()(os.path.join(self.log_dir, run))
        return self._writers[run]

    def scalars(self, run: str, values: Mapping[str, Any], step: int) -> None:
        """Write single numbers; what is none is left out."""
        for name, value in values.items():
            if not isinstance(value, str) and np.ndim(value) == 0:
                self.writer(run).add_scalar(name, float(value), step)

    def write_graph(self, model: Any) -> None:
        """Write the graph of layers, in the form that Keras gives it, where `model` can be written down."""
        if not hasattr(model, "to_json") or not getattr(model, "built", False):
            return
        try:
            text = model.to_json()
        except Exception as error:  # a layer of the user's without a config
            warnings.warn(f"TensorBoard: the graph is left out, as the model has no config: {error}", stacklevel=3)
            return
        self.writer("train")._get_file_writer().add_summary(_keras_graph(text), 0)

    def flush(self) -> None:
        """Let readers see what was written."""
        for writer in self._writers.values():
            writer.flush()

    def close(self) -> None:
        """End the files; more writing begins new ones."""
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def __deepcopy__(self, memo: Any) -> "TensorBoardFiles":
        return TensorBoardFiles(self.log_dir)


def _summary_writer() -> Any:
    try:
        return importlib.import_module("torch.utils.tensorboard").SummaryWriter  # it costs half a second
    except ImportError as error:
        raise ImportError(
            "TensorBoard: the package `tensorboard` is missing; install it with `pip install tensorboard`."
        ) from error


def _keras_graph(text: str) -> Any:
    """What TensorBoard's graph view takes for a model of Keras: its config, under the tag ``keras``."""
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.util.tensor_util import make_tensor_proto

    plugin = SummaryMetadata.PluginData(plugin_name="graph_keras_model", content=b"1")
    metadata = SummaryMetadata(plugin_data=plugin)
    return Summary(value=[Summary.Value(tag="keras", tensor=make_tensor_proto(text), metadata=metadata)])

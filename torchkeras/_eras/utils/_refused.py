"""What ``keras.utils`` had for TensorFlow's ends."""

from torchkeras._eras._marks import refused

__all__ = ["DatasetCreator", "H5Dict", "SidecarEvaluator", "StepsPerExecutionTuner", "TimedThread"]

_SERVERS = "it is for TensorFlow's parameter servers; start the script with `torchrun` and call `fit`"
DatasetCreator = refused("keras.utils.experimental.DatasetCreator", _SERVERS)
SidecarEvaluator = refused("keras.utils.SidecarEvaluator", _SERVERS)
H5Dict = refused("keras.utils.io_utils.H5Dict", "use h5py, or `keras.saving.KerasFileEditor` for files of models")
StepsPerExecutionTuner = refused(
    "keras.utils.StepsPerExecutionTuner", "set `steps_per_execution` in `compile`; the step itself is what takes time"
)
TimedThread = refused("keras.utils.TimedThread", "use `threading.Timer`")

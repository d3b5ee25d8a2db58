"""Callbacks: things to do at fixed points of training."""

from torchkeras.callbacks._backup_and_restore import BackupAndRestore as BackupAndRestore
from torchkeras.callbacks._callback import Callback as Callback
from torchkeras.callbacks._callback_list import CallbackList as CallbackList
from torchkeras.callbacks._csv_logger import CSVLogger as CSVLogger
from torchkeras.callbacks._early_stopping import EarlyStopping as EarlyStopping
from torchkeras.callbacks._history import History as History
from torchkeras.callbacks._lambda_callback import LambdaCallback as LambdaCallback
from torchkeras.callbacks._learning_rate import LearningRateScheduler as LearningRateScheduler
from torchkeras.callbacks._learning_rate import ReduceLROnPlateau as ReduceLROnPlateau
from torchkeras.callbacks._model_checkpoint import ModelCheckpoint as ModelCheckpoint
from torchkeras.callbacks._orbax_checkpoint import OrbaxCheckpoint as OrbaxCheckpoint
from torchkeras.callbacks._progbar_logger import ProgbarLogger as ProgbarLogger
from torchkeras.callbacks._remote_monitor import RemoteMonitor as RemoteMonitor
from torchkeras.callbacks._swap_ema_weights import SwapEMAWeights as SwapEMAWeights
from torchkeras.callbacks._tensorboard import TensorBoard as TensorBoard
from torchkeras.callbacks._terminate_on_nan import TerminateOnNaN as TerminateOnNaN

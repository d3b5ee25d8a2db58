"""Old keywords that the core itself takes, with or without eras: for those who read the table."""

from torchkeras.callbacks._tensorboard import DROPPED
from torchkeras.optimizers._legacy_arguments import DROPPED as OPTIMIZERS_DROPPED
from torchkeras.optimizers._legacy_arguments import RENAMED

_NONE = "has no effect any more"

OPTIMIZERS: dict[str, str] = {
    **{old: f"is now called `{new}=`" for old, new in RENAMED.items()},
    **{old: f"has no effect: {reason}" for old, reason in OPTIMIZERS_DROPPED.items()},
    "decay": "is now `learning_rate=optimizers.schedules.InverseTimeDecay(learning_rate, 1, decay)`",
}
CORE: dict[str, dict[str, str]] = {
    "ModelCheckpoint": {"period": "is Keras 2's: today `save_freq=` counts batches"},
    "TensorBoard": dict.fromkeys(DROPPED, _NONE),
    "ReduceLROnPlateau": {"epsilon": "is now called `min_delta=`"},
    "Embedding": {"input_length": "is now said by `keras.Input(shape=(length,))`"},
    "LeakyReLU": {"alpha": "is now called `negative_slope=`"},
    "LambdaCallback": {f"on_batch_{end}": f"is now called `on_train_batch_{end}=`" for end in ("begin", "end")},
}

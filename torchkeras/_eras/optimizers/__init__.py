"""What ``keras.optimizers`` had until Keras 2."""

from torchkeras import optimizers
from torchkeras._eras._marks import refused

# lower-case names of classes, some of which the core tells off itself; a module of that name is called as its class
__all__ = ["Optimizer", "OptimizerV2", "TFOptimizer", "adadelta", "adagrad", "adam", "adamax", "ftrl", "lion", "nadam"]
__all__ += ["rmsprop", "sgd"]

Optimizer = OptimizerV2 = optimizers.Optimizer
adadelta, adagrad, adam, adamax = optimizers.Adadelta, optimizers.Adagrad, optimizers.Adam, optimizers.Adamax
ftrl, lion, nadam, rmsprop = optimizers.Ftrl, optimizers.Lion, optimizers.Nadam, optimizers.RMSprop
sgd = optimizers.SGD

TFOptimizer = refused(
    "keras.optimizers.TFOptimizer", "optimizers of `tf.train` are TensorFlow's; use `keras.optimizers`"
)

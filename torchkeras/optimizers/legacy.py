"""``keras.optimizers.legacy``: the names of Keras 2.11's old optimizers, which are today's optimizers here."""

from torchkeras.optimizers._adagrad import Adagrad
from torchkeras.optimizers._adam import Adam
from torchkeras.optimizers._ftrl import Ftrl
from torchkeras.optimizers._optimizer import Optimizer
from torchkeras.optimizers._rmsprop import RMSprop
from torchkeras.optimizers._sgd import SGD

__all__ = ["SGD", "Adagrad", "Adam", "Ftrl", "Optimizer", "RMSprop"]

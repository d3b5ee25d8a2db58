# oracle: tf-keras
# A multilayer perceptron as the Keras 2 examples wrote it, on data of its own.
from __future__ import print_function

import keras
import numpy as np
from keras.datasets import mnist  # noqa: F401  # imported as everybody did, not loaded: there is no network here
from keras.layers import Dense, Dropout
from keras.models import Sequential
from keras.optimizers import RMSprop

batch_size = 20
num_classes = 4
epochs = 3

rng = np.random.RandomState(0)
x_train = rng.rand(200, 16).astype("float32")
y_train = (x_train[:, :4].argmax(axis=1)).astype("int64")
x_test, y_test = x_train[:40], y_train[:40]
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

model = Sequential()
model.add(Dense(32, activation="relu", input_shape=(16,), kernel_initializer="ones"))
model.add(Dropout(0.0))
model.add(Dense(num_classes, activation="softmax", kernel_initializer="zeros"))
model.summary()

model.compile(loss="categorical_crossentropy", optimizer=RMSprop(), metrics=["accuracy"])
history = model.fit(
    x_train, y_train, batch_size=batch_size, epochs=epochs, verbose=1, validation_data=(x_test, y_test), shuffle=False
)
score = model.evaluate(x_test, y_test, verbose=0)
print("Test loss:", score[0])
print("Test accuracy:", score[1])
print("= keys", sorted(history.history))
print("= epochs", len(history.epoch))
print("= params", model.count_params())
print("= loss %.5f" % score[0])

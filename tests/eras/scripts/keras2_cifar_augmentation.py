# oracle: tf-keras
# The CIFAR-10 example of Keras 2 on data of its own: fit for feature-wise statistics, flow, a schedule.
from __future__ import print_function

import keras
import numpy as np
from keras.callbacks import LearningRateScheduler
from keras.layers import Activation, Conv2D, Dense, Dropout, Flatten, MaxPooling2D
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator

batch_size = 8
num_classes = 4
epochs = 2
data_augmentation = True

rng = np.random.RandomState(0)
x_train = rng.randint(0, 255, (32, 8, 8, 3)).astype('uint8')
y_train = rng.randint(0, num_classes, (32, 1))
x_test, y_test = x_train[:16], y_train[:16]
y_train = keras.utils.to_categorical(y_train, num_classes)
y_test = keras.utils.to_categorical(y_test, num_classes)

model = Sequential()
model.add(Conv2D(4, (3, 3), padding='same', input_shape=x_train.shape[1:]))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.0))
model.add(Flatten())
model.add(Dense(num_classes))
model.add(Activation('softmax'))
model.set_weights([0.1 * rng.randn(*w.shape) for w in model.get_weights()])
opt = keras.optimizers.SGD(lr=0.01, momentum=0.9)
model.compile(loss='categorical_crossentropy', optimizer=opt, metrics=['accuracy'])

x_train = x_train.astype('float32')
x_test = x_test.astype('float32')
x_train /= 255
x_test /= 255

datagen = ImageDataGenerator(
    featurewise_center=True,
    samplewise_center=False,
    featurewise_std_normalization=True,
    samplewise_std_normalization=False,
    zca_whitening=False,
    zca_epsilon=1e-06,
    rotation_range=10,
    width_shift_range=0.1,
    height_shift_range=0.1,
    shear_range=0.,
    zoom_range=0.,
    channel_shift_range=0.,
    fill_mode='nearest',
    cval=0.,
    horizontal_flip=True,
    vertical_flip=False,
    rescale=None,
    preprocessing_function=None,
    data_format=None,
    validation_split=0.0)
datagen.fit(x_train)
print("= mean", np.round(datagen.mean.ravel(), 4).tolist(), np.round(datagen.std.ravel(), 4).tolist())
annealer = LearningRateScheduler(lambda epoch: 0.01 * 0.9 ** epoch)
history = model.fit_generator(datagen.flow(x_train, y_train, batch_size=batch_size),
                              epochs=epochs, steps_per_epoch=x_train.shape[0] // batch_size,
                              validation_data=(x_test, y_test), callbacks=[annealer], workers=4)
print("= keys", [key for key in sorted(history.history) if key.startswith(('acc', 'loss', 'val_'))])
print("= rates", " ".join("%.4f" % v for v in history.history['lr']))

x_val = x_test.copy()
for i in range(len(x_val)):
    x_val[i] = datagen.standardize(x_val[i])
model.set_weights([0.1 * rng.randn(*w.shape) for w in model.get_weights()])
scores = model.evaluate(x_val, y_test, verbose=1)
print("= scores %.4f %.4f" % tuple(scores))
iterator = datagen.flow(x_train, y_train, batch_size=6, seed=11)
for _ in range(7):
    x_batch, y_batch = iterator.next()
print("= batch", x_batch.shape, y_batch.argmax(axis=1).tolist(), "%.4f" % np.abs(x_batch).mean())
whitening = ImageDataGenerator(zca_whitening=True, zca_epsilon=0.1)
whitening.fit(x_train)
print("= white %.4f" % np.abs(next(whitening.flow(x_train, shuffle=False))).mean())

losses = []
model.compile(loss='categorical_crossentropy', optimizer='sgd', metrics=['accuracy'])
for e in range(2):
    batches = 0
    for x_batch, y_batch in ImageDataGenerator(vertical_flip=True).flow(x_train, y_train, batch_size=16, seed=e):
        losses.append(model.train_on_batch(x_batch, y_batch)[0])
        batches += 1
        if batches >= len(x_train) / 16:
            break
print("= by hand", " ".join("%.4f" % v for v in losses))

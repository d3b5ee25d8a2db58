# oracle: none - Keras 1
# The CIFAR-10 example of Keras 1: channels first, Convolution2D, flow, nb_epoch and samples_per_epoch.
from __future__ import print_function

import numpy as np
from keras import backend as K
from keras.layers.convolutional import Convolution2D, MaxPooling2D
from keras.layers.core import Activation, Dense, Dropout, Flatten
from keras.models import Sequential
from keras.optimizers import SGD
from keras.preprocessing.image import ImageDataGenerator, img_to_array, array_to_img, load_img
from keras.preprocessing.text import Tokenizer, base_filter
from keras.utils import np_utils

batch_size = 8
nb_classes = 3
nb_epoch = 2
img_rows, img_cols = 8, 8
img_channels = 3
K.set_image_dim_ordering('th')

rng = np.random.RandomState(0)
X_train = rng.rand(24, img_channels, img_rows, img_cols).astype('float32')
y_train = rng.randint(0, nb_classes, (24, 1))
Y_train = np_utils.to_categorical(y_train, nb_classes)
X_test, Y_test = X_train[:8], Y_train[:8]

model = Sequential()
model.add(Convolution2D(4, 3, 3, border_mode='same', input_shape=(img_channels, img_rows, img_cols)))
model.add(Activation('relu'))
model.add(Convolution2D(4, 3, 3))
model.add(Activation('relu'))
model.add(MaxPooling2D(pool_size=(2, 2)))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(16))
model.add(Activation('relu'))
model.add(Dense(nb_classes))
model.add(Activation('softmax'))
sgd = SGD(lr=0.01, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])
print("= shape", model.output_shape, model.layers[4].output_shape)

datagen = ImageDataGenerator(
    featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,
    samplewise_std_normalization=False, zca_whitening=False, rotation_range=0, width_shift_range=0.1,
    height_shift_range=0.1, horizontal_flip=True, vertical_flip=False, dim_ordering='th')
datagen.fit(X_train)
history = model.fit_generator(datagen.flow(X_train, Y_train, batch_size=batch_size),
                              samples_per_epoch=X_train.shape[0],
                              nb_epoch=nb_epoch,
                              validation_data=(X_test, Y_test))
print("= history", sorted(history.history), len(history.history['acc']))
score = model.evaluate(X_test, Y_test, batch_size=batch_size, show_accuracy=True, verbose=0)
print("= score", len(score), model.metrics_names)
proba = model.predict_proba(X_test, batch_size=4, verbose=0)
classes = model.predict_classes(X_test, verbose=0)
print("= classes", proba.shape, bool((np_utils.categorical_probas_to_classes(proba) == classes).all()))

array_to_img(X_test[0], dim_ordering='th').save('a.png')
gray = img_to_array(load_img('a.png', grayscale=True, target_size=(4, 6)), dim_ordering='tf')
print("= gray", gray.shape, img_to_array(load_img('a.png')).shape)
tokenizer = Tokenizer(nb_words=10, filters=base_filter(), lower=True, split=" ")
tokenizer.fit_on_texts(["it's a cat", "a dog, a cat"])
print("= tokens", tokenizer.texts_to_sequences(["a cat it's"]))
K.set_image_dim_ordering('tf')

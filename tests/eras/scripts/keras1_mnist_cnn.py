# oracle: none - Keras 1, which no Python of today runs
# A convolutional net on digits as the examples of 2016 had it, on small pictures of its own.
from __future__ import print_function
import numpy as np
np.random.seed(1337)  # for reproducibility

from keras.models import Sequential
from keras.layers.core import Dense, Dropout, Activation, Flatten
from keras.layers.convolutional import Convolution2D, MaxPooling2D, ZeroPadding2D
from keras.layers.normalization import BatchNormalization
from keras.regularizers import l2, activity_l2
from keras.constraints import maxnorm
from keras.optimizers import SGD
from keras.utils import np_utils
from keras import backend as K

batch_size = 16
nb_classes = 4
nb_epoch = 6
img_rows, img_cols = 12, 12
nb_filters = 8
pool_size = (2, 2)
kernel_size = (3, 3)

# a bright square in one of the four corners
labels = np.random.randint(0, nb_classes, 160)
X = np.random.rand(160, img_rows, img_cols) * 0.2
for image, label in zip(X, labels):
    row, col = 6 * (label // 2), 6 * (label % 2)
    image[row + 1:row + 5, col + 1:col + 5] += 0.8
X_train, X_test = X[:120], X[120:]
y_train, y_test = labels[:120], labels[120:]

if K.image_dim_ordering() == 'th':
    X_train = X_train.reshape(X_train.shape[0], 1, img_rows, img_cols)
    X_test = X_test.reshape(X_test.shape[0], 1, img_rows, img_cols)
    input_shape = (1, img_rows, img_cols)
else:
    X_train = X_train.reshape(X_train.shape[0], img_rows, img_cols, 1)
    X_test = X_test.reshape(X_test.shape[0], img_rows, img_cols, 1)
    input_shape = (img_rows, img_cols, 1)
X_train = X_train.astype('float32')
X_test = X_test.astype('float32')
print('X_train shape:', X_train.shape)

Y_train = np_utils.to_categorical(y_train, nb_classes)
Y_test = np_utils.to_categorical(y_test, nb_classes)

model = Sequential()
model.add(Convolution2D(nb_filters, kernel_size[0], kernel_size[1],
                        border_mode='valid',
                        input_shape=input_shape))
model.add(Activation('relu'))
model.add(ZeroPadding2D((1, 1)))
model.add(Convolution2D(nb_filters, 3, 3, border_mode='same', subsample=(1, 1), init='he_normal',
                        activation='relu', W_regularizer=l2(0.0001), W_constraint=maxnorm(3)))
model.add(BatchNormalization(mode=0, axis=-1 if K.image_dim_ordering() == 'tf' else 1))
model.add(MaxPooling2D(pool_size=pool_size, strides=(2, 2), border_mode='valid'))
model.add(Dropout(0.25))
model.add(Flatten())
model.add(Dense(16, init='uniform', activation='relu', b_regularizer=l2(0.0001)))
model.add(Dropout(0.1))
model.add(Dense(output_dim=nb_classes, input_dim=16, init='glorot_uniform', activity_regularizer=activity_l2(0.0001)))
model.add(Activation('softmax'))

sgd = SGD(lr=0.03, decay=1e-6, momentum=0.9, nesterov=True)
model.compile(loss='categorical_crossentropy', optimizer=sgd, metrics=['accuracy'])
for layer in model.layers:
    print('=', layer.__class__.__name__, layer.output_shape)
print('= params', model.count_params())

hist = model.fit(X_train, Y_train, batch_size=batch_size, nb_epoch=nb_epoch,
                 verbose=1, validation_data=(X_test, Y_test), show_accuracy=True)
score = model.evaluate(X_test, Y_test, verbose=0, show_accuracy=True)
print('Test score:', score[0])
print('Test accuracy:', score[1])
print('= epochs', hist.epoch, len(hist.history['acc']), len(hist.history['val_acc']))
print('= learnt', score[1] > 0.5)

classes = model.predict_classes(X_test, batch_size=32)
proba = model.predict_proba(X_test, batch_size=32)
print('= classes', classes.shape, (classes == proba.argmax(axis=1)).all(), np.allclose(proba.sum(axis=1), 1, atol=1e-5))

json_string = model.to_json()
model.save_weights('my_model_weights.h5', overwrite=True)
from keras.models import model_from_json
again = model_from_json(json_string)
again.load_weights('my_model_weights.h5')
print('= same', np.allclose(again.predict(X_test), model.predict(X_test), atol=1e-5))

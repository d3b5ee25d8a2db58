# oracle: none - Keras 1, which no Python of today runs
# Pictures that are changed while they are loaded, counted in samples, with callbacks of the time.
from __future__ import print_function, absolute_import
import numpy as np
np.random.seed(1337)

import keras
from keras.preprocessing.image import ImageDataGenerator
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Flatten, Convolution2D, MaxPooling2D, AveragePooling2D
from keras.layers import GlobalAveragePooling2D, UpSampling2D, Cropping2D, SeparableConvolution2D, AtrousConvolution2D
from keras.layers.advanced_activations import LeakyReLU, PReLU, ELU, ThresholdedReLU, ParametricSoftplus, SReLU
from keras.layers.noise import GaussianNoise, GaussianDropout
from keras.callbacks import LearningRateScheduler, ReduceLROnPlateau, History, BaseLogger, LambdaCallback
from keras.utils.np_utils import to_categorical
from keras import backend as K
K.set_image_dim_ordering('th')

nb_classes, nb_train = 3, 60
labels = np.arange(nb_train) % nb_classes
X_train = np.random.rand(nb_train, 3, 16, 16).astype('float32') * 0.3
for image, label in zip(X_train, labels):
    image[label] += 0.6
Y_train = to_categorical(labels, nb_classes)

model = Sequential()
model.add(Convolution2D(8, 3, 3, border_mode='same', input_shape=X_train.shape[1:], dim_ordering='th'))
model.add(LeakyReLU(alpha=0.3))
model.add(AtrousConvolution2D(8, 3, 3, atrous_rate=(2, 2), border_mode='same'))
model.add(PReLU())
model.add(MaxPooling2D(pool_size=(2, 2), dim_ordering='th'))
model.add(Convolution2D(nb_filter=6, nb_row=3, nb_col=1, subsample=(1, 1)))
model.add(ELU(alpha=0.5))
model.add(GaussianNoise(sigma=0.01))
model.add(GaussianDropout(p=0.01))
model.add(AveragePooling2D((2, 2)))
model.add(Flatten())
model.add(Dense(nb_classes))
model.add(Activation('softmax'))
print('= shapes', [layer.output_shape for layer in model.layers if hasattr(layer, 'nb_filter')])
print('= order', model.layers[0].dim_ordering, model.output_shape, model.count_params())

datagen = ImageDataGenerator(
    featurewise_center=False, samplewise_center=False, featurewise_std_normalization=False,
    samplewise_std_normalization=False, zca_whitening=False, rotation_range=10, width_shift_range=0.1,
    height_shift_range=0.1, horizontal_flip=True, vertical_flip=False)
datagen.fit(X_train)


def step_decay(epoch):
    return 0.01 * 0.5 ** epoch


class Watch(keras.callbacks.Callback):
    def on_train_begin(self, logs={}):
        self.rates, self.params_seen = [], (self.params['nb_epoch'], sorted(self.params['metrics']))

    def on_epoch_end(self, epoch, logs={}):
        self.rates.append(float(self.model.optimizer.lr.get_value()))
        self.model.optimizer.lr.set_value(0.005)


model.compile(loss='categorical_crossentropy', optimizer=keras.optimizers.Adam(lr=0.01), metrics=['accuracy'])
watch, ticks = Watch(), []
hist = model.fit_generator(datagen.flow(X_train, Y_train, batch_size=20), samples_per_epoch=X_train.shape[0], nb_epoch=3,
                           validation_data=(X_train, Y_train), nb_val_samples=X_train.shape[0], nb_worker=1, max_q_size=4,
                           callbacks=[LearningRateScheduler(step_decay), watch, BaseLogger(),
                                      LambdaCallback(on_batch_end=lambda batch, logs: ticks.append(batch))])
print('= rates', ['%.4f' % rate for rate in watch.rates], watch.params_seen)
print('= batches', len(ticks), len(hist.history['val_acc']))


def endless():
    while 1:
        for i in range(0, 60, 15):
            yield X_train[i:i + 15], Y_train[i:i + 15]


hist = model.fit_generator(endless(), samples_per_epoch=60, nb_epoch=8, verbose=2, validation_data=endless(), nb_val_samples=30)
score = model.evaluate_generator(endless(), val_samples=60)
proba = model.predict_generator(endless(), val_samples=60)
print('= learnt', score[1] > 0.9, proba.shape)
print('= epochs', hist.epoch)

shapes = []
for layer in (ThresholdedReLU(theta=0.5), ParametricSoftplus(), SReLU(), UpSampling2D((2, 2)), Cropping2D(((1, 1), (2, 2))),
              SeparableConvolution2D(4, 3, 3, depth_multiplier=2), GlobalAveragePooling2D()):
    tail = Sequential([Convolution2D(2, 3, 3, input_shape=(3, 16, 16)), layer])
    shapes.append(tail.predict(X_train[:2]).shape)
print('= others', shapes)
K.set_image_dim_ordering('tf')

# oracle: tf-keras
# Callbacks, checkpoints and learning rates as they were written in 2017 and 2018.
import glob

import keras.backend as K
import numpy as np
from keras.callbacks import (Callback, CSVLogger, EarlyStopping, LambdaCallback, LearningRateScheduler,
                             ModelCheckpoint, ReduceLROnPlateau)
from keras.layers import Activation, Dense
from keras.models import Sequential, load_model, model_from_json
from keras.optimizers import SGD


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []
        self.rates = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

    def on_epoch_end(self, epoch, logs={}):
        self.rates.append(float(K.get_value(self.model.optimizer.lr)))


def step_decay(epoch):
    initial = 0.1
    return initial * (0.5 ** epoch)


rng = np.random.RandomState(3)
X = rng.rand(60, 4)
Y = np.eye(3)[np.argmax(X[:, :3], axis=1)]

model = Sequential()
model.add(Dense(8, input_dim=4, kernel_initializer='ones'))
model.add(Activation('relu'))
model.add(Dense(3, kernel_initializer='zeros'))
model.add(Activation('softmax'))
model.compile(loss='categorical_crossentropy', optimizer=SGD(lr=0.01, momentum=0.9, nesterov=True), metrics=['acc'])

history = LossHistory()
filepath = "weights-{epoch:02d}.hdf5"
checkpoint = ModelCheckpoint(filepath, monitor='val_acc', verbose=1, save_best_only=False, mode='max')
best = ModelCheckpoint('best.h5', monitor='val_loss', save_best_only=True, save_weights_only=True)
callbacks_list = [history, checkpoint, best, LearningRateScheduler(step_decay), CSVLogger('log.csv'),
                  EarlyStopping(monitor='val_loss', patience=10), ReduceLROnPlateau(monitor='val_loss', patience=9),
                  LambdaCallback(on_epoch_end=lambda epoch, logs: print('epoch', epoch, sorted(logs)))]
fitted = model.fit(X, Y, validation_split=0.25, epochs=3, batch_size=9, callbacks=callbacks_list, verbose=0,
                   shuffle=False)

print("= keys", [key for key in sorted(fitted.history) if key not in ('lr', 'learning_rate')])
print("= batches", len(history.losses))
print("= rates", " ".join("%.4f" % rate for rate in history.rates))
print("= losses", " ".join("%.4f" % loss for loss in fitted.history['loss']))
print("= val_acc", " ".join("%.4f" % value for value in fitted.history['val_acc']))
print("= files", sorted(glob.glob('*.hdf5')), len(open('log.csv').readlines()))

again = load_model('weights-03.hdf5')
print("= the same outputs", np.allclose(again.predict(X), model.predict(X), atol=1e-6))
with open("model.json", "w") as json_file:
    json_file.write(model.to_json())
with open("model.json") as json_file:
    loaded = model_from_json(json_file.read())
loaded.load_weights("best.h5")
loaded.compile(loss='categorical_crossentropy', optimizer='rmsprop', metrics=['accuracy'])
score = loaded.evaluate(X, Y, verbose=0)
print("%s: %.2f%%" % (loaded.metrics_names[1], score[1] * 100))
print("= score %s %.4f" % (loaded.metrics_names[1], score[0]))

# oracle: tf-keras
# A Sequence of one's own with two inputs, as kernels of 2018 wrote it: loaded by workers, shuffled each epoch.
import math

import numpy as np
from keras.layers import Concatenate, Conv2D, Dense, GlobalAveragePooling2D, Input
from keras.models import Model
from keras.optimizers import Adam
from keras.utils import Sequence


class DataGenerator(Sequence):
    'Generates data for Keras'

    def __init__(self, list_IDs, labels, batch_size=32, dim=(8, 8), n_channels=1, n_classes=10, shuffle=True):
        self.dim = dim
        self.batch_size = batch_size
        self.labels = labels
        self.list_IDs = list_IDs
        self.n_channels = n_channels
        self.n_classes = n_classes
        self.shuffle = shuffle
        self.epochs_seen = 0
        self.on_epoch_end()

    def __len__(self):
        'Denotes the number of batches per epoch'
        return int(math.ceil(len(self.list_IDs) / float(self.batch_size)))

    def __getitem__(self, index):
        'Generate one batch of data'
        indexes = self.indexes[index * self.batch_size:(index + 1) * self.batch_size]
        list_IDs_temp = [self.list_IDs[k] for k in indexes]
        images = np.empty((len(list_IDs_temp),) + self.dim + (self.n_channels,))
        meta = np.empty((len(list_IDs_temp), 2))
        y = np.empty((len(list_IDs_temp)), dtype=int)
        for i, ID in enumerate(list_IDs_temp):
            images[i] = np.random.RandomState(ID).rand(*(self.dim + (self.n_channels,)))
            meta[i] = [ID % 3, ID % 5]
            y[i] = self.labels[ID]
        return [images, meta], np.eye(self.n_classes)[y]

    def on_epoch_end(self):
        'Updates indexes after each epoch'
        self.epochs_seen += 1
        self.indexes = np.arange(len(self.list_IDs))
        if self.shuffle:
            np.random.shuffle(self.indexes)


params = {'dim': (8, 8), 'batch_size': 6, 'n_classes': 3, 'n_channels': 2, 'shuffle': False}
labels = {i: i % 3 for i in range(40)}
training_generator = DataGenerator(list(range(30)), labels, **params)
validation_generator = DataGenerator(list(range(30, 40)), labels, **params)

image_input = Input(shape=(8, 8, 2), name='image')
meta_input = Input(shape=(2,), name='meta')
x = Conv2D(4, 3, activation='relu', name='conv')(image_input)
x = GlobalAveragePooling2D()(x)
x = Concatenate()([x, meta_input])
out = Dense(3, activation='softmax', name='out')(x)
model = Model(inputs=[image_input, meta_input], outputs=out)
rng = np.random.RandomState(0)
model.set_weights([0.3 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(optimizer=Adam(lr=1e-3), loss='categorical_crossentropy', metrics=['categorical_accuracy'])

history = model.fit_generator(generator=training_generator,
                              validation_data=validation_generator,
                              epochs=3,
                              shuffle=False,
                              use_multiprocessing=False,
                              workers=2, max_queue_size=4, verbose=2)
print("= keys", sorted(history.history))
print("= loss", " ".join("%.4f" % v for v in history.history['loss'] + history.history['val_loss']))
print("= lengths", len(training_generator), len(validation_generator), training_generator.epochs_seen > 1)
scores = model.evaluate_generator(validation_generator)
print("= scores", dict(zip(model.metrics_names, ["%.4f" % s for s in scores])))
predicted = model.predict_generator(validation_generator)
print("= predicted", predicted.shape, "%.4f" % predicted[:, 0].sum())
batch = training_generator[0]
print("= by hand", "%.4f" % model.train_on_batch(batch[0], batch[1])[0])
print("= named", "%.4f" % model.predict({'image': batch[0][0], 'meta': batch[0][1]})[0, 0])

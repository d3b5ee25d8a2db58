# oracle: none - Keras 1, which no Python of today runs
# Words to a sentiment with an LSTM, in the idiom of 2016, on sentences of its own.
from __future__ import print_function
import numpy as np
np.random.seed(1337)

from keras.preprocessing import sequence
from keras.preprocessing.text import Tokenizer
from keras.models import Sequential
from keras.layers import Dense, Dropout, Activation, Embedding
from keras.layers import LSTM, SimpleRNN, GRU, Convolution1D, MaxPooling1D
from keras.layers.recurrent import LSTM as Memory
from keras.callbacks import Callback, EarlyStopping, ModelCheckpoint
import keras.objectives

max_features = 40
maxlen = 12
batch_size = 16

good = 'good great fine lovely bright warm'.split()
bad = 'bad awful poor ugly dark cold'.split()
rest = 'the film was a story of some people in town'.split()
texts, y = [], []
for i in range(120):
    mood = good if i % 2 else bad
    words = list(np.random.choice(rest, 6)) + list(np.random.choice(mood, 3))
    np.random.shuffle(words)
    texts.append(' '.join(words))
    y.append(i % 2)
y = np.array(y)

tokenizer = Tokenizer(nb_words=max_features)
tokenizer.fit_on_texts(texts)
X = tokenizer.texts_to_sequences(texts)
X = sequence.pad_sequences(X, maxlen=maxlen)
print('= X', X.shape, X.dtype)
X_train, X_test, y_train, y_test = X[:90], X[90:], y[:90], y[90:]

print('Build model...')
model = Sequential()
model.add(Embedding(max_features, 8, input_length=maxlen, dropout=0.1, init='uniform'))
model.add(Convolution1D(nb_filter=8, filter_length=3, border_mode='same', activation='relu', subsample_length=1))
model.add(MaxPooling1D(pool_length=2))
model.add(LSTM(8, dropout_W=0.1, dropout_U=0.1, inner_activation='hard_sigmoid', forget_bias_init='one',
               consume_less='gpu'))
model.add(Dense(1))
model.add(Activation('sigmoid'))


class LossHistory(Callback):
    def on_train_begin(self, logs={}):
        self.losses = []
        self.seen = []

    def on_batch_end(self, batch, logs={}):
        self.losses.append(logs.get('loss'))

    def on_epoch_end(self, epoch, logs={}):
        self.seen.append(sorted(logs.keys()))


model.compile(loss='binary_crossentropy', optimizer='rmsprop', metrics=['accuracy'], class_mode='binary')
history = LossHistory()
kept = ModelCheckpoint(filepath='weights.{epoch:02d}-{val_loss:.2f}.hdf5', verbose=0, save_best_only=True)
model.fit(X_train, y_train, batch_size=batch_size, nb_epoch=8, validation_data=(X_test, y_test), verbose=2,
          callbacks=[history, EarlyStopping(monitor='val_loss', patience=8), kept], shuffle=True)
print('= losses', len(history.losses), all(np.isfinite(history.losses)))
print('= keys', history.seen[0])
score, acc = model.evaluate(X_test, y_test, batch_size=batch_size)
print('Test score:', score)
print('Test accuracy:', acc)
print('= falls', np.mean(history.losses[-6:]) < np.mean(history.losses[:6]))

for RNN in (SimpleRNN, GRU, Memory):
    small = Sequential()
    small.add(Embedding(input_dim=max_features, output_dim=4, input_length=maxlen, mask_zero=True))
    small.add(RNN(output_dim=5, init='glorot_uniform', inner_init='orthogonal', return_sequences=True))
    small.add(RNN(3, go_backwards=True))
    small.add(Dropout(p=0.5))
    small.add(Dense(1, activation='sigmoid'))
    small.compile(optimizer='adagrad', loss=keras.objectives.binary_crossentropy)
    loss = small.train_on_batch(X_train[:16], y_train[:16])
    print('=', RNN.__name__, small.predict_classes(X_test).shape, small.layers[0].output_shape, bool(np.isfinite(loss)))
import glob
print('= kept', len(glob.glob('weights.*.hdf5')) > 0)

# oracle: none - Keras 1, which no Python of today runs
# Sequence to sequence: sums of small numbers, written as text; steps with their own Dense, in three spellings.
from __future__ import print_function
from keras.models import Sequential
from keras.engine.training import slice_X
from keras.layers import Activation, TimeDistributed, Dense, RepeatVector, recurrent, Masking
from keras.layers.core import TimeDistributedDense
from keras.layers.wrappers import Bidirectional
import numpy as np

np.random.seed(2)


class CharacterTable(object):
    def __init__(self, chars, maxlen):
        self.chars = sorted(set(chars))
        self.char_indices = dict((c, i) for i, c in enumerate(self.chars))
        self.indices_char = dict((i, c) for i, c in enumerate(self.chars))
        self.maxlen = maxlen

    def encode(self, C, maxlen=None):
        maxlen = maxlen if maxlen else self.maxlen
        X = np.zeros((maxlen, len(self.chars)))
        for i, c in enumerate(C):
            X[i, self.char_indices[c]] = 1
        return X

    def decode(self, X, calc_argmax=True):
        if calc_argmax:
            X = X.argmax(axis=-1)
        return ''.join(self.indices_char[x] for x in X)


DIGITS, MAXLEN = 1, 3
RNN = recurrent.LSTM
HIDDEN_SIZE = 24
chars = '0123456789+ '
ctable = CharacterTable(chars, MAXLEN)
questions = ['%d+%d' % (a, b) for a in range(10) for b in range(10)]
answers = [str(eval(q)).ljust(DIGITS + 1) for q in questions]
X = np.zeros((len(questions), MAXLEN, len(chars)), dtype=bool)
y = np.zeros((len(questions), DIGITS + 1, len(chars)), dtype=bool)
for i, sentence in enumerate(questions):
    X[i] = ctable.encode(sentence, maxlen=MAXLEN)
for i, sentence in enumerate(answers):
    y[i] = ctable.encode(sentence, maxlen=DIGITS + 1)
indices = np.arange(len(y))
np.random.shuffle(indices)
X, y = X[indices], y[indices]
split_at = len(X) - len(X) // 10
(X_train, X_val) = (slice_X(X, 0, split_at), slice_X(X, split_at))
(y_train, y_val) = (y[:split_at], y[split_at:])
print('= data', X_train.shape, y_train.shape, X_val.shape)


def build(head):
    model = Sequential()
    model.add(RNN(HIDDEN_SIZE, input_shape=(MAXLEN, len(chars))))
    model.add(RepeatVector(DIGITS + 1))
    model.add(RNN(HIDDEN_SIZE, return_sequences=True, consume_less='mem', unroll=False))
    model.add(head)
    model.add(Activation('softmax'))
    model.compile(loss='categorical_crossentropy', optimizer='adam', metrics=['accuracy'])
    return model


for head in (TimeDistributed(Dense(len(chars))), TimeDistributedDense(len(chars)), Dense(len(chars))):
    model = build(head)
    print('= model', model.output_shape, model.count_params())
first = None
for iteration in range(1, 3):
    hist = model.fit(X_train, y_train, batch_size=16, nb_epoch=3, validation_data=(X_val, y_val), verbose=0)
    first = first or hist.history['loss'][0]
print('= falls', hist.history['loss'][-1] < first)
ind = np.random.randint(0, len(X_val))
rowX, rowy = X_val[np.array([ind])], y_val[np.array([ind])]
preds = model.predict_classes(rowX, verbose=0)
guess = ctable.decode(preds[0], calc_argmax=False)
print('= guess', preds.shape, len(guess), len(ctable.decode(rowy[0])))

both = Sequential()
both.add(Masking(mask_value=0., input_shape=(MAXLEN, len(chars))))
both.add(Bidirectional(recurrent.GRU(6, return_sequences=True), merge_mode='sum'))
both.add(Bidirectional(RNN(4)))
both.add(Dense(2))
print('= both', [layer.output_shape for layer in both.layers], both.predict(X_val).shape)

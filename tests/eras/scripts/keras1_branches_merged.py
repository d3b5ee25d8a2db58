# oracle: none - Keras 1, which no Python of today runs
# Two branches joined in every way that Keras 1 had: the Merge layer in stacks, the merge function in graphs.
from __future__ import print_function
import numpy as np
np.random.seed(7)

from keras.models import Sequential, Model
from keras.layers import Input, Dense, Activation, Merge, merge, Lambda, Flatten, Reshape, Embedding, Permute, RepeatVector
from keras.layers import Highway, MaxoutDense
from keras.engine.topology import Merge as EngineMerge
from keras.objectives import mean_squared_error, get
from keras.optimizers import RMSprop, Adagrad, adam
from keras import backend as K

X1 = np.random.random((64, 6)).astype('float32')
X2 = np.random.random((64, 4)).astype('float32')
y = (X1.sum(axis=1) > X2.sum(axis=1) * 1.5).astype('float32')

left_branch = Sequential()
left_branch.add(Dense(5, input_dim=6))
right_branch = Sequential()
right_branch.add(Dense(5, input_dim=4))
merged = Merge([left_branch, right_branch], mode='concat')
final_model = Sequential()
final_model.add(merged)
final_model.add(Dense(1, activation='sigmoid'))
final_model.compile(optimizer=RMSprop(lr=0.01, rho=0.9, epsilon=1e-06), loss='binary_crossentropy')
final_model.fit([X1, X2], y, nb_epoch=2, batch_size=8, verbose=0)
print('= stack', final_model.output_shape, final_model.count_params(), final_model.predict([X1, X2]).shape)

for mode in ('sum', 'mul', 'ave', 'max', 'dot', 'cos'):
    model = Sequential()
    model.add(EngineMerge([Sequential([Dense(3, input_dim=6)]), Sequential([Dense(3, input_dim=4)])], mode=mode))
    model.add(Activation('linear'))
    print('= stack', mode, model.output_shape, model.predict([X1, X2]).shape)

# graphs, with weights that make the results exact
a = Input(shape=(6,), name='left')
b = Input(batch_shape=(None, 4), name='right')
ones = Dense(3, init='one', bias=False)
first = ones(a)
second = Dense(3, init='one', bias=False, name='second')(b)
sums = X1.sum(1, keepdims=True), X2.sum(1, keepdims=True)
expected = {
    'sum': sums[0] + sums[1], 'mul': sums[0] * sums[1], 'ave': (sums[0] + sums[1]) / 2,
    'max': np.maximum(*sums), 'dot': 3 * sums[0] * sums[1], 'cos': np.ones((64, 1)),
}
for mode in sorted(expected):
    joined = merge([first, second], mode=mode, name='joined_' + mode)
    model = Model(input=[a, b], output=joined)
    found = model.predict([X1, X2])
    print('= graph', mode, joined._keras_shape, np.allclose(found, expected[mode], rtol=1e-4))
difference = merge([first, second], mode=lambda x: x[0] - x[1], output_shape=lambda x: x[0])
found = Model(input=[a, b], output=difference).predict({'left': X1, 'right': X2})
print('= graph lambda', found.shape, np.allclose(found, sums[0] - sums[1], rtol=1e-4, atol=1e-5))

# two outputs, losses by name
hidden = merge([first, second, difference], mode='concat', concat_axis=-1)
hidden = Highway(activation='relu')(hidden)
hidden = MaxoutDense(4, nb_feature=2)(hidden)
main = Dense(1, activation='sigmoid', name='main')(hidden)
aux = Dense(1, name='aux')(hidden)
model = Model(input=[a, b], output=[main, aux])
model.compile(optimizer=adam(lr=0.01), loss={'main': 'binary_crossentropy', 'aux': 'mse'},
              loss_weights={'main': 1., 'aux': 0.2}, metrics={'main': 'accuracy'})
hist = model.fit({'left': X1, 'right': X2}, {'main': y, 'aux': sums[0]}, nb_epoch=3, batch_size=16, verbose=0,
                 validation_split=0.25)
print('= keys', sorted(hist.history))
print('= falls', hist.history['loss'][-1] < hist.history['loss'][0])
print('= shapes', [layer.output_shape for layer in model.layers][-4:], model.get_layer('second').input_shape)

# matrices: the dot product of a question and a story, as memory networks had it
story = Sequential([Embedding(input_dim=20, output_dim=8, input_length=5)])
question = Sequential([Embedding(input_dim=20, output_dim=8, input_length=3)])
match = Sequential()
match.add(Merge([story, question], mode='dot', dot_axes=[2, 2]))
match.add(Permute((2, 1)))
match.add(Flatten())
match.add(Dense(2, activation='softmax'))
S, Q = np.random.randint(0, 20, (16, 5)), np.random.randint(0, 20, (16, 3))
match.compile('rmsprop', 'categorical_crossentropy')
match.fit([S, Q], np.eye(2)[np.arange(16) % 2], nb_epoch=1, verbose=0)
print('= match', match.layers[0].output_shape, match.predict_classes([S, Q]).shape)
print('= objective', get('mse') is mean_squared_error)

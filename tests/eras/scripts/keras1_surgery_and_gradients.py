# oracle: none - Keras 1, which no Python of today runs
# Models taken apart and looked into: pop, freezing, functions and gradients of the graph, states kept between batches.
from __future__ import print_function
import numpy as np
np.random.seed(5)

import keras
from keras.models import Sequential, Model, model_from_json
from keras.layers import Dense, Activation, Convolution2D, MaxPooling2D, ZeroPadding2D, Flatten, LSTM, Input, Dropout
from keras.optimizers import SGD, sgd
from keras.utils.visualize_util import plot
from keras.utils.layer_utils import print_summary
from keras.utils.generic_utils import Progbar, get_from_module
from keras.metrics import categorical_accuracy, fbeta_score
from keras import backend as K


def vgg(weights_path=None):
    model = Sequential()
    model.add(ZeroPadding2D((1, 1), input_shape=(12, 12, 3)))
    model.add(Convolution2D(4, 3, 3, activation='relu', name='conv1_1'))
    model.add(MaxPooling2D((2, 2), strides=(2, 2)))
    model.add(Flatten())
    model.add(Dense(16, activation='relu'))
    model.add(Dropout(0.5))
    model.add(Dense(10, activation='softmax'))
    if weights_path:
        model.load_weights(weights_path)
    return model


model = vgg()
model.save_weights('vgg.h5')
model = vgg('vgg.h5')
model.layers.pop()  # get rid of the classification layer
model.outputs = [model.layers[-1].output]
model.layers[-1].outbound_nodes = []
model.add(Dense(3, activation='softmax', name='mine'))
for layer in model.layers[:3]:
    layer.trainable = False
model.compile(optimizer=SGD(lr=1e-2, decay=1e-6, momentum=0.9, nesterov=True), loss='categorical_crossentropy',
              metrics=[categorical_accuracy, fbeta_score])
X, Y = np.random.rand(24, 12, 12, 3).astype('float32'), np.eye(3)[np.arange(24) % 3]
before = model.layers[1].get_weights()[0]
hist = model.fit(X, Y, batch_size=8, nb_epoch=2, verbose=0)
print('= layers', [layer.name for layer in model.layers][-1], model.output_shape, sorted(hist.history))
print('= frozen', (model.layers[1].get_weights()[0] == before).all(), len(model.trainable_weights))
names = dict((layer.name, layer) for layer in model.layers)

# a function of the graph, with the phase of learning
f = K.function([model.layers[0].input, K.learning_phase()], [names['mine'].output])
quiet, noisy = f([X, 0])[0], f([X, 1])[0]
print('= phases', quiet.shape, np.allclose(quiet, model.predict(X), atol=1e-5), np.allclose(quiet, noisy))

# climbing in the picture, as the blog on filters did
layer_output = names['conv1_1'].output
input_img = model.input
loss = K.mean(layer_output[:, :, :, 0])
grads = K.gradients(loss, input_img)[0]
grads /= (K.sqrt(K.mean(K.square(grads))) + 1e-5)
iterate = K.function([input_img], [loss, grads])
picture, values = X[:1].copy(), []
for i in range(5):
    loss_value, grads_value = iterate([picture])
    picture += grads_value * 0.1
    values.append(float(loss_value))
print('= climbs', values[-1] >= values[0], grads_value.shape)

# two models that share layers; the features of one in front of the other
base = Model(input=model.input, output=names['conv1_1'].output)
features = base.predict(X)
top = Sequential([Flatten(input_shape=features.shape[1:]), Dense(3, activation='softmax')])
top.compile(sgd(lr=0.01), 'categorical_crossentropy', metrics=['accuracy'])
top.fit(features, Y, nb_epoch=1, verbose=0)
whole = Model(input=base.input, output=top(base.output))
print('= whole', whole.output_shape, np.allclose(whole.predict(X), top.predict(features), atol=1e-5))

# states that are kept
tsteps, size = 1, 4
memory = Sequential()
memory.add(LSTM(5, batch_input_shape=(size, tsteps, 1), return_sequences=True, stateful=True))
memory.add(LSTM(5, batch_input_shape=(size, tsteps, 1), return_sequences=False, stateful=True))
memory.add(Dense(1))
memory.compile(loss='mse', optimizer='rmsprop')
wave = np.sin(np.arange(16) / 3.).reshape(16, 1, 1)
for i in range(2):
    memory.fit(wave, wave[:, 0] * 0.5, batch_size=size, verbose=0, nb_epoch=1, shuffle=False)
    memory.reset_states()
first = memory.predict(wave, batch_size=size)
second = memory.predict(wave, batch_size=size)
memory.reset_states()
third = memory.predict(wave, batch_size=size)
print('= states', first.shape, np.allclose(first, second), np.allclose(first, third, atol=1e-6))

# odds and ends
twin = model_from_json(model.to_json())
twin.set_weights(model.get_weights())
print('= twin', np.allclose(twin.predict(X), model.predict(X), atol=1e-5), twin.layers[1].trainable)
print('= rate', '%.4f' % K.get_value(model.optimizer.lr), '%.4f' % float(model.optimizer.lr.get_value()))
K.set_value(model.optimizer.lr, 0.5)
print('= rate', '%.1f' % float(K.get_value(model.optimizer.lr)))
lines = []
model.summary(print_fn=lines.append)
print('= summary', any('mine' in line for line in lines))
bar = Progbar(3, verbose=0)
for i in range(3):
    bar.update(i + 1, [('loss', 0.5)])
config = model.get_config()
print('= config', len(Sequential.from_config(config).layers) == len(model.layers))
loss, accuracy, score = model.test_on_batch(X, Y)
print('= on batch', bool(np.isfinite(loss)), model.metrics_names)

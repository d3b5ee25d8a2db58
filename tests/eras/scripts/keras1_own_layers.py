# oracle: none - Keras 1, which no Python of today runs
# Layers written by hand as in 2016: initializations, regularizers, constraints, get_output_shape_for, set_param.
from __future__ import print_function
import numpy as np
np.random.seed(3)

from keras import backend as K
from keras import initializations, regularizers, constraints, activations
from keras.engine.topology import Layer, InputSpec
from keras.layers import Input, Dense, Embedding, LSTM, Dropout, Lambda
from keras.models import Model, Sequential, load_model
from keras.regularizers import l2, WeightRegularizer


class Attention(Layer):
    def __init__(self, step_dim, W_regularizer=None, b_regularizer=None, W_constraint=None, b_constraint=None, bias=True,
                 **kwargs):
        self.supports_masking = True
        self.init = initializations.get('glorot_uniform')
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.b_constraint = constraints.get(b_constraint)
        self.bias = bias
        self.step_dim = step_dim
        self.features_dim = 0
        super(Attention, self).__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.W = self.add_weight((input_shape[-1],), initializer=self.init, name='{}_W'.format(self.name),
                                 regularizer=self.W_regularizer, constraint=self.W_constraint)
        self.features_dim = input_shape[-1]
        if self.bias:
            self.b = self.add_weight((input_shape[1],), initializer='zero', name='{}_b'.format(self.name),
                                     regularizer=self.b_regularizer, constraint=self.b_constraint)
        else:
            self.b = None
        self.built = True

    def compute_mask(self, input, input_mask=None):
        return None

    def call(self, x, mask=None):
        features_dim = self.features_dim
        step_dim = self.step_dim
        eij = K.reshape(K.dot(K.reshape(x, (-1, features_dim)), K.reshape(self.W, (features_dim, 1))), (-1, step_dim))
        if self.bias:
            eij += self.b
        eij = K.tanh(eij)
        a = K.exp(eij)
        if mask is not None:
            a *= K.cast(mask, K.floatx())
        a /= K.cast(K.sum(a, axis=1, keepdims=True) + K.epsilon(), K.floatx())
        a = K.expand_dims(a)
        return K.sum(x * a, axis=1)

    def get_output_shape_for(self, input_shape):
        return input_shape[0], self.features_dim


class Scale(Layer):
    """As the layers of 2015 did it: variables by hand, and lists of them."""

    def __init__(self, beta_init='zero', gamma_init='one', weights=None, **kwargs):
        self.beta_init = initializations.get(beta_init)
        self.gamma_init = initializations.get(gamma_init)
        self.initial_weights = weights
        super(Scale, self).__init__(**kwargs)

    def build(self, input_shape):
        self.input_spec = [InputSpec(shape=input_shape)]
        shape = (int(input_shape[-1]),)
        self.gamma = self.gamma_init(shape, name='{}_gamma'.format(self.name))
        self.beta = self.beta_init(shape, name='{}_beta'.format(self.name))
        self.moving = K.variable(np.zeros(shape), name='moving')
        self.trainable_weights = [self.gamma, self.beta]
        self.non_trainable_weights = [self.moving]
        self.regularizers = []
        penalty = l2(0.01)
        penalty.set_param(self.gamma)
        self.regularizers.append(penalty)
        if self.initial_weights is not None:
            self.set_weights(self.initial_weights)
            del self.initial_weights

    def call(self, x, mask=None):
        return self.gamma * x + self.beta

    def get_config(self):
        config = {'beta_init': self.beta_init.__name__, 'gamma_init': self.gamma_init.__name__}
        base_config = super(Scale, self).get_config()
        return dict(list(base_config.items()) + list(config.items()))


def my_init(shape, name=None):
    return initializations.normal(shape, scale=0.01, name=name)


def euclidean(vects):
    x, y = vects
    return K.sqrt(K.sum(K.square(x - y), axis=1, keepdims=True) + K.epsilon())


def euclidean_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


maxlen = 6
X = np.random.randint(1, 30, (48, maxlen))
X[::3, :2] = 0
y = (X.sum(1) > 80).astype('float32')

words = Input(shape=(maxlen,), dtype='int32')
net = Embedding(30, 8, mask_zero=True, init=my_init)(words)
net = LSTM(6, return_sequences=True)(net)
net = Dropout(0.2)(net)
net = Attention(maxlen, W_regularizer=l2(0.001))(net)
net = Scale(gamma_init='one')(net)
out = Dense(1, activation='sigmoid', W_regularizer=WeightRegularizer(l1=0.0, l2=0.001))(net)
model = Model(input=words, output=out)
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
print('= shapes', [layer.output_shape for layer in model.layers])
print('= params', model.count_params())
hist = model.fit(X, y, nb_epoch=3, batch_size=16, verbose=0)
print('= keys', sorted(hist.history), hist.history['loss'][-1] < hist.history['loss'][0])
scale = model.layers[-2]
print('= weights', [len(part) for part in (scale.trainable_weights, scale.non_trainable_weights, scale.get_weights())])
model.save('own.h5')
again = load_model('own.h5', custom_objects={'Attention': Attention, 'Scale': Scale, 'my_init': my_init})
print('= again', np.allclose(again.predict(X), model.predict(X), atol=1e-5), again.layers[4].W_regularizer is not None)

ready = Sequential([Scale(weights=[np.ones(3) * 2, np.ones(3), np.zeros(3)], input_shape=(3,))])
print('= ready', ready.predict(np.ones((1, 3))).tolist(), ready.layers[0].get_output_shape_for((None, 3)))

a, b = Input(shape=(4,)), Input(shape=(4,))
distance = Lambda(euclidean, output_shape=euclidean_shape)([a, b])
metric = Model(input=[a, b], output=distance)
print('= distance', metric.predict([np.zeros((2, 4)), np.ones((2, 4))]).round(3).tolist(), metric.output_shape)
antirectifier = Lambda(lambda x: K.concatenate([K.relu(x), K.relu(-x)], axis=1), output_shape=lambda s: (s[0], s[1] * 2))
print('= both sides', Model(input=a, output=antirectifier(a)).predict(np.array([[1., -1., 3., 2.]])).tolist())

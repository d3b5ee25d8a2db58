# oracle: tf-keras
# The attention layers of Kaggle's text kernels: K.dot with their own weights, K.exp, masks by K.cast.
import numpy as np
from keras import backend as K
from keras import constraints, initializers, regularizers
from keras.layers import LSTM, Bidirectional, Dense, Embedding, GlobalMaxPooling1D, Input, Lambda, Layer, concatenate
from keras.models import Model


def dot_product(x, kernel):
    if K.backend() == 'tensorflow':
        return K.squeeze(K.dot(x, K.expand_dims(kernel)), axis=-1)
    else:
        return K.dot(x, kernel)


class Attention(Layer):
    def __init__(self, step_dim, W_regularizer=None, b_regularizer=None, W_constraint=None, bias=True, **kwargs):
        self.supports_masking = True
        self.init = initializers.get('glorot_uniform')
        self.W_regularizer = regularizers.get(W_regularizer)
        self.b_regularizer = regularizers.get(b_regularizer)
        self.W_constraint = constraints.get(W_constraint)
        self.bias = bias
        self.step_dim = step_dim
        self.features_dim = 0
        super(Attention, self).__init__(**kwargs)

    def build(self, input_shape):
        assert len(input_shape) == 3
        self.W = self.add_weight(shape=(input_shape[-1],), initializer=self.init, name='{}_W'.format(self.name),
                                 regularizer=self.W_regularizer, constraint=self.W_constraint)
        self.features_dim = input_shape[-1]
        if self.bias:
            self.b = self.add_weight(shape=(input_shape[1],), initializer='zero', name='{}_b'.format(self.name))
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
        weighted_input = x * a
        return K.sum(weighted_input, axis=1)

    def compute_output_shape(self, input_shape):
        return input_shape[0], self.features_dim


class AttentionWithContext(Layer):
    def build(self, input_shape):
        size = int(input_shape[-1])
        self.W = self.add_weight(name='W', shape=(size, size), initializer='glorot_uniform', trainable=True)
        self.b = self.add_weight(name='b', shape=(size,), initializer='zeros', trainable=True)
        self.u = self.add_weight(name='u', shape=(size,), initializer='glorot_uniform', trainable=True)
        super(AttentionWithContext, self).build(input_shape)

    def call(self, x):
        uit = K.tanh(K.bias_add(K.dot(x, self.W), self.b))
        ait = dot_product(uit, self.u)
        a = K.softmax(ait, axis=1)
        return K.batch_dot(K.permute_dimensions(x, (0, 2, 1)), K.expand_dims(a), axes=[2, 1])

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[-1], 1)


maxlen, vocabulary = 7, 20
inp = Input(shape=(maxlen,))
x = Embedding(vocabulary, 6, mask_zero=True)(inp)
x = Bidirectional(LSTM(4, return_sequences=True))(x)
attended = Attention(maxlen, W_regularizer='l2', name='attention')(x)
plain = Lambda(lambda t: K.stop_gradient(t) * 1.0, output_shape=lambda s: s)(Embedding(vocabulary, 6)(inp))
context = Lambda(lambda t: K.squeeze(t, -1))(AttentionWithContext()(plain))
pooled = GlobalMaxPooling1D()(plain)
average = Lambda(lambda t: K.mean(t, axis=1), name='average')(plain)
joined = concatenate([attended, context, pooled, average])
out = Dense(1, activation='sigmoid')(joined)
model = Model(inputs=inp, outputs=out)
model.set_weights([0.4 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
model.compile(loss='binary_crossentropy', optimizer='sgd', metrics=['accuracy'])

rng = np.random.RandomState(5)
texts = rng.randint(1, vocabulary, (40, maxlen))
texts[::3, 4:] = 0
labels = (texts.sum(axis=1) > 55).astype('int32')
print("= shapes", K.int_shape(model.get_layer('attention').output), K.int_shape(model.get_layer('average').output))
print("= params", model.count_params(), [tuple(w.shape) for w in model.get_layer('attention').get_weights()])
print("= first %.5f %.5f" % (model.predict(texts)[0, 0], model.predict(texts).mean()))
history = model.fit(texts, labels, batch_size=8, epochs=2, shuffle=False, verbose=2)
print("= losses %.4f %.4f" % tuple(history.history['loss']))
print("= after %.5f" % model.predict(texts)[3, 0])

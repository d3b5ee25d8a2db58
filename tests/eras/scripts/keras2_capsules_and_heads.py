# oracle: none - K.batch_dot of Keras 2.0 to 2.2, which these layers count on, took all leading axes for batches
# A capsule layer and a multi-head attention as Kaggle's kernels of 2018 had them; checked with NumPy's einsum.
import numpy as np
from keras import backend as K
from keras.layers import Activation, Dense, Embedding, Flatten, Input, Layer
from keras.models import Model


def squash(x, axis=-1):
    s_squared_norm = K.sum(K.square(x), axis, keepdims=True)
    scale = K.sqrt(s_squared_norm + K.epsilon())
    return x / scale


class Capsule(Layer):
    def __init__(self, num_capsule, dim_capsule, routings=3, activation='default', **kwargs):
        super(Capsule, self).__init__(**kwargs)
        self.num_capsule = num_capsule
        self.dim_capsule = dim_capsule
        self.routings = routings
        self.activation = squash if activation == 'default' else Activation(activation)

    def build(self, input_shape):
        super(Capsule, self).build(input_shape)
        self.W = self.add_weight(name='capsule_kernel',
                                 shape=(1, input_shape[-1], self.num_capsule * self.dim_capsule),
                                 initializer='glorot_uniform', trainable=True)

    def call(self, u_vecs):
        u_hat_vecs = K.conv1d(u_vecs, self.W)
        batch_size = K.shape(u_vecs)[0]
        input_num_capsule = K.shape(u_vecs)[1]
        u_hat_vecs = K.reshape(u_hat_vecs, (batch_size, input_num_capsule, self.num_capsule, self.dim_capsule))
        u_hat_vecs = K.permute_dimensions(u_hat_vecs, (0, 2, 1, 3))
        b = K.zeros_like(u_hat_vecs[:, :, :, 0])
        for i in range(self.routings):
            b = K.permute_dimensions(b, (0, 2, 1))
            c = K.softmax(b)
            c = K.permute_dimensions(c, (0, 2, 1))
            b = K.permute_dimensions(b, (0, 2, 1))
            outputs = self.activation(K.batch_dot(c, u_hat_vecs, [2, 2]))
            if i < self.routings - 1:
                b = K.batch_dot(outputs, u_hat_vecs, [2, 3])
        return outputs

    def compute_output_shape(self, input_shape):
        return (None, self.num_capsule, self.dim_capsule)


class Heads(Layer):
    def __init__(self, nb_head, size_per_head, **kwargs):
        self.nb_head = nb_head
        self.size_per_head = size_per_head
        self.output_dim = nb_head * size_per_head
        super(Heads, self).__init__(**kwargs)

    def build(self, input_shape):
        self.WQ, self.WK, self.WV = [
            self.add_weight(name='W' + name, shape=(input_shape[-1], self.output_dim),
                            initializer='glorot_uniform', trainable=True) for name in 'QKV']
        super(Heads, self).build(input_shape)

    def split(self, x, kernel):
        x = K.dot(x, kernel)
        x = K.reshape(x, (-1, K.shape(x)[1], self.nb_head, self.size_per_head))
        return K.permute_dimensions(x, (0, 2, 1, 3))

    def call(self, x):
        Q_seq, K_seq, V_seq = self.split(x, self.WQ), self.split(x, self.WK), self.split(x, self.WV)
        A = K.batch_dot(Q_seq, K_seq, axes=[3, 3]) / self.size_per_head ** 0.5
        A = K.softmax(A)
        O_seq = K.batch_dot(A, V_seq, axes=[3, 2])
        O_seq = K.permute_dimensions(O_seq, (0, 2, 1, 3))
        return K.reshape(O_seq, (-1, K.shape(O_seq)[1], self.output_dim))

    def compute_output_shape(self, input_shape):
        return (input_shape[0], input_shape[1], self.output_dim)


maxlen = 6
words = Input(shape=(maxlen,), dtype='int32')
embedded = Embedding(30, 8)(words)
heads = Heads(2, 5, name='heads')(embedded)
capsules = Capsule(num_capsule=3, dim_capsule=4, routings=3, name='capsules')(heads)
model = Model(words, Dense(1, activation='sigmoid')(Flatten()(capsules)))
model.set_weights([0.5 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(model.get_weights())])
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
rng = np.random.RandomState(0)
texts, labels = rng.randint(0, 30, (40, maxlen)), rng.randint(0, 2, 40)

found_embedded, found_heads, found_capsules = K.function([words], [embedded, heads, capsules])([texts[:5]])


def softmax(x, axis):
    e = np.exp(x - x.max(axis, keepdims=True))
    return e / e.sum(axis, keepdims=True)


q, k, v = [(found_embedded @ w).reshape(5, maxlen, 2, 5) for w in model.get_layer('heads').get_weights()]
scores = softmax(np.einsum('bnhk,bmhk->bhnm', q, k) / 5 ** 0.5, -1)
assert np.allclose(np.einsum('bhnm,bmhk->bnhk', scores, v).reshape(5, maxlen, 10), found_heads, atol=1e-5)
u = (found_heads @ model.get_layer('capsules').get_weights()[0][0]).reshape(5, maxlen, 3, 4)
b = np.zeros((5, 3, maxlen))
for _ in range(3):
    v = np.einsum('bnm,bmnd->bnd', softmax(b, 1), u)
    v /= np.sqrt((v ** 2).sum(-1, keepdims=True) + 1e-7)
    b = np.einsum('bnd,bmnd->bnm', v, u)
assert np.allclose(v, found_capsules, atol=1e-5)
print("= shapes", K.int_shape(heads), K.int_shape(capsules))
history = model.fit(texts, labels, batch_size=8, epochs=2, shuffle=False, verbose=2)
print("= keys", sorted(history.history))

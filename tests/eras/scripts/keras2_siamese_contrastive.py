# oracle: tf-keras
# A siamese network: distances in Lambdas, the contrastive loss, and a quantile loss on the side.
import numpy as np
from keras import backend as K
from keras.layers import Dense, Flatten, Input, Lambda
from keras.models import Model
from keras.optimizers import RMSprop


def euclidean_distance(vects):
    x, y = vects
    sum_square = K.sum(K.square(x - y), axis=1, keepdims=True)
    return K.sqrt(K.maximum(sum_square, K.epsilon()))


def eucl_dist_output_shape(shapes):
    shape1, shape2 = shapes
    return (shape1[0], 1)


def cosine_distance(vects):
    x, y = [K.l2_normalize(v, axis=-1) for v in vects]
    return 1 - K.sum(x * y, axis=-1, keepdims=True)


def contrastive_loss(y_true, y_pred):
    margin = 1
    square_pred = K.square(y_pred)
    margin_square = K.square(K.maximum(margin - y_pred, 0))
    return K.mean(y_true * square_pred + (1 - y_true) * margin_square)


def accuracy(y_true, y_pred):
    return K.mean(K.equal(y_true, K.cast(y_pred < 0.5, y_true.dtype)))


def create_base_network(input_shape):
    inputs = Input(shape=input_shape)
    x = Flatten()(inputs)
    x = Dense(8, activation='relu')(x)
    return Model(inputs, Dense(4)(x))


input_shape = (4, 4)
base_network = create_base_network(input_shape)
base_network.set_weights([0.3 * np.random.RandomState(i).randn(*w.shape) for i, w in enumerate(base_network.get_weights())])
input_a, input_b = Input(shape=input_shape), Input(shape=input_shape)
processed_a, processed_b = base_network(input_a), base_network(input_b)
distance = Lambda(euclidean_distance, output_shape=eucl_dist_output_shape)([processed_a, processed_b])
model = Model([input_a, input_b], distance)
model.compile(loss=contrastive_loss, optimizer=RMSprop(0.01), metrics=[accuracy])

rng = np.random.RandomState(2)
pairs = rng.rand(2, 32, 4, 4).astype('float32')
pairs[1, ::2] = pairs[0, ::2] + 0.01
same = np.array([1., 0.] * 16).astype('float32')
history = model.fit([pairs[0], pairs[1]], same, batch_size=8, epochs=3, shuffle=False, verbose=0)
print("= losses", " ".join("%.4f" % value for value in history.history['loss']))
print("= accuracies", " ".join("%.4f" % value for value in history.history['accuracy']))
print("= distance", K.int_shape(distance), "%.4f" % model.predict([pairs[0], pairs[1]]).mean())
cosine = Model([input_a, input_b], Lambda(cosine_distance)([processed_a, processed_b]))
print("= cosine %.5f" % cosine.predict([pairs[0], pairs[1]]).mean())


def quantile_loss(q, y, f):
    e = y - f
    return K.mean(K.maximum(q * e, (q - 1) * e), axis=-1)


def correntropy(y_true, y_pred):
    alpha = 0.9
    return K.mean(1 - K.exp(-K.square(y_true - y_pred) / (2 * alpha ** 2)), axis=None)


inputs = Input((3,))
regression = Model(inputs, Dense(1, kernel_initializer='ones')(inputs))
x = rng.randn(30, 3)
for loss in (lambda y, f: quantile_loss(0.8, y, f), correntropy):
    regression.compile(loss=loss, optimizer='sgd')
    print("= regression %.5f" % regression.evaluate(x, x[:, :1], verbose=0))

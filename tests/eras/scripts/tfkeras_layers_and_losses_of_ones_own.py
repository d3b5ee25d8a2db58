# oracle: tf-keras
# Layers, losses and metrics written with tf.* functions.
import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K
from tensorflow.keras.layers import LSTM, Dense, Embedding, Input, Layer
from tensorflow.keras.models import Model


class Attention(Layer):
    def __init__(self, units, **kwargs):
        super(Attention, self).__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.W = self.add_weight(name="att_weight", shape=(int(input_shape[-1]), self.units), initializer="ones", trainable=True)
        self.v = self.add_weight(name="att_var", shape=(self.units,), initializer=tf.constant_initializer(0.5))
        super(Attention, self).build(input_shape)

    def call(self, features):
        score = tf.tensordot(tf.nn.tanh(tf.tensordot(features, self.W, axes=1)), self.v, axes=1)
        attention_weights = tf.nn.softmax(score, axis=1)
        context = tf.reduce_sum(features * tf.expand_dims(attention_weights, -1), axis=1)
        return context, attention_weights


class PositionalScale(Layer):
    """Uses the shape at run time, a variable and a mask."""

    def __init__(self):
        super().__init__()
        self.gain = tf.Variable(initial_value=2.0, trainable=True, name="gain")
        self.count = tf.Variable(0, trainable=False, dtype=tf.int32)

    def call(self, x):
        batch_size, length = tf.shape(x)[0], tf.shape(x)[1]
        positions = tf.range(start=0, limit=length, delta=1)
        scale = tf.cast(positions, tf.float32)[tf.newaxis, :, tf.newaxis] / tf.cast(length, tf.float32)
        scale = tf.tile(scale, [batch_size, 1, 1])
        return x * scale * self.gain


def focal_loss(gamma=2.0, alpha=0.25):
    def loss(y_true, y_pred):
        y_true = tf.cast(y_true, tf.float32)
        y_pred = tf.clip_by_value(y_pred, K.epsilon(), 1.0 - K.epsilon())
        pt = tf.where(tf.equal(y_true, 1), y_pred, 1 - y_pred)
        weight = tf.where(tf.equal(y_true, 1), alpha * tf.ones_like(y_pred), (1 - alpha) * tf.ones_like(y_pred))
        return tf.reduce_mean(-weight * tf.pow(1.0 - pt, gamma) * tf.math.log(pt), axis=-1)

    return loss


def dice_coef(y_true, y_pred, smooth=1.0):
    y_true_f = tf.reshape(tf.cast(y_true, tf.float32), [-1])
    y_pred_f = tf.reshape(y_pred, [-1])
    intersection = tf.reduce_sum(y_true_f * y_pred_f)
    return (2.0 * intersection + smooth) / (tf.reduce_sum(y_true_f) + tf.reduce_sum(y_pred_f) + smooth)


class Recall(tf.keras.metrics.Metric):
    def __init__(self, name="own_recall", **kwargs):
        super().__init__(name=name, **kwargs)
        self.hits = self.add_weight(name="hits", initializer="zeros")
        self.total = self.add_weight(name="total", initializer="zeros")

    def update_state(self, y_true, y_pred, sample_weight=None):
        y_true = tf.cast(y_true, tf.bool)
        both = tf.logical_and(y_true, tf.greater(y_pred, 0.5))
        self.hits.assign_add(tf.reduce_sum(tf.cast(both, self.dtype)))
        self.total.assign_add(tf.reduce_sum(tf.cast(y_true, self.dtype)))

    def result(self):
        return tf.math.divide_no_nan(self.hits, self.total)


rng = np.random.RandomState(3)
x = rng.randint(1, 20, (64, 6))
y = (x[:, 0] > 10).astype("float32")[:, None]

inputs = Input(shape=(6,))
embedded = Embedding(20, 4, embeddings_initializer=tf.keras.initializers.Constant(0.3))(inputs)
scaled = PositionalScale()(embedded)
context, weights = Attention(3)(scaled)
outputs = Dense(1, activation="sigmoid", kernel_initializer="ones")(context)
model = Model(inputs, outputs)
print("= outputs", context.shape, weights.shape, [tuple(w.shape) for w in model.trainable_weights])
print("= prediction %.4f" % model.predict(x[:1])[0, 0])

model.compile(optimizer=tf.keras.optimizers.Adam(learning_rate=1e-2), loss=focal_loss(), metrics=[dice_coef, Recall(), "acc"])
history = model.fit(x, y, batch_size=16, epochs=3, shuffle=False, verbose=0)
print("= keys", sorted(history.history))
print("= loss", " ".join("%.4f" % value for value in history.history["loss"]))
print("= dice", " ".join("%.4f" % value for value in history.history["dice_coef"]))

sequence = LSTM(5, return_sequences=True)(tf.keras.layers.Embedding(20, 4)(inputs))
both = Model(inputs, Attention(2)(sequence))
out, att = both.predict(x[:3])
print("= attention", out.shape, att.sum(axis=1).round(4).tolist())

print("= functions %.4f %.4f" % (float(tf.reduce_mean(focal_loss()(y, np.full((64, 1), 0.3, "float32")))),
                                 dice_coef(y, tf.constant(np.full((64, 1), 0.3, "float32"))).numpy()))

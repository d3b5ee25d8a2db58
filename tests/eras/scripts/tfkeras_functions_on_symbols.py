# oracle: tf-keras
# Functional models with tf.* between the layers: a frozen base, pooling by hand, a sampled code.
import numpy as np
import tensorflow as tf
from tensorflow.keras import Model, layers

CONSTANT = tf.keras.initializers.Constant(0.02)


def preprocess(x):
    return tf.cast(x, tf.float32) / 127.5 - 1.0


base = tf.keras.Sequential(
    [layers.Conv2D(4, 3, padding="same", activation="relu", kernel_initializer=CONSTANT, input_shape=(16, 16, 3)),
     layers.MaxPooling2D(),
     layers.Conv2D(8, 3, padding="same", activation="relu", kernel_initializer=CONSTANT)],
    name="base",
)
base.trainable = False

inputs = tf.keras.Input(shape=(16, 16, 3))
x = preprocess(inputs)
x = base(x, training=False)
pooled = tf.reduce_mean(x, axis=[1, 2])
largest = tf.reduce_max(x, axis=(1, 2))
x = tf.concat([pooled, largest], axis=-1)
x = tf.nn.relu(x)
x = tf.math.l2_normalize(x, axis=1)
x = tf.expand_dims(x, axis=1)
x = tf.squeeze(x, axis=1)
x = layers.Dropout(0.2)(x)
outputs = layers.Dense(2, activation=tf.nn.softmax, kernel_initializer="zeros")(x)
model = Model(inputs, outputs)
print("= shapes", pooled.shape, model.output_shape, len(model.trainable_weights), len(model.non_trainable_weights))

images = np.random.RandomState(0).randint(0, 255, (12, 16, 16, 3)).astype("float32")
classes = tf.one_hot(np.arange(12) % 2, 2)
model.compile(optimizer=tf.keras.optimizers.RMSprop(learning_rate=0.001),
              loss=tf.keras.losses.CategoricalCrossentropy(), metrics=["accuracy"])
history = model.fit(images, classes, epochs=2, verbose=0)
print("= first loss %.4f" % history.history["loss"][0])

# Gates, slices and shapes of the batch.
sequence = tf.keras.Input(shape=(6, 4))
batch_size = tf.shape(sequence)[0]
left, right = tf.split(sequence, num_or_size_splits=2, axis=-1)
gated = left * tf.sigmoid(right)
first, last = gated[:, 0, :], gated[:, -1]
flat = tf.reshape(gated, [batch_size, 12])
flat = tf.reshape(flat, (-1, 6, 2))
summed = tf.math.reduce_sum(flat, axis=1, keepdims=True)
distance = tf.sqrt(tf.reduce_sum(tf.square(first - last), axis=1, keepdims=True) + 1e-6)
product = tf.matmul(flat, flat, transpose_b=True)
attention = tf.nn.softmax(product / tf.math.sqrt(tf.cast(2, tf.float32)))
stacked = tf.stack([first, last], axis=1)
turned = tf.transpose(stacked, perm=[0, 2, 1])
mask = tf.cast(tf.greater(sequence, 0.5), tf.float32)
many = Model(sequence, [summed, distance, attention, turned, mask * sequence, tf.abs(first), 1.0 - last])
data = np.linspace(-1, 1, 48).reshape(2, 6, 4).astype("float32")
for result in many.predict(data):
    print("= result", result.shape, "%.4f %.4f" % (result.sum(), result.std()))

# A sampled code, with the loss added by the model.
original = tf.keras.Input(shape=(8,))
hidden = layers.Dense(6, activation="relu")(original)
z_mean, z_log_var = layers.Dense(2)(hidden), layers.Dense(2)(hidden)


class Sampling(layers.Layer):
    def call(self, inputs):
        z_mean, z_log_var = inputs
        batch, dim = tf.shape(z_mean)[0], tf.shape(z_mean)[1]
        epsilon = tf.random.normal(shape=(batch, dim))
        return z_mean + tf.exp(0.5 * z_log_var) * epsilon


z = Sampling()([z_mean, z_log_var])
decoded = layers.Dense(8, activation="sigmoid")(z)
vae = Model(original, decoded)
kl_loss = -0.5 * tf.reduce_mean(z_log_var - tf.square(z_mean) - tf.exp(z_log_var) + 1)
vae.add_loss(kl_loss)
vae.compile(optimizer="adam", loss="mse")
numbers = np.random.RandomState(1).rand(32, 8).astype("float32")
losses = vae.fit(numbers, numbers, epochs=5, verbose=0).history["loss"]
print("= vae", vae.predict(numbers[:3]).shape, bool(np.isfinite(losses).all()))

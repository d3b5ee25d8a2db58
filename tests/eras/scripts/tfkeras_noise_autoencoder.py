# oracle: tf-keras
# A denoising autoencoder whose noise a tf.data map adds, trained with repeat() and steps_per_epoch.
import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses
from tensorflow.keras.models import Model

tf.random.set_seed(0)
rng = np.random.RandomState(0)
x_train = rng.rand(48, 8, 8).astype("float32")[..., tf.newaxis]
x_test = x_train[:16]
noise_factor = 0.2


def add_noise(image):
    noisy = image + noise_factor * tf.random.normal(shape=tf.shape(image))
    return tf.clip_by_value(noisy, clip_value_min=0.0, clip_value_max=1.0), image


class Denoise(Model):
    def __init__(self):
        super(Denoise, self).__init__()
        self.encoder = tf.keras.Sequential([
            layers.Input(shape=(8, 8, 1)),
            layers.Conv2D(8, (3, 3), activation="relu", padding="same", strides=2),
            layers.Conv2D(4, (3, 3), activation="relu", padding="same", strides=2)])
        self.decoder = tf.keras.Sequential([
            layers.Conv2DTranspose(4, kernel_size=3, strides=2, activation="relu", padding="same"),
            layers.Conv2DTranspose(8, kernel_size=3, strides=2, activation="relu", padding="same"),
            layers.Conv2D(1, kernel_size=(3, 3), activation="sigmoid", padding="same")])

    def call(self, x):
        encoded = self.encoder(x)
        decoded = self.decoder(encoded)
        return decoded


train = tf.data.Dataset.from_tensor_slices(x_train).map(add_noise, num_parallel_calls=tf.data.experimental.AUTOTUNE)
train = train.shuffle(48).repeat().batch(8).prefetch(tf.data.experimental.AUTOTUNE)
test = tf.data.Dataset.from_tensor_slices((x_test, x_test)).batch(8)
noisy, clean = next(iter(train))
print("= batch", tuple(noisy.shape), tuple(clean.shape), bool(tf.reduce_min(noisy) >= 0), bool(tf.reduce_max(noisy) <= 1))
print("= infinite", tf.data.experimental.cardinality(train).numpy() == tf.data.experimental.INFINITE_CARDINALITY)

autoencoder = Denoise()
autoencoder.compile(optimizer="adam", loss=losses.MeanSquaredError())
history = autoencoder.fit(train, epochs=3, steps_per_epoch=6, validation_data=test, verbose=0)
print("= keys", sorted(history.history), len(history.history["loss"]))
print("= better", history.history["loss"][-1] < history.history["loss"][0])
encoded_imgs = autoencoder.encoder(x_test).numpy()
decoded_imgs = autoencoder.decoder(encoded_imgs).numpy()
print("= shapes", encoded_imgs.shape, decoded_imgs.shape)
anomaly = tf.keras.losses.mae(tf.reshape(decoded_imgs, (16, -1)), tf.reshape(x_test, (16, -1)))
threshold = np.mean(anomaly) + np.std(anomaly)
print("= scores", tuple(anomaly.shape), bool(threshold > 0), tuple(tf.math.less(anomaly, threshold).shape))

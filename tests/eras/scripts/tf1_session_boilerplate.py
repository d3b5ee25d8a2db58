# oracle: tf-keras
# Scripts of TensorFlow 1.x around tf.keras: sessions, seeds, losses by old names.
import numpy as np
import tensorflow.compat.v1 as tf
from sklearn.datasets import load_iris

tf.logging.set_verbosity(tf.logging.ERROR)
tf.reset_default_graph()
tf.set_random_seed(1234)
np.random.seed(1234)

config = tf.ConfigProto(allow_soft_placement=True, log_device_placement=False)
config.gpu_options.allow_growth = True
config.gpu_options.per_process_gpu_memory_fraction = 0.8
print("GPU:", tf.test.is_gpu_available(), repr(tf.test.gpu_device_name()))

features, target = load_iris(return_X_y=True)
features = (features - features.mean(axis=0)) / features.std(axis=0)
onehot = np.eye(3)[target]


def weighted_crossentropy(y_true, y_pred):
    y_true = tf.to_float(y_true)
    y_pred = tf.clip_by_value(y_pred, 1e-7, 1.0)
    losses = -tf.reduce_sum(y_true * tf.log(y_pred), reduction_indices=[1])
    weights = tf.reduce_sum(y_true * tf.constant([1.0, 2.0, 1.5]), axis=-1)
    return tf.reduce_mean(losses * weights)


def accuracy(y_true, y_pred):
    same = tf.equal(tf.argmax(y_true, dimension=-1), tf.argmax(y_pred, dimension=-1))
    return tf.reduce_mean(tf.cast(same, tf.float32))


with tf.Session(config=config) as sess, tf.device("/cpu:0"), tf.name_scope("training"):
    model = tf.keras.models.Sequential()
    model.add(tf.keras.layers.Dense(8, input_dim=4, activation=tf.nn.tanh, kernel_initializer="ones"))
    model.add(tf.keras.layers.Dense(3, activation=tf.nn.softmax, kernel_initializer="zeros"))
    model.compile(loss=weighted_crossentropy, optimizer=tf.keras.optimizers.SGD(0.1), metrics=[accuracy])
    sess.run(tf.global_variables_initializer()) if not tf.executing_eagerly() else None
    print("= prediction", model.predict(features[:2]).round(4).tolist())
    history = model.fit(features, onehot, epochs=3, batch_size=50, shuffle=False, verbose=0)

print("= keys", sorted(history.history))
print("= loss", " ".join("%.4f" % value for value in history.history["loss"]))
print("= accuracy", " ".join("%.4f" % value for value in history.history["accuracy"]))
print("= function %.4f" % float(weighted_crossentropy(onehot[:2].astype("float32"), np.full((2, 3), 0.5, "float32"))))

# oracle: tf-keras
# The beginning of many notebooks of 2020: seeds, a TPU if there is one, a pipeline by tf.data, a schedule.
import math
import os
import random

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow.keras import backend as K


def seed_everything(seed):
    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)
    os.environ["PYTHONHASHSEED"] = str(seed)
    os.environ["TF_DETERMINISTIC_OPS"] = "1"


seed_everything(42)
try:
    tpu = tf.distribute.cluster_resolver.TPUClusterResolver()
    print("Running on TPU ", tpu.master())
except ValueError:
    tpu = None

if tpu:
    tf.config.experimental_connect_to_cluster(tpu)
    tf.tpu.experimental.initialize_tpu_system(tpu)
    strategy = tf.distribute.experimental.TPUStrategy(tpu)
else:
    strategy = tf.distribute.get_strategy()
print("= replicas", strategy.num_replicas_in_sync)

AUTO = tf.data.experimental.AUTOTUNE
BATCH_SIZE = 32 * strategy.num_replicas_in_sync
EPOCHS = 6
print("Num GPUs Available: ", len(tf.config.experimental.list_physical_devices("GPU")))

images, labels = load_digits(return_X_y=True)
images = images.reshape(-1, 8, 8, 1).astype(np.float32)[:640]
labels = labels[:640].astype(np.int32)


def normalize(image, label):
    image = tf.cast(image, tf.float32) / 16.0
    return image, tf.one_hot(label, 10)


def augment(image, label):
    image = tf.image.random_brightness(image, 0.1)
    noise = tf.random.normal(shape=tf.shape(image), mean=0.0, stddev=0.01, dtype=tf.float32)
    image = tf.clip_by_value(image + noise, 0.0, 1.0)
    image = tf.reshape(image, [8, 8, 1])
    return image, label


def get_dataset(part, training):
    dataset = tf.data.Dataset.from_tensor_slices((images[part], labels[part]))
    dataset = dataset.map(normalize, num_parallel_calls=AUTO)
    if training:
        dataset = dataset.map(augment, num_parallel_calls=AUTO)
        dataset = dataset.repeat().shuffle(512)
    return dataset.batch(BATCH_SIZE).prefetch(AUTO)


train_ds, valid_ds = get_dataset(slice(0, 512), True), get_dataset(slice(512, 640), False)
image_batch, label_batch = next(iter(train_ds))
print("= batch", image_batch.numpy().shape, label_batch.numpy().shape, image_batch.dtype == tf.float32)


def lrfn(epoch):
    warmup, top, low = 2, 0.01, 0.001
    if epoch < warmup:
        return low + (top - low) * epoch / warmup
    progress = (epoch - warmup) / (EPOCHS - warmup)
    return low + (top - low) * 0.5 * (1.0 + math.cos(math.pi * progress))


with strategy.scope():
    model = tf.keras.Sequential([
        tf.keras.layers.Conv2D(16, 3, activation="relu", input_shape=(8, 8, 1)),
        tf.keras.layers.GlobalAveragePooling2D(),
        tf.keras.layers.Dense(32, activation="relu"),
        tf.keras.layers.Dense(10, activation="softmax"),
    ])
    model.compile(
        optimizer=tf.keras.optimizers.Adam(),
        loss=tf.keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
        metrics=["categorical_accuracy"],
    )

callbacks = [
    tf.keras.callbacks.LearningRateScheduler(lrfn, verbose=0),
    tf.keras.callbacks.ModelCheckpoint("model.h5", save_best_only=True, monitor="val_loss", mode="min"),
    tf.keras.callbacks.EarlyStopping(monitor="val_categorical_accuracy", patience=5, restore_best_weights=True),
]
history = model.fit(train_ds, steps_per_epoch=512 // BATCH_SIZE, epochs=EPOCHS, validation_data=valid_ds, callbacks=callbacks, verbose=2)
print("= keys", [key for key in sorted(history.history) if "categorical" in key or "loss" in key])
print("= rates", " ".join("%.5f" % rate for rate in history.history["lr"]))
print("= learnt", history.history["val_loss"][-1] < history.history["val_loss"][0])

model.load_weights("model.h5")
probabilities = np.concatenate([model.predict(valid_ds), model.predict(valid_ds)], axis=0)
predicted = np.argmax(probabilities, axis=-1)
matrix = tf.math.confusion_matrix(np.tile(labels[512:], 2), predicted, num_classes=10)
print("= predictions", predicted.shape, int(tf.reduce_sum(matrix).numpy()))
K.clear_session()

# oracle: tf-keras
# A table by pandas as a data set of named columns; CSV files read by tf.data; a model with inputs by name.
import numpy as np
import pandas as pd
import tensorflow as tf
from tensorflow.keras import layers

rng = np.random.RandomState(1)
frame = pd.DataFrame({
    "age": rng.randint(20, 70, 40),
    "pressure": rng.normal(120, 10, 40).round(1),
    "sex": rng.choice(["f", "m"], 40),
    "target": rng.randint(0, 2, 40),
})
frame.to_csv("heart.csv", index=False)


def df_to_dataset(dataframe, shuffle=True, batch_size=8):
    dataframe = dataframe.copy()
    labels = dataframe.pop("target")
    ds = tf.data.Dataset.from_tensor_slices((dict(dataframe), labels))
    if shuffle:
        ds = ds.shuffle(buffer_size=len(dataframe))
    ds = ds.batch(batch_size)
    ds = ds.prefetch(batch_size)
    return ds


train_ds = df_to_dataset(frame, shuffle=False)
[(train_features, label_batch)] = train_ds.take(1)
print("= features", sorted(train_features), tuple(train_features["age"].shape), label_batch.numpy().tolist())
print("= text", [text.decode() for text in train_features["sex"].numpy()[:3]])
print("= steps", len(train_ds))

numeric = frame[["age", "pressure"]].astype("float32")
normalizer = layers.Normalization(axis=-1)
normalizer.adapt(np.array(numeric))
print("= mean", " ".join("%.4f" % value for value in np.array(normalizer.mean).ravel()))

inputs = {name: tf.keras.Input(shape=(1,), name=name) for name in ("age", "pressure")}
x = layers.Concatenate()([inputs["age"], inputs["pressure"]])
x = normalizer(x)
x = layers.Dense(4, activation="relu", kernel_initializer="ones")(x)
outputs = layers.Dense(1, kernel_initializer="zeros")(x)
model = tf.keras.Model(inputs, outputs)
model.compile("sgd", tf.keras.losses.BinaryCrossentropy(from_logits=True), metrics=["accuracy"])


def only_numbers(features, label):
    wanted = {name: tf.expand_dims(tf.cast(features[name], tf.float32), -1) for name in ("age", "pressure")}
    return wanted, label


numbers_ds = train_ds.map(only_numbers)
history = model.fit(numbers_ds, epochs=3, verbose=0)
print("= loss", " ".join("%.5f" % value for value in history.history["loss"]))
print("= predicted", model.predict(numbers_ds, verbose=0).shape)

csv_ds = tf.data.experimental.make_csv_dataset(
    "heart.csv", batch_size=5, label_name="target", num_epochs=1, shuffle=False, ignore_errors=True)
for batch, label in csv_ds.take(1):
    print("= csv", list(batch), batch["age"].numpy().tolist(), "%.1f" % batch["pressure"].numpy()[0],
          label.numpy().tolist())

lines = tf.data.TextLineDataset("heart.csv").skip(1)


def parse(line):
    age, pressure, sex, target = tf.io.decode_csv(line, [0, 0.0, "", 0])
    return tf.stack([tf.cast(age, tf.float32), pressure]), target


parsed = lines.map(parse).filter(lambda x, y: y > 0).batch(4)
first, target = next(iter(parsed))
print("= parsed", tuple(first.shape), target.numpy().tolist(), "%.2f" % float(tf.reduce_mean(first)))

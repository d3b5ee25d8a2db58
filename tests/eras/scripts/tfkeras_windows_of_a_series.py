# oracle: tf-keras
# Time series forecasting as the TensorFlow courses taught it: windows by tf.data, a DNN and an LSTM.
import numpy as np
import tensorflow as tf
from tensorflow import keras


def trend(time, slope=0.0):
    return slope * time


def seasonal_pattern(season_time):
    return np.where(season_time < 0.4, np.cos(season_time * 2 * np.pi), 1 / np.exp(3 * season_time))


def seasonality(time, period, amplitude=1, phase=0):
    season_time = ((time + phase) % period) / period
    return amplitude * seasonal_pattern(season_time)


time = np.arange(121, dtype="float32")
series = 1 + trend(time, 0.01) + seasonality(time, period=12, amplitude=0.5)
split_time = 90
x_train, x_valid = series[:split_time], series[split_time:]
window_size, batch_size, shuffle_buffer_size = 10, 8, 100


def windowed_dataset(series, window_size, batch_size, shuffle_buffer):
    dataset = tf.data.Dataset.from_tensor_slices(series)
    dataset = dataset.window(window_size + 1, shift=1, drop_remainder=True)
    dataset = dataset.flat_map(lambda window: window.batch(window_size + 1))
    if shuffle_buffer:
        dataset = dataset.shuffle(shuffle_buffer)
    dataset = dataset.map(lambda window: (window[:-1], window[-1]))
    dataset = dataset.batch(batch_size).prefetch(1)
    return dataset


dataset = windowed_dataset(x_train, window_size, batch_size, 0)
for x, y in dataset.take(1):
    print("= batch", tuple(x.shape), tuple(y.shape), "%.5f" % float(tf.reduce_sum(x)))

model = tf.keras.models.Sequential([
    tf.keras.layers.Dense(10, input_shape=[window_size], activation="relu", kernel_initializer="ones"),
    tf.keras.layers.Dense(1, kernel_initializer=tf.keras.initializers.Constant(0.01)),
])
model.compile(loss="mse", optimizer=tf.keras.optimizers.SGD(learning_rate=1e-5, momentum=0.9))
history = model.fit(dataset, epochs=4, verbose=0)
print("= loss", " ".join("%.5f" % value for value in history.history["loss"]))

forecast = []
for step in range(len(series) - window_size):
    if step >= split_time - window_size:
        forecast.append(model(series[step:step + window_size][np.newaxis]).numpy()[0, 0])
print("= mae %.5f" % float(np.mean(np.abs(x_valid - np.array(forecast)))))


def model_forecast(model, series, window_size):
    ds = tf.data.Dataset.from_tensor_slices(series)
    ds = ds.window(window_size, shift=1, drop_remainder=True)
    ds = ds.flat_map(lambda w: w.batch(window_size))
    ds = ds.batch(32).prefetch(1)
    return model.predict(ds, verbose=0)


lstm = tf.keras.models.Sequential([
    tf.keras.layers.Lambda(lambda x: tf.expand_dims(x, axis=-1), input_shape=[None]),
    tf.keras.layers.Bidirectional(tf.keras.layers.LSTM(4)),
    tf.keras.layers.Dense(1),
    tf.keras.layers.Lambda(lambda x: x * 10.0),
])
lr_schedule = tf.keras.callbacks.LearningRateScheduler(lambda epoch: 1e-6 * 10 ** (epoch / 20))
lstm.compile(loss=tf.keras.losses.Huber(), optimizer=tf.keras.optimizers.SGD(momentum=0.9), metrics=["mae"])
history = lstm.fit(windowed_dataset(x_train, window_size, batch_size, shuffle_buffer_size), epochs=2,
                   callbacks=[lr_schedule], verbose=0)
print("= keys", sorted(key for key in history.history if key not in ("lr", "learning_rate")))
print("= forecast", model_forecast(lstm, series, window_size).shape)

series_ds = keras.utils.timeseries_dataset_from_array(series[:-1], series[10:], sequence_length=10, batch_size=16)
print("= utility", [tuple(x.shape) + tuple(y.shape) for x, y in series_ds][-1],
      "%.4f" % float(next(iter(series_ds))[1][3]))

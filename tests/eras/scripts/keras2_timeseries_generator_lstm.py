# oracle: tf-keras
# Forecasting a series: scaled, cut into windows by TimeseriesGenerator, an LSTM, a forecast step by step.
import numpy as np
import pandas as pd
from keras.callbacks import ReduceLROnPlateau
from keras.layers import LSTM, Dense
from keras.models import Sequential
from keras.preprocessing.sequence import TimeseriesGenerator
from sklearn.metrics import mean_squared_error
from sklearn.preprocessing import MinMaxScaler

dates = pd.date_range('2018-01-01', periods=72, freq='D')
df = pd.DataFrame({'sales': 10 + np.sin(np.arange(72) / 3.0) + np.arange(72) / 40.0}, index=dates)
train, test = df.iloc[:60], df.iloc[60:]
scaler = MinMaxScaler()
scaler.fit(train)
scaled_train = scaler.transform(train)
scaled_test = scaler.transform(test)

n_input, n_features = 12, 1
generator = TimeseriesGenerator(scaled_train, scaled_train, length=n_input, batch_size=6)
X, y = generator[0]
print("= first", len(generator), X.shape, y.shape, "%.5f %.5f" % (X.sum(), y.sum()))
for i in range(2):
    x, target = generator[i]
    print('%s => %s' % (x[0].ravel()[:3], target[0]))

model = Sequential()
model.add(LSTM(8, activation='relu', input_shape=(n_input, n_features)))
model.add(Dense(1))
rng = np.random.RandomState(0)
model.set_weights([0.2 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(optimizer='adam', loss='mse')
reduce_lr = ReduceLROnPlateau(monitor='loss', factor=0.5, patience=1, min_delta=10.0, verbose=1)
history = model.fit_generator(generator, epochs=4, verbose=0, shuffle=False, callbacks=[reduce_lr])
print("= loss", " ".join("%.4f" % v for v in history.history['loss']))
print("= rates", " ".join("%.6f" % v for v in history.history['lr']))

test_predictions = []
first_eval_batch = scaled_train[-n_input:]
current_batch = first_eval_batch.reshape((1, n_input, n_features))
for i in range(len(test)):
    current_pred = model.predict(current_batch)[0]
    test_predictions.append(current_pred)
    current_batch = np.append(current_batch[:, 1:, :], [[current_pred]], axis=1)
true_predictions = scaler.inverse_transform(test_predictions)
print("= forecast", true_predictions.shape, "%.3f" % np.sqrt(mean_squared_error(test['sales'], true_predictions)))

multi = np.hstack([scaled_train, np.arange(60).reshape(-1, 1) / 60.0])
several = TimeseriesGenerator(multi, multi[:, 0], length=10, sampling_rate=2, stride=3, batch_size=4, reverse=True)
print("= several", len(several), several[0][0].shape, "%.4f" % several[1][0].mean())
print("= evaluated %.5f" % model.evaluate_generator(generator, steps=2))

# oracle: tf-keras
# A stateful LSTM with a fixed batch, its states reset by hand.
import numpy as np
from keras.layers import LSTM, Dense
from keras.models import Sequential

batch_size, tsteps = 5, 4
x = np.sin(np.arange(100).reshape(25, tsteps, 1) / 5.)
y = x.mean(axis=1)

model = Sequential()
model.add(LSTM(6, batch_input_shape=(batch_size, tsteps, 1), return_sequences=True, stateful=True))
model.add(LSTM(6, return_sequences=False, stateful=True))
model.add(Dense(1))
rng = np.random.RandomState(2)
model.set_weights([0.3 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(loss='mse', optimizer='rmsprop')

for i in range(2):
    model.fit(x, y, batch_size=batch_size, epochs=1, verbose=0, shuffle=False)
    model.reset_states()
first = model.predict(x[:5], batch_size=batch_size)
second = model.predict(x[:5], batch_size=batch_size)
model.reset_states()
third = model.predict(x[:5], batch_size=batch_size)
print("= first", " ".join("%.4f" % value for value in first.ravel()))
print("= the state counts", bool(np.abs(first - second).max() > 1e-4))
print("= reset", np.allclose(first, third, atol=1e-6))
print("= shapes", model.input_shape, model.output_shape, model.layers[0].output_shape)

# oracle: keras
# Today's Keras on its torch backend: an overridden train_step, a metric of one's own, ops in a loss.
import keras
import numpy as np
import torch
from keras import layers, ops


class Tracked(keras.Model):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.loss_tracker = keras.metrics.Mean(name="loss")
        self.mae = keras.metrics.MeanAbsoluteError(name="mae")

    @property
    def metrics(self):
        return [self.loss_tracker, self.mae]

    def train_step(self, data):
        x, y = data
        self.zero_grad()
        y_pred = self(x, training=True)
        loss = keras.losses.mean_squared_error(y, y_pred)
        loss = ops.mean(loss)
        loss.backward()
        trainable_weights = [v for v in self.trainable_weights]
        gradients = [v.value.grad for v in trainable_weights]
        with torch.no_grad():
            self.optimizer.apply(gradients, trainable_weights)
        self.loss_tracker.update_state(loss)
        self.mae.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}


class LastLoss(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = []

    def on_epoch_end(self, epoch, logs=None):
        self.seen.append(sorted(logs))


x = np.linspace(-1, 1, 96).reshape(32, 3).astype("float32")
y = x.sum(axis=1, keepdims=True)
inputs = keras.Input(shape=(3,))
hidden = layers.Dense(4, activation="relu", kernel_initializer="ones")(inputs)
model = Tracked(inputs, layers.Dense(1, kernel_initializer="ones")(hidden))
model.compile(optimizer=keras.optimizers.Adam(0.01))
watch = LastLoss()
history = model.fit(x, y, epochs=3, batch_size=8, shuffle=False, verbose=0, callbacks=[watch])
print("= keys", watch.seen[-1])
print("= loss", " ".join(f"{value:.5f}" for value in history.history["loss"]))
print("= mae", " ".join(f"{value:.5f}" for value in history.history["mae"]))
print("= weight", f"{keras.ops.convert_to_numpy(model.trainable_variables[0])[0, 0]:.5f}")
model.save("tracked.keras")
again = keras.saving.load_model("tracked.keras", custom_objects={"Tracked": Tracked})
print("= same", np.allclose(again.predict(x, verbose=0), model.predict(x, verbose=0), atol=1e-6))

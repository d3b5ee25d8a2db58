# oracle: tf-keras
# tf.keras of 2019 without much tf beside it.
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.models import Sequential, load_model
import numpy as np


class Block(layers.Layer):
    def __init__(self, units=4, **kwargs):
        super(Block, self).__init__(**kwargs)
        self.units = units
        self.dense = layers.Dense(units, kernel_initializer="ones")
        self.norm = layers.BatchNormalization()

    def call(self, inputs, training=None):
        return keras.activations.relu(self.norm(self.dense(inputs), training=training))

    def get_config(self):
        config = super(Block, self).get_config()
        config.update({"units": self.units})
        return config


class Net(keras.Model):
    def __init__(self):
        super(Net, self).__init__()
        self.block = Block(4)
        self.out = layers.Dense(2, activation="softmax", kernel_initializer="zeros")

    def call(self, x, training=False):
        return self.out(self.block(x, training=training))


rng = np.random.RandomState(0)
x = rng.rand(48, 3).astype("float32")
y = (x[:, 0] > 0.5).astype("int64")

net = Net()
net.compile(optimizer=keras.optimizers.Adam(learning_rate=0.01), loss=keras.losses.SparseCategoricalCrossentropy(),
            metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")])
history = net.fit(x, y, epochs=3, batch_size=16, shuffle=False, verbose=0, validation_data=(x[:16], y[:16]))
net.summary()
print("= keys", sorted(history.history))
print("= loss", " ".join("%.4f" % v for v in history.history["loss"]))

model = Sequential([layers.InputLayer(input_shape=(3,)), Block(5), layers.Dense(1)])
model.compile("sgd", keras.losses.MeanSquaredError())
model.save("blocks.h5")
again = load_model("blocks.h5", custom_objects={"Block": Block})
print("= same", np.allclose(model.predict(x), again.predict(x), atol=1e-6))
print("= logits", net(x[:2], training=False).numpy().shape, net.count_params())

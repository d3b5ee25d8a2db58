# oracle: tf-keras
# The quickstart of TensorFlow 2, on the small digits of scikit-learn.
import tensorflow as tf
from sklearn.datasets import load_digits

print("TensorFlow version:", tf.__version__)
gpus = tf.config.list_physical_devices("GPU")
for gpu in gpus:
    tf.config.experimental.set_memory_growth(gpu, True)

images, labels = load_digits(return_X_y=True)
images = images.reshape(-1, 8, 8) / 16.0
(x_train, y_train), (x_test, y_test) = (images[:1400], labels[:1400]), (images[1400:], labels[1400:])

tf.random.set_seed(0)
model = tf.keras.models.Sequential([
    tf.keras.layers.Flatten(input_shape=(8, 8)),
    tf.keras.layers.Dense(64, activation="relu"),
    tf.keras.layers.Dropout(0.2),
    tf.keras.layers.Dense(10, kernel_initializer="zeros"),
])

predictions = model(x_train[:1]).numpy()
print("= logits", predictions.shape, predictions.dtype, float(predictions.sum()))
print("= softmax %.4f" % tf.nn.softmax(predictions).numpy()[0, 3])

loss_fn = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
print("= first loss %.4f" % loss_fn(y_train[:1], predictions).numpy())

model.compile(optimizer="adam", loss=loss_fn, metrics=["accuracy"])
history = model.fit(x_train, y_train, epochs=8, verbose=2)
loss, accuracy = model.evaluate(x_test, y_test, verbose=2)
print("= learnt", accuracy > 0.8, history.history["loss"][-1] < history.history["loss"][0], sorted(history.history))

probability_model = tf.keras.Sequential([model, tf.keras.layers.Softmax()])
chances = probability_model(x_test[:5])
print("= chances", chances.numpy().shape, chances.numpy().sum(axis=1).round(4).tolist())
print("= classes", tf.argmax(chances, axis=1).numpy().shape, tf.argmax(chances, axis=1).numpy().dtype)

# oracle: tf-keras
# The quickstart for experts: tf.data, a subclassed model, GradientTape and tf.function.
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits
from tensorflow.keras import Model
from tensorflow.keras.layers import Conv2D, Dense, Flatten

images, labels = load_digits(return_X_y=True)
images = (images / 16.0).reshape(-1, 8, 8)
x_train, x_test, y_train, y_test = images[:512], images[512:768], labels[:512], labels[512:768]
x_train = x_train[..., tf.newaxis].astype("float32")
x_test = x_test[..., tf.newaxis].astype("float32")

train_ds = tf.data.Dataset.from_tensor_slices((x_train, y_train)).batch(64).prefetch(tf.data.AUTOTUNE)
test_ds = tf.data.Dataset.from_tensor_slices((x_test, y_test)).batch(64)


class MyModel(Model):
    def __init__(self):
        super(MyModel, self).__init__()
        constant = tf.keras.initializers.Constant(0.05)
        self.conv1 = Conv2D(4, 3, activation="relu", kernel_initializer=constant)
        self.flatten = Flatten()
        self.d1 = Dense(16, activation="relu", kernel_initializer=constant)
        self.d2 = Dense(10, kernel_initializer="zeros")

    def call(self, x):
        x = self.conv1(x)
        x = self.flatten(x)
        x = self.d1(x)
        return self.d2(x)


model = MyModel()
loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)
optimizer = tf.keras.optimizers.Adam()

train_loss = tf.keras.metrics.Mean(name="train_loss")
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="train_accuracy")
test_loss = tf.keras.metrics.Mean(name="test_loss")
test_accuracy = tf.keras.metrics.SparseCategoricalAccuracy(name="test_accuracy")


@tf.function
def train_step(images, labels):
    with tf.GradientTape() as tape:
        predictions = model(images, training=True)
        loss = loss_object(labels, predictions)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    train_loss(loss)
    train_accuracy(labels, predictions)


@tf.function
def test_step(images, labels):
    predictions = model(images, training=False)
    t_loss = loss_object(labels, predictions)
    test_loss(t_loss)
    test_accuracy(labels, predictions)


EPOCHS = 3
for epoch in range(EPOCHS):
    train_loss.reset_states()
    train_accuracy.reset_states()
    test_loss.reset_states()
    test_accuracy.reset_states()

    for images, labels in train_ds:
        train_step(images, labels)
    for test_images, test_labels in test_ds:
        test_step(test_images, test_labels)

    print(
        f"Epoch {epoch + 1}, "
        f"Loss: {train_loss.result():0.2f}, "
        f"Accuracy: {train_accuracy.result() * 100:0.2f}, "
        f"Test Loss: {test_loss.result():0.2f}, "
        f"Test Accuracy: {test_accuracy.result() * 100:0.2f}"
    )
    print("= losses %.4f %.4f" % (train_loss.result().numpy(), test_loss.result().numpy()))
    print("= accuracy %.4f" % float(train_accuracy.result()))

print("= weights", [w.shape.as_list() for w in model.trainable_variables], int(optimizer.iterations.numpy()))
print("= types", type(model(x_test[:1]).numpy()) is np.ndarray, tf.executing_eagerly())

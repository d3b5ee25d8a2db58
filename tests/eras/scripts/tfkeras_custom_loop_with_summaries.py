# oracle: tf-keras
# TensorBoard's tutorial: a custom loop over tf.data, metrics, and summaries of training and test.
import datetime
import os

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
x_train, x_test = rng.rand(60, 4).astype("float32"), rng.rand(20, 4).astype("float32")
y_train, y_test = x_train.argmax(1), x_test.argmax(1)
train_dataset = tf.data.Dataset.from_tensor_slices((x_train, y_train))
test_dataset = tf.data.Dataset.from_tensor_slices((x_test, y_test))
train_dataset = train_dataset.batch(16)
test_dataset = test_dataset.batch(16)

model = tf.keras.models.Sequential([
    tf.keras.layers.Dense(8, activation="relu", kernel_initializer="ones", input_shape=(4,)),
    tf.keras.layers.Dense(4, activation="softmax", kernel_initializer="zeros"),
])
loss_object = tf.keras.losses.SparseCategoricalCrossentropy()
optimizer = tf.keras.optimizers.Adam(learning_rate=0.01)
train_loss = tf.keras.metrics.Mean("train_loss", dtype=tf.float32)
train_accuracy = tf.keras.metrics.SparseCategoricalAccuracy("train_accuracy")
test_loss = tf.keras.metrics.Mean("test_loss", dtype=tf.float32)
test_accuracy = tf.keras.metrics.SparseCategoricalAccuracy("test_accuracy")


@tf.function
def train_step(model, optimizer, x_train, y_train):
    with tf.GradientTape() as tape:
        predictions = model(x_train, training=True)
        loss = loss_object(y_train, predictions)
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables))
    train_loss(loss)
    train_accuracy(y_train, predictions)


@tf.function
def test_step(model, x_test, y_test):
    predictions = model(x_test)
    loss = loss_object(y_test, predictions)
    test_loss(loss)
    test_accuracy(y_test, predictions)


current_time = datetime.datetime.now().strftime("%Y%m%d-%H%M%S")
train_log_dir = "logs/gradient_tape/" + current_time + "/train"
test_log_dir = "logs/gradient_tape/" + current_time + "/test"
train_summary_writer = tf.summary.create_file_writer(train_log_dir)
test_summary_writer = tf.summary.create_file_writer(test_log_dir)

for epoch in range(3):
    for x, y in train_dataset:
        train_step(model, optimizer, x, y)
    with train_summary_writer.as_default():
        tf.summary.scalar("loss", train_loss.result(), step=epoch)
        tf.summary.scalar("accuracy", train_accuracy.result(), step=epoch)
        for weight in model.trainable_variables:
            tf.summary.histogram("weights_%d" % len(weight.shape), weight, step=epoch)
    for x, y in test_dataset:
        test_step(model, x, y)
    with test_summary_writer.as_default():
        tf.summary.scalar("loss", test_loss.result(), step=epoch)
        tf.summary.image("inputs", np.reshape(x_test[0:2], (-1, 2, 2, 1)), step=epoch)
        tf.summary.text("note", "epoch %d" % epoch, step=epoch)
    print("= epoch %d: %.5f %.4f, %.5f %.4f" % (
        epoch + 1, train_loss.result(), train_accuracy.result() * 100, test_loss.result(), test_accuracy.result() * 100))
    train_loss.reset_states() if hasattr(train_loss, "reset_states") else train_loss.reset_state()
    test_loss.reset_state()
    train_accuracy.reset_state()
    test_accuracy.reset_state()

for folder in (train_log_dir, test_log_dir):
    print("= files", [name.startswith("events.out.tfevents") for name in os.listdir(folder)])

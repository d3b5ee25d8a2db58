# oracle: tf-keras
# A loop written out, as the guides of 2019 and 2020 do it: features packed by tf.stack, a loss and a grad function.
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_iris

features, target = load_iris(return_X_y=True)
order = np.random.RandomState(1).permutation(len(features))
features, target = features[order].astype("float32"), target[order].astype("int32")
column_names = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
columns = {name: features[:, index] for index, name in enumerate(column_names)}

train_dataset = tf.data.Dataset.from_tensor_slices((columns, target)).batch(30)


def pack_features_vector(features, labels):
    """Pack the features into a single array."""
    features = tf.stack(list(features.values()), axis=1)
    return features, labels


train_dataset = train_dataset.map(pack_features_vector)
features, labels = next(iter(train_dataset))
print("= packed", features.numpy().shape, labels.dtype == tf.int32, features[:1].numpy().round(2).tolist())

model = tf.keras.Sequential([
    tf.keras.layers.Dense(10, activation=tf.nn.relu, input_shape=(4,), kernel_initializer=tf.constant_initializer(0.1)),
    tf.keras.layers.Dense(10, activation=tf.nn.tanh, kernel_initializer=tf.ones_initializer()),
    tf.keras.layers.Dense(3, kernel_initializer=tf.zeros_initializer()),
])

predictions = model(features)
print("= prediction", tf.argmax(predictions, axis=1).numpy()[:3].tolist(), tf.nn.softmax(predictions[:1]).numpy().round(4))

loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True)


def loss(model, x, y, training):
    y_ = model(x, training=training)
    return loss_object(y_true=y, y_pred=y_)


def grad(model, inputs, targets):
    with tf.GradientTape() as tape:
        loss_value = loss(model, inputs, targets, training=True)
    return loss_value, tape.gradient(loss_value, model.trainable_variables)


optimizer = tf.keras.optimizers.SGD(learning_rate=0.01)
loss_value, grads = grad(model, features, labels)
print("Step: {}, Initial Loss: {}".format(optimizer.iterations.numpy(), loss_value.numpy()))
print("= initial %d %.4f" % (optimizer.iterations.numpy(), loss_value.numpy()))
optimizer.apply_gradients(zip(grads, model.trainable_variables))
print("= step %d %.4f" % (optimizer.iterations.numpy(), loss(model, features, labels, training=True).numpy()))

train_loss_results, train_accuracy_results = [], []
for epoch in range(6):
    epoch_loss_avg = tf.keras.metrics.Mean()
    epoch_accuracy = tf.keras.metrics.SparseCategoricalAccuracy()
    for x, y in train_dataset:
        loss_value, grads = grad(model, x, y)
        grads, norm = tf.clip_by_global_norm(grads, 5.0)
        optimizer.apply_gradients(zip(grads, model.trainable_variables))
        epoch_loss_avg.update_state(loss_value)
        epoch_accuracy.update_state(y, model(x, training=True))
    train_loss_results.append(epoch_loss_avg.result())
    train_accuracy_results.append(epoch_accuracy.result())
print("= losses", " ".join("%.4f" % value for value in train_loss_results))
print("= arrays", np.array(train_loss_results).shape, np.array(train_accuracy_results)[-1].dtype)

test_accuracy = tf.keras.metrics.Accuracy()
for x, y in train_dataset:
    logits = model(x, training=False)
    prediction = tf.math.argmax(logits, axis=1, output_type=tf.int64)
    test_accuracy(prediction, y)
    matrix = tf.math.confusion_matrix(y, prediction, num_classes=3)
print("= matrix", matrix.numpy().shape, int(tf.reduce_sum(matrix)))
print("Test set accuracy: {:.3%}".format(test_accuracy.result()))

for i, logits in enumerate(model(tf.convert_to_tensor([[5.1, 3.3, 1.7, 0.5], [6.9, 3.1, 5.4, 2.1]]), training=False)):
    class_idx = tf.math.argmax(logits).numpy()
    p = tf.nn.softmax(logits)[class_idx]
    print("Example {} prediction: {} ({:4.1f}%)".format(i, class_idx, 100 * p))

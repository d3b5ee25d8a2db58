# oracle: tf-keras
# The text classification tutorial: files in folders, TextVectorization with a standardization of one's own.
import os
import re
import shutil
import string

import numpy as np
import tensorflow as tf
from tensorflow.keras import layers, losses

tf.random.set_seed(0)
rng = np.random.RandomState(0)
for split in ("train", "test"):
    for label, words in (("pos", ["good", "great", "fine"]), ("neg", ["bad", "awful", "poor"])):
        os.makedirs("aclImdb/%s/%s" % (split, label))
        for number in range(10):
            with open("aclImdb/%s/%s/%d.txt" % (split, label, number), "w") as file:
                file.write("A %s film!<br />%s, really %s." % tuple(rng.choice(words, 3)))
os.makedirs("aclImdb/train/unsup")
shutil.rmtree(os.path.join("aclImdb", "train", "unsup"))

batch_size, seed = 4, 42
raw_train_ds = tf.keras.utils.text_dataset_from_directory(
    "aclImdb/train", batch_size=batch_size, validation_split=0.2, subset="training", seed=seed)
raw_val_ds = tf.keras.utils.text_dataset_from_directory(
    "aclImdb/train", batch_size=batch_size, validation_split=0.2, subset="validation", seed=seed)
raw_test_ds = tf.keras.preprocessing.text_dataset_from_directory("aclImdb/test", batch_size=batch_size, shuffle=False)
for text_batch, label_batch in raw_test_ds.take(1):
    print("= review", text_batch.numpy()[0], label_batch.numpy()[0])
print("= classes", raw_train_ds.class_names, len(raw_train_ds), len(raw_val_ds))


def custom_standardization(input_data):
    lowercase = tf.strings.lower(input_data)
    stripped_html = tf.strings.regex_replace(lowercase, "<br />", " ")
    return tf.strings.regex_replace(stripped_html, "[%s]" % re.escape(string.punctuation), "")


max_features, sequence_length = 100, 10
vectorize_layer = layers.TextVectorization(
    standardize=custom_standardization, max_tokens=max_features, output_mode="int",
    output_sequence_length=sequence_length)
train_text = raw_train_ds.map(lambda x, y: x)
vectorize_layer.adapt(train_text)
print("= vocabulary", sorted(map(str, vectorize_layer.get_vocabulary())))


def vectorize_text(text, label):
    text = tf.expand_dims(text, -1)
    return vectorize_layer(text), label


text_batch, label_batch = next(iter(raw_test_ds))
vectorized, _ = vectorize_text(text_batch[0], label_batch[0])
vocabulary = vectorize_layer.get_vocabulary()
print("= words", [str(vocabulary[number]) for number in np.array(vectorized)[0]])

AUTOTUNE = tf.data.AUTOTUNE
train_ds = raw_train_ds.map(vectorize_text).cache().prefetch(buffer_size=AUTOTUNE)
val_ds = raw_val_ds.map(vectorize_text).cache().prefetch(buffer_size=AUTOTUNE)
test_ds = raw_test_ds.map(vectorize_text).cache().prefetch(buffer_size=AUTOTUNE)

model = tf.keras.Sequential([
    layers.Embedding(max_features + 1, 16),
    layers.Dropout(0.2),
    layers.GlobalAveragePooling1D(),
    layers.Dropout(0.2),
    layers.Dense(1)])
model.compile(loss=losses.BinaryCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(0.05),
              metrics=[tf.metrics.BinaryAccuracy(threshold=0.0)])
history = model.fit(train_ds, validation_data=val_ds, epochs=15, verbose=0)
print("= keys", sorted(history.history))
loss, accuracy = model.evaluate(test_ds, verbose=0)
print("= learned", accuracy > 0.9)

export_model = tf.keras.Sequential([vectorize_layer, model, layers.Activation("sigmoid")])
export_model.compile(loss=losses.BinaryCrossentropy(from_logits=False), optimizer="adam", metrics=["accuracy"])
metrics = export_model.evaluate(raw_test_ds, return_dict=True, verbose=0)
print("= exported", sorted(metrics), metrics["accuracy"] > 0.9)
examples = tf.constant(["The movie was great!", "The movie was okay.", "The movie was awful..."])
predicted = export_model.predict(examples, verbose=0)
print("= predictions", predicted.shape, bool(predicted[0, 0] > predicted[2, 0]))

encoder = layers.TextVectorization(max_tokens=50)
encoder.adapt(raw_test_ds.map(lambda text, label: text))
recurrent = tf.keras.Sequential([
    encoder,
    layers.Embedding(input_dim=len(encoder.get_vocabulary()), output_dim=8, mask_zero=True),
    layers.Bidirectional(layers.LSTM(4)),
    layers.Dense(1)])
recurrent.compile(loss=losses.BinaryCrossentropy(from_logits=True), optimizer=tf.keras.optimizers.Adam(1e-4))
recurrent.fit(raw_train_ds, epochs=1, validation_data=raw_test_ds, validation_steps=2, verbose=0)
same = recurrent.predict(np.array(["a good film"]), verbose=0)
padded = recurrent.predict(np.array(["a good film", "a good film that is a very long film"]), verbose=0)
print("= masked", bool(np.allclose(same[0], padded[0], atol=1e-5)))

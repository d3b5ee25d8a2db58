# oracle: tf-keras
# The idioms of the TensorFlow in Practice courses: generators in fit, a callback that stops, sarcasm in headlines.
import io
import json
import os

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras.optimizers import RMSprop
from tensorflow.keras.preprocessing import image
from tensorflow.keras.preprocessing.image import ImageDataGenerator
from tensorflow.keras.preprocessing.sequence import pad_sequences
from tensorflow.keras.preprocessing.text import Tokenizer

rng = np.random.RandomState(0)
base_dir = os.path.join('.', 'horse-or-human')
for name, count in (('horses', 9), ('humans', 8)):
    os.makedirs(os.path.join(base_dir, name))
    for i in range(count):
        picture = rng.randint(0, 120, (14, 14, 3)) + (100 if name == 'humans' else 0)
        image.save_img(os.path.join(base_dir, name, 'picture%02d.png' % i), picture, scale=False)

model = tf.keras.models.Sequential([
    tf.keras.layers.Conv2D(4, (3, 3), activation='relu', input_shape=(12, 12, 3)),
    tf.keras.layers.MaxPooling2D(2, 2),
    tf.keras.layers.Flatten(),
    tf.keras.layers.Dense(8, activation='relu'),
    tf.keras.layers.Dense(1, activation='sigmoid')
])
model.summary()
model.set_weights([0.2 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(loss='binary_crossentropy', optimizer=RMSprop(learning_rate=0.001), metrics=['accuracy'])


class myCallback(tf.keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs={}):
        if logs.get('loss') < 100:
            print("\nReached a loss below 100 so cancelling training!")
            self.model.stop_training = True


train_datagen = ImageDataGenerator(rescale=1 / 255, validation_split=0.25)
train_generator = train_datagen.flow_from_directory(
    base_dir, target_size=(12, 12), batch_size=4, class_mode='binary', subset='training', shuffle=False)
validation_generator = train_datagen.flow_from_directory(
    base_dir, target_size=(12, 12), batch_size=4, class_mode='binary', subset='validation', shuffle=False)
print("= found", train_generator.samples, validation_generator.samples, train_generator.class_indices)
history = model.fit(
    train_generator,
    steps_per_epoch=3,
    epochs=15,
    shuffle=False,
    validation_data=validation_generator,
    validation_steps=1,
    callbacks=[myCallback()],
    verbose=1)
print("= stopped", len(history.history['loss']), sorted(history.history), "%.4f" % history.history['loss'][0])

img = image.load_img(os.path.join(base_dir, 'horses', 'picture00.png'), target_size=(12, 12))
x = image.img_to_array(img)
x = np.expand_dims(x, axis=0)
images = np.vstack([x])
classes = model.predict(images, batch_size=10)
print("= classes", classes.shape, bool(0 <= classes[0] <= 1), img.size)

successive_outputs = [layer.output for layer in model.layers[1:]]
visualization_model = tf.keras.models.Model(inputs=model.input, outputs=successive_outputs)
successive_feature_maps = visualization_model.predict(x / 255)
print("= maps", [feature_map.shape for feature_map in successive_feature_maps])

vocab_size, embedding_dim, max_length = 20, 4, 8
sentences = ['former versace store clerk sues over secret code', 'mom starting to fear son will never leave',
             'boehner just wants wife to listen', 'j.k. rowling wishes snape happy birthday',
             'the secret code of the clerk', 'wife of the former clerk sues son']
with open('sarcasm.json', 'w') as f:
    json.dump([{'headline': s, 'is_sarcastic': i % 2} for i, s in enumerate(sentences)], f)
with open('sarcasm.json') as f:
    datastore = json.load(f)
sentences = [item['headline'] for item in datastore]
labels = np.array([item['is_sarcastic'] for item in datastore])
tokenizer = Tokenizer(num_words=vocab_size, oov_token='<OOV>')
tokenizer.fit_on_texts(sentences)
padded = pad_sequences(tokenizer.texts_to_sequences(sentences), maxlen=max_length, padding='post', truncating='post')
print("= padded", padded[3].tolist(), len(tokenizer.word_index))
model = tf.keras.Sequential([
    tf.keras.layers.Embedding(vocab_size, embedding_dim, input_length=max_length),
    tf.keras.layers.GlobalAveragePooling1D(),
    tf.keras.layers.Dense(6, activation='relu'),
    tf.keras.layers.Dense(1, activation='sigmoid')
])
model.build((None, max_length))
model.set_weights([0.5 * rng.randn(*w.shape) for w in model.get_weights()])
model.compile(loss='binary_crossentropy', optimizer='adam', metrics=['accuracy'])
history = model.fit(padded, labels, epochs=3, validation_data=(padded, labels), verbose=2, shuffle=False)
print("= loss", " ".join("%.4f" % v for v in history.history['loss'] + history.history['val_loss']))

reverse_word_index = dict([(value, key) for (key, value) in tokenizer.word_index.items()])


def decode_sentence(text):
    return ' '.join([reverse_word_index.get(i, '?') for i in text])


print("= decoded", decode_sentence(padded[3]))
e = model.layers[0]
weights = e.get_weights()[0]
out_v = io.open('vecs.tsv', 'w', encoding='utf-8')
for word_num in range(1, vocab_size):
    out_v.write('\t'.join([str(x) for x in weights[word_num]]) + "\n")
out_v.close()
print("= vectors", weights.shape, sum(1 for _ in open('vecs.tsv')))
print("= new", tokenizer.texts_to_sequences(["granny starting to fear spiders in the garden"]))
print("= generated", pad_sequences([[5, 6, 7]], maxlen=5).tolist(), keras.utils.to_categorical([1, 0], num_classes=3).tolist())

# oracle: tf-keras
# The image classification tutorial: pictures in folders, augmentation layers, cache and prefetch.
import os
import pathlib

import numpy as np
import PIL.Image
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.keras.models import Sequential

tf.random.set_seed(0)
data_dir = pathlib.Path("flowers")
rng = np.random.RandomState(0)
for number, name in enumerate(["daisy", "roses", "tulips"]):
    os.makedirs(data_dir / name)
    for index in range(8):
        pixels = rng.randint(0, 100, (20, 24, 3))
        pixels[..., number] += 120
        PIL.Image.fromarray(pixels.astype("uint8")).save(str(data_dir / name / ("%d.png" % index)))
image_count = len(list(data_dir.glob("*/*.png")))
print("= images", image_count)

batch_size, img_height, img_width = 4, 16, 16
train_ds = tf.keras.utils.image_dataset_from_directory(
    data_dir, validation_split=0.25, subset="training", seed=123, image_size=(img_height, img_width),
    batch_size=batch_size)
val_ds = tf.keras.preprocessing.image_dataset_from_directory(
    data_dir, validation_split=0.25, subset="validation", seed=123, image_size=(img_height, img_width),
    batch_size=batch_size)
class_names = train_ds.class_names
print("= classes", class_names)
print("= files", sorted(os.path.basename(path) for path in val_ds.file_paths))
for image_batch, labels_batch in train_ds:
    print("= batch", tuple(image_batch.shape), tuple(labels_batch.shape), image_batch.dtype == tf.float32)
    image_batch.numpy().astype("uint8")
    break

AUTOTUNE = tf.data.AUTOTUNE
train_ds = train_ds.cache().shuffle(1000).prefetch(buffer_size=AUTOTUNE)
val_ds = val_ds.cache().prefetch(buffer_size=AUTOTUNE)
normalization_layer = layers.Rescaling(1.0 / 255)
normalized_ds = train_ds.map(lambda x, y: (normalization_layer(x), y))
image_batch, labels_batch = next(iter(normalized_ds))
first_image = image_batch[0]
print("= range", bool(np.min(first_image) >= 0), bool(np.max(first_image) <= 1))

data_augmentation = keras.Sequential([
    layers.RandomFlip("horizontal", input_shape=(img_height, img_width, 3)),
    layers.RandomRotation(0.1),
    layers.RandomZoom(0.1),
])
for images, _ in train_ds.take(1):
    augmented_images = data_augmentation(images)
    print("= augmented", tuple(augmented_images.shape)[1:])

num_classes = len(class_names)
model = Sequential([
    data_augmentation,
    layers.Rescaling(1.0 / 255),
    layers.Conv2D(8, 3, padding="same", activation="relu"),
    layers.MaxPooling2D(),
    layers.Dropout(0.2),
    layers.Flatten(),
    layers.Dense(16, activation="relu"),
    layers.Dense(num_classes, name="outputs"),
])
model.compile(optimizer="adam", loss=tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True),
              metrics=["accuracy"])
model.summary()
history = model.fit(train_ds, validation_data=val_ds, epochs=3, verbose=2)
print("= keys", sorted(history.history), len(history.history["loss"]))
print("= params", model.count_params())

img = tf.keras.utils.load_img(str(data_dir / "roses" / "0.png"), target_size=(img_height, img_width))
img_array = tf.keras.utils.img_to_array(img)
img_array = tf.expand_dims(img_array, 0)
predictions = model.predict(img_array)
score = tf.nn.softmax(predictions[0])
print("= score", np.array(score).shape, "%.4f" % float(np.sum(score)), class_names[np.argmax(score)] in class_names)

list_ds = tf.data.Dataset.list_files(str(data_dir / "*/*"), shuffle=False)
list_ds = list_ds.shuffle(image_count, reshuffle_each_iteration=False)
val_size = int(image_count * 0.25)
train_files, val_files = list_ds.skip(val_size), list_ds.take(val_size)
print("= cardinality", tf.data.experimental.cardinality(train_files).numpy(), val_files.cardinality().numpy())


def get_label(file_path):
    parts = tf.strings.split(file_path, os.path.sep)
    one_hot = parts[-2] == class_names
    return tf.argmax(one_hot)


def decode_img(img):
    img = tf.io.decode_jpeg(img, channels=3)
    return tf.image.resize(img, [img_height, img_width])


def process_path(file_path):
    label = get_label(file_path)
    img = tf.io.read_file(file_path)
    img = decode_img(img)
    return img, label


train_files = train_files.map(process_path, num_parallel_calls=AUTOTUNE)
for image, label in train_files.take(1):
    print("= image", image.numpy().shape, label.numpy() in (0, 1, 2))


def configure_for_performance(ds):
    return ds.cache().shuffle(buffer_size=1000).batch(batch_size).prefetch(buffer_size=AUTOTUNE)


model.fit(configure_for_performance(train_files), epochs=1, verbose=0)

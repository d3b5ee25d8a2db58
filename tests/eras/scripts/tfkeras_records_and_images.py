# oracle: tf-keras
# Pictures into TFRecords and back, prepared by tf.image in maps, sample weights as third element.
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
images = rng.randint(0, 256, (24, 12, 10, 3)).astype("uint8")
labels = (np.arange(24) % 2).astype("int64")


def _bytes_feature(value):
    return tf.train.Feature(bytes_list=tf.train.BytesList(value=[value]))


def _int64_feature(value):
    return tf.train.Feature(int64_list=tf.train.Int64List(value=[value]))


with tf.io.TFRecordWriter("images.tfrecords") as writer:
    for image, label in zip(images, labels):
        feature = {
            "height": _int64_feature(image.shape[0]),
            "label": _int64_feature(int(label)),
            "image_raw": _bytes_feature(tf.io.encode_png(image).numpy()),
            "weight": tf.train.Feature(float_list=tf.train.FloatList(value=[1.0 + label])),
        }
        writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())

image_feature_description = {
    "height": tf.io.FixedLenFeature([], tf.int64),
    "label": tf.io.FixedLenFeature([], tf.int64),
    "image_raw": tf.io.FixedLenFeature([], tf.string),
    "weight": tf.io.FixedLenFeature([], tf.float32),
}


def parse(example_proto):
    parsed = tf.io.parse_single_example(example_proto, image_feature_description)
    image = tf.io.decode_png(parsed["image_raw"], channels=3)
    image = tf.image.convert_image_dtype(image, tf.float32)
    return image, parsed["label"], parsed["weight"]


def prepare(image, label, weight):
    image = tf.image.resize(image, [8, 8])
    image = tf.image.central_crop(image, 0.75)
    image = tf.image.adjust_contrast(image, 1.2)
    image = tf.clip_by_value(tf.image.adjust_brightness(image, 0.05), 0.0, 1.0)
    return tf.image.rgb_to_grayscale(image), label, weight


dataset = tf.data.TFRecordDataset(["images.tfrecords"])
for raw in dataset.take(1):
    example = tf.train.Example()
    example.ParseFromString(raw.numpy())
    print("= example", sorted(example.features.feature), example.features.feature["height"].int64_list.value[0])
parsed = dataset.map(parse, num_parallel_calls=2)
first, label, weight = next(iter(parsed))
print("= same", bool(np.array_equal((first.numpy() * 255).round(), images[0])), int(label), float(weight))
batches = parsed.map(prepare).batch(6)
print("= batch", *[tuple(part.shape) for part in next(iter(batches))])
print("= mean %.4f" % float(np.mean([np.mean(image) for image, _, _ in batches])))

model = tf.keras.Sequential([
    tf.keras.layers.Flatten(input_shape=(6, 6, 1)),
    tf.keras.layers.Dense(2, kernel_initializer="zeros"),
])
model.compile(tf.keras.optimizers.SGD(0.1), tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True))
history = model.fit(batches, epochs=3, verbose=0)
print("= loss", " ".join("%.4f" % value for value in history.history["loss"]))


def augment(image, label):
    image = tf.image.random_flip_left_right(image)
    image = tf.image.random_brightness(image, max_delta=0.5)
    image = tf.image.resize_with_crop_or_pad(image, 10, 10)
    image = tf.image.random_crop(image, size=[8, 8, 3])
    return tf.clip_by_value(image, 0, 1), label


augmented = parsed.map(lambda image, label, weight: (image, label)).cache().map(augment).shuffle(24).repeat(2).batch(16)
print("= augmented", [tuple(x.shape) for x, y in augmented])

positive = parsed.filter(lambda image, label, weight: tf.equal(label, 1))
print("= positive", sum(1 for _ in positive), [int(number) for number, _ in parsed.enumerate().skip(20)])
mixed = tf.data.Dataset.zip((parsed.map(lambda i, l, w: l), tf.data.Dataset.range(100, 200)))
print("= zipped", [(int(a), int(b)) for a, b in mixed.take(3)])
sizes = tf.data.Dataset.from_generator(lambda: ([i] * i for i in range(1, 5)), tf.int32, tf.TensorShape([None]))
print("= padded", [batch.tolist() for batch in sizes.padded_batch(2, padded_shapes=[None]).as_numpy_iterator()])

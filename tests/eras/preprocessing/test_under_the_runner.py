"""The preprocessing by the paths, and in the calls, of scripts of the time."""

from pathlib import Path
from typing import Any

import pytest

PATHS = """
from keras.preprocessing.image import *
from keras.preprocessing.text import *
from keras.preprocessing.sequence import *
import keras
import tensorflow as tf
from keras.preprocessing import image, sequence, text
from keras_preprocessing.image import ImageDataGenerator as Apart
from tensorflow.keras.preprocessing.text import Tokenizer as OfTensorFlow
from tensorflow.python.keras.preprocessing.sequence import TimeseriesGenerator as Inner
print("= same", ImageDataGenerator is image.ImageDataGenerator is Apart)
print("= same", Apart is tf.keras.preprocessing.image.ImageDataGenerator)
print("= same", Tokenizer is OfTensorFlow is keras.preprocessing.text.Tokenizer is text.Tokenizer)
print("= same", TimeseriesGenerator is Inner is keras.preprocessing.sequence.TimeseriesGenerator)
print("= today's", pad_sequences is keras.utils.pad_sequences, load_img.__module__)
from keras.wrappers.scikit_learn import KerasClassifier
print("= same", KerasClassifier is tf.keras.wrappers.scikit_learn.KerasClassifier)
from keras.utils import np_utils
print("= classes", np_utils.probas_to_classes([[0.2, 0.8]]).tolist())
"""
PICKLES = """
import pickle
from keras.preprocessing import text
tokenizer = text.Tokenizer(oov_token='?')
tokenizer.fit_on_texts(["a b a"])
for path in ("keras_preprocessing.text", "keras.preprocessing.text", "tensorflow.keras.preprocessing.text"):
    text.Tokenizer.__module__ = path  # what was written then names the path of the time
    print("=", pickle.loads(pickle.dumps(tokenizer, protocol=2)).texts_to_sequences(["b c a"]))
"""
LENGTHS = """
import os
import numpy as np
from keras.layers import Dense, Flatten
from keras.models import Sequential
from keras.preprocessing.image import ImageDataGenerator, array_to_img, img_to_array, load_img
x = np.random.rand(8, 6, 6, 3) * 255
for i in range(8):
    os.makedirs('d/%s' % 'ab'[i % 2], exist_ok=True)
    array_to_img(x[i]).save('d/%s/%d.jpg' % ('ab'[i % 2], i))
it = ImageDataGenerator(rescale=1. / 255).flow_from_directory('d', (6, 6), batch_size=3)
m = Sequential([Flatten(input_shape=(6, 6, 3)), Dense(2, activation='softmax')])
m.compile('adam', 'categorical_crossentropy', metrics=['accuracy'])
seen = []
from keras.callbacks import LambdaCallback
count = LambdaCallback(on_epoch_begin=lambda e, logs: seen.append(0),
                       on_batch_end=lambda b, logs: seen.append(seen.pop() + 1))
rest = dict(verbose=0, callbacks=[count])
m.fit_generator(it, samples_per_epoch=8, nb_epoch=1, validation_data=it, nb_val_samples=8, **rest)
m.fit_generator(it, it.samples / it.batch_size, 2, **rest)
m.fit_generator(it, steps_per_epoch=np.ceil(16 / 3.), epochs=2, validation_data=it, validation_steps=1.5, **rest)
m.fit(it, steps_per_epoch=8 // 3, epochs=2, workers=2, max_queue_size=3, class_weight={0: 1., 1: 2.}, **rest)
print("= steps", seen)
print("= rows", m.predict_generator(it, it.samples / it.batch_size).shape, m.predict(it, steps=2.0, verbose=0).shape)
print("= told", len(m.evaluate_generator(it, steps=it.n // it.batch_size + 1)))
gray = img_to_array(load_img('d/a/0.jpg', grayscale=True, target_size=(4, 5)), dim_ordering='th')
print("= gray", gray.shape, it.nb_sample, it.nb_class)
"""
EXPECTED = {
    PATHS: ["= same True"] * 4 + ["= today's True torchkeras.utils._image", "= same True", "= classes [1]"],
    PICKLES: ["= [[3, 1, 2]]"] * 3,
    LENGTHS: [
        "= steps [3, 3, 3, 6, 6, 2, 2]",
        "= rows (8, 2) (6, 2)",
        "= told 2",
        "= gray (1, 4, 5) 8 2",
    ],
}


@pytest.mark.parametrize("script", EXPECTED, ids=["paths", "pickles", "lengths"])
def test_scripts_tell_what_they_should(script: str, runner: Any, tmp_path: Path) -> None:
    assert runner.run(script, cwd=tmp_path).check().facts == EXPECTED[script]


def test_a_name_that_never_was_is_explained_by_the_path_of_the_script(runner: Any, tmp_path: Path) -> None:
    done = runner.run("from keras.preprocessing.text import Tokeniser", cwd=tmp_path)
    assert done.code == 1
    assert "ImportError: keras.preprocessing.text has no name 'Tokeniser'" in done.stderr
    assert "Did you mean 'Tokenizer'?" in done.stderr

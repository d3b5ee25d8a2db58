"""`keras.preprocessing.text` as Keras 1, Keras 2 and tf.keras had it."""

from torchkeras._eras.preprocessing.text._tokenizer import Tokenizer as Tokenizer
from torchkeras._eras.preprocessing.text._tokenizer import tokenizer_from_json as tokenizer_from_json
from torchkeras._eras.preprocessing.text._words import base_filter as base_filter
from torchkeras._eras.preprocessing.text._words import hashing_trick as hashing_trick
from torchkeras._eras.preprocessing.text._words import one_hot as one_hot
from torchkeras._eras.preprocessing.text._words import text_to_word_sequence as text_to_word_sequence

__all__ = ["Tokenizer", "base_filter", "hashing_trick", "one_hot", "text_to_word_sequence", "tokenizer_from_json"]

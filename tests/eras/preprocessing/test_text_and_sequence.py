"""What tokenizers and time series do beside giving numbers: JSON and back, pickles, clear refusals."""

import json
import pickle
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import torchkeras
from torchkeras._eras.preprocessing import sequence, text

ROWS = runpy.run_path(str(Path(__file__).with_name("rows.py")))


@pytest.mark.parametrize("args", [row for row in ROWS["TOKENIZERS"] if "analyzer" not in row])
@pytest.mark.parametrize("copied", ["json", "pickle"])
def test_tokenizers_are_kept(args: dict[str, Any], copied: str) -> None:
    tokenizer = text.Tokenizer(**args)
    tokenizer.fit_on_texts(ROWS["TEXTS"])
    if copied == "json":
        again = text.tokenizer_from_json(tokenizer.to_json())
    else:
        again = pickle.loads(pickle.dumps(tokenizer))
    assert again.get_config() == tokenizer.get_config()
    for mode in ("count", "tfidf"):
        expected = tokenizer.texts_to_matrix(ROWS["TEXTS"], mode)
        np.testing.assert_array_equal(again.texts_to_matrix(ROWS["TEXTS"], mode), expected)
    again.fit_on_texts(["one more cat"])  # counts go on
    assert again.document_count == tokenizer.document_count + 1


def test_real_keras_reads_our_tokenizers_and_we_read_its() -> None:
    from keras._tf_keras.keras.preprocessing import text as theirs

    for writer, reader in ((text, theirs), (theirs, text)):
        tokenizer = writer.Tokenizer(num_words=6, oov_token="?")
        tokenizer.fit_on_texts(ROWS["TEXTS"])
        again = reader.tokenizer_from_json(tokenizer.to_json())
        assert again.texts_to_sequences(ROWS["TEXTS"]) == tokenizer.texts_to_sequences(ROWS["TEXTS"])


def test_sequences_alone_can_be_counted() -> None:
    tokenizer = text.Tokenizer(num_words=5)
    tokenizer.fit_on_sequences([[1, 2, 2], [2, 3]])
    rare, common = tokenizer.sequences_to_matrix([[1, 2]], mode="tfidf")[0, 1:3]
    assert rare == pytest.approx(np.log(1 + 2 / 2)) and common == pytest.approx(np.log(1 + 2 / 3))


def test_nb_words_is_an_old_name() -> None:
    with pytest.warns(DeprecationWarning, match="`nb_words=` is now called `num_words=`"):
        assert text.Tokenizer(nb_words=7).num_words == 7


def test_one_hot_is_the_hashing_trick_with_the_hash_of_python() -> None:
    assert text.one_hot("a b a", 9) == [hash(word) % 8 + 1 for word in "aba"]


def test_base_filter_leaves_apostrophes() -> None:
    assert text.text_to_word_sequence("it's a-b", text.base_filter()) == ["it's", "a", "b"]


def test_series_are_kept_as_json() -> None:
    made = sequence.TimeseriesGenerator(np.arange(12.0), np.arange(12), length=3, stride=2, start_index=1, batch_size=2)
    again = sequence.timeseries_generator_from_json(made.to_json())
    assert len(again) == len(made)
    assert all(np.array_equal(a, b) for ours, theirs in zip(again, made) for a, b in zip(ours, theirs))
    assert json.loads(made.to_json())["class_name"] == "TimeseriesGenerator"


def test_models_train_on_series() -> None:
    data = np.linspace(0, 1, 30).reshape(15, 2).astype("float32")
    generator = sequence.TimeseriesGenerator(data, data, length=4, batch_size=3)
    layers = torchkeras.layers
    model = torchkeras.Sequential([layers.Input((4, 2)), layers.LSTM(3), layers.Dense(2)])
    model.compile("adam", "mse")
    assert len(model.fit(generator, epochs=2, verbose=0).history["loss"]) == 2
    assert model.predict(generator, verbose=0).shape == (11, 2)


def test_remove_long_seq() -> None:
    assert sequence._remove_long_seq(3, [[1], [1, 2, 3], [4, 5]], [7, 8, 9]) == ([[1], [4, 5]], [7, 9])


REFUSALS: list[tuple[Any, type[Exception], str]] = [
    (lambda: text.Tokenizer(num_word=3), TypeError, "Did you mean 'num_words'"),
    (lambda: text.Tokenizer().sequences_to_matrix([[1]]), ValueError, "give `num_words`, or call `fit_on_texts`"),
    (lambda: text.Tokenizer(5).sequences_to_matrix([[1]], "tfidf"), ValueError, "call `fit_on_texts` first"),
    (lambda: text.Tokenizer(5).sequences_to_matrix([[1]], "counts"), ValueError, "Did you mean 'count'"),
    (lambda: sequence.TimeseriesGenerator([1, 2], [1], 1), ValueError, "same length, got 2 and 1"),
    (lambda: sequence.TimeseriesGenerator([1, 2], [1, 2], 3), ValueError, "no whole window"),
    (lambda: sequence.TimeseriesGenerator([1j, 2], [1, 2], 1).to_json(), TypeError, "have no JSON form"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSALS)
def test_refusals_say_what_is_wrong(call: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        call()

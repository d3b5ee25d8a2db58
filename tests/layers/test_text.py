"""The layers that look text and integers up: as Keras on TensorFlow does (text/record.py), and on what users have."""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers
from torchkeras._pipeline import RaggedTensor
from torchkeras._strings import StringTensor

FOLDER = Path(__file__).with_name("text")
TEXT = SimpleNamespace(**runpy.run_path(str(FOLDER / "cases.py")))
RECORDED = [json.loads(line) for line in (FOLDER / "recorded.jsonl").read_text(encoding="utf-8").splitlines()]
ROWS = list(zip(TEXT.CASES, RECORDED, strict=False))
CROSSED = list(zip(TEXT.CROSSED, RECORDED[len(TEXT.CASES) :], strict=True))
each = pytest.mark.parametrize(("row", "wanted"), ROWS, ids=[TEXT.title(row) for row in TEXT.CASES])
Wanted = dict[str, Any]


def make(row: Any) -> Any:
    name, args, data, _ = row
    layer = getattr(layers, name)(**args, name="it")
    if data is not None:
        layer.adapt(data)
    return layer


def check(found: Any, wanted: Wanted) -> None:
    if wanted["dtype"] == "string":
        assert isinstance(found, StringTensor)
        assert found.texts().tolist() == wanted["values"]
        return
    assert found.dtype is getattr(torch, wanted["dtype"])
    np.testing.assert_allclose(found.numpy(), np.array(wanted["values"]), rtol=1e-6)
    assert found.shape == np.array(wanted["values"]).shape


@each
def test_outputs_are_those_of_keras(row: Any, wanted: Wanted) -> None:
    layer = make(row)
    for value, expected in zip(row[-1], wanted["outputs"], strict=True):
        check(layer(value), expected)
        check(layer(np.array(value)), expected)


@each
def test_vocabularies_and_configs_are_those_of_keras(row: Any, wanted: Wanted) -> None:
    layer = make(row)
    if "vocabulary" in wanted:
        assert layer.get_vocabulary() == wanted["vocabulary"]
        assert layer.get_vocabulary(include_special_tokens=False) == wanted["plain_vocabulary"]
        assert layer.vocabulary_size() == len(wanted["vocabulary"])
    config = json.loads(json.dumps(layer.get_config()))
    if row[0] == "TextVectorization" and row[1].get("vocabulary"):  # ours leaves the special tokens out
        wanted["config"]["vocabulary"] = wanted["plain_vocabulary"]
    if row[1].get("vocabulary") == ["[UNK]", "a"]:
        wanted["config"]["vocabulary"] = ["a"]
    assert config == wanted["config"]
    again = type(layer).from_config(wanted["config"])
    assert json.loads(json.dumps(again.get_config())) == config | (
        {} if config.get("vocabulary") or "vocabulary_size" not in config else {"vocabulary_size": len(special(layer))}
    )


def special(layer: Any) -> list[Any]:
    return getattr(layer, "_lookup_layer", layer)._specials()


@pytest.mark.parametrize(("row", "wanted"), CROSSED, ids=[str(row) for row in TEXT.CROSSED])
def test_crossed_features(row: Any, wanted: Wanted) -> None:
    args, parts = row
    layer = layers.HashedCrossing(**args)
    for given in (parts, tuple(map(np.array, parts))):
        check(layer(given), wanted)
    assert layers.HashedCrossing.from_config(layer.get_config()).get_config() == layer.get_config()


# What users have: all forms of text are the same text.

FORMS: dict[str, Any] = {
    "a list": ["b a", "c"],
    "an array of str": np.array(["b a", "c"]),
    "an array of bytes": np.array([b"b a", b"c"]),
    "an array of objects": np.array(["b a", b"c"], dtype=object),
    "a column": [["b a"], ["c"]],
    "text of data sets": StringTensor(["b a", "c"]),
}


@pytest.mark.parametrize("form", FORMS)
def test_text_in_any_form(form: str) -> None:
    layer = layers.TextVectorization()
    layer.adapt(FORMS[form])
    assert layer.get_vocabulary() == ["", "[UNK]", "c", "b", "a"]
    assert layer(FORMS[form]).tolist() == [[3, 4], [2, 0]]


def test_columns_of_frames_and_things_with_numpy() -> None:
    pandas = pytest.importorskip("pandas")
    layer = layers.StringLookup()
    layer.adapt(pandas.Series(["x", "y", "y"]))
    assert layer.get_vocabulary() == ["[UNK]", "y", "x"]
    assert layer(pandas.Series(["x", "q"])).tolist() == [2, 0]

    class Foreign:
        def numpy(self) -> Any:
            return np.array([b"x", b"q"], dtype=object)

    assert layer(Foreign()).tolist() == [2, 0]


def test_learning_from_batches_is_learning_at_once() -> None:
    batches = [np.array(["b a", "c"]), np.array(["c c"])]
    pairs = [(batch, np.zeros(len(batch))) for batch in batches]
    whole = layers.TextVectorization(output_mode="tf_idf")
    whole.adapt(["b a", "c", "c c"])
    for data in (batches, pairs, iter(pairs), torchkeras_dataset(["b a", "c", "c c"])):
        layer = layers.TextVectorization(output_mode="tf_idf")
        layer.adapt(data)
        assert layer.get_vocabulary() == whole.get_vocabulary()
        torch.testing.assert_close(layer(["a c c d"]), whole(["a c c d"]))
    first = layers.StringLookup()
    first.adapt(iter([["a"], ["b"]]), steps=1)
    assert first.get_vocabulary() == ["[UNK]", "a"]
    first.adapt([["z"]])  # anew, not on top
    assert first.get_vocabulary() == ["[UNK]", "z"]


def torchkeras_dataset(texts: list[str]) -> Any:
    from torchkeras._pipeline import Dataset

    return Dataset.from_tensor_slices(texts).batch(2)


def test_functions_that_standardize_and_split() -> None:
    layer = layers.TextVectorization(
        standardize=lambda texts: np.char.replace(np.char.lower(texts), "-", " "),
        split=lambda texts: [text.split("|") for text in texts],
    )
    layer.adapt(["A-b|C", "c"])
    assert layer.get_vocabulary() == ["", "[UNK]", "c", "a b"]
    assert layer(["C|A B|q"]).tolist() == [[2, 3, 1]]


def test_registered_functions_survive_saving(tmp_path: Path) -> None:
    @torchkeras.saving.register_keras_serializable("texts")
    def loudly(texts: Any) -> Any:
        return np.char.upper(texts)

    layer = layers.TextVectorization(standardize=loudly)
    layer.adapt(["a b"])
    model = torchkeras.Sequential([torchkeras.Input((1,), dtype="string"), layer])
    model.save(tmp_path / "it.keras")
    assert torchkeras.saving.load_model(tmp_path / "it.keras").layers[0].get_vocabulary() == ["", "[UNK]", "B", "A"]


def test_there_and_back() -> None:
    there = layers.StringLookup(vocabulary=["a", "b"], mask_token="")
    back = layers.StringLookup(vocabulary=there.get_vocabulary(), mask_token="", invert=True)
    assert back(there([["a", "q"], ["", "b"]])).texts().tolist() == [["a", "[UNK]"], ["", "b"]]


def test_rows_of_different_lengths_keep_them() -> None:
    there = layers.StringLookup(vocabulary=["a", "b"])
    back = layers.StringLookup(vocabulary=["a", "b"], invert=True)
    numbers = there(RaggedTensor.from_rows([StringTensor(["a", "q"]), StringTensor(["b"])]))
    assert numbers.to_list() == [[1, 0], [2]]
    assert back(numbers).to_list() == [[b"a", b"[UNK]"], [b"b"]]


def test_a_vocabulary_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("é\nb\n", encoding="utf-8")
    (tmp_path / "numbers.txt").write_text("7\n5\n")
    assert layers.StringLookup(vocabulary=str(tmp_path / "words.txt"))(["b", "é"]).tolist() == [2, 1]
    assert layers.TextVectorization(vocabulary=tmp_path / "words.txt")(["b É"]).tolist() == [[3, 1]]
    made = layers.IntegerLookup(vocabulary=str(tmp_path / "numbers.txt"))
    assert made(torch.tensor([5, 6])).tolist() == [2, 0]
    assert made.get_config()["vocabulary"] == [7, 5]
    for cls in (layers.StringLookup, layers.TextVectorization, layers.IntegerLookup):
        with pytest.raises(ValueError, match="is not opened"):
            cls.from_config({"vocabulary": str(tmp_path / "words.txt")})


# In models.


def text_model() -> Any:
    words = layers.TextVectorization(output_sequence_length=3)
    words.adapt(["good film", "bad film"])
    text = torchkeras.Input((1,), dtype="string", name="text")
    x = layers.GlobalAveragePooling1D()(layers.Embedding(words.vocabulary_size(), 4)(words(text)))
    return torchkeras.Model(text, layers.Dense(1)(x))


def test_a_model_of_text_trains_predicts_and_is_saved(tmp_path: Path) -> None:
    texts, targets = np.array([["good film"], ["bad film"]] * 4), np.array([1.0, 0.0] * 4)
    model = text_model()
    model.compile("adam", "mse", metrics=["mae"])
    assert len(model.fit(texts, targets, epochs=2, batch_size=3, validation_split=0.25, verbose=0).history["loss"]) == 2
    model.evaluate(texts[:, 0], targets, verbose=0)
    expected = model.predict(texts, verbose=0)
    assert expected.shape == (8, 1)
    for given in (texts[:, 0], texts.tolist(), torchkeras_dataset(texts[:, 0].tolist()), texts.astype(object)):
        np.testing.assert_allclose(model.predict(given, verbose=0), expected, rtol=1e-6)
    np.testing.assert_allclose(model(texts).detach(), expected, rtol=1e-6)
    np.testing.assert_allclose(model.predict({"text": texts}, verbose=0), expected, rtol=1e-6)
    np.testing.assert_allclose(model.predict(texts[:1, 0], verbose=0), expected[:1], rtol=1e-6)  # a batch of one
    model.train_on_batch(texts, targets)
    model.summary(print_fn=lambda line: None)
    expected = model.predict(texts, verbose=0)
    model.save(tmp_path / "it.keras")
    np.testing.assert_allclose(
        torchkeras.saving.load_model(tmp_path / "it.keras").predict(texts, verbose=0), expected, rtol=1e-6
    )


def test_a_stack_begins_with_text() -> None:
    words = layers.TextVectorization(output_mode="count")
    words.adapt(["good film", "bad film"])
    model = torchkeras.Sequential([words, layers.Dense(1)])
    assert model.predict(np.array(["good", "bad"]), verbose=0).shape == (2, 1)
    assert model.built
    assert model.inputs[0].dtype == "string"


def test_models_without_such_layers_refuse_text() -> None:
    model = torchkeras.Sequential([torchkeras.Input((4,)), layers.Dense(1)])
    texts = np.array([["a"] * 4] * 2)
    with pytest.raises(ValueError, match=r"`x`: expected numbers, got an array of dtype string and shape \(2, 4\)"):
        model.predict(texts, verbose=0)
    with pytest.raises(ValueError, match="expected numbers, got an array of dtype <U1"):
        model(texts)
    with pytest.raises(ValueError, match='input "text" expects text, got numbers'):
        text_model()(torch.zeros(2, 1))


def test_a_model_that_keras_saved() -> None:
    model = torchkeras.saving.load_model(FOLDER / "model.keras")
    words = model.get_layer("words")
    assert words.get_vocabulary()[:4] == ["", "[UNK]", "foo", "bar"]
    assert model.get_layer("given").get_vocabulary() == ["[UNK]", "baz", "qux"]
    assert model.get_layer("numbers").get_vocabulary() == [-1, 7, 9, 5]
    fresh = layers.TextVectorization(output_mode="tf_idf")
    fresh.adapt(TEXT.TEXTS)
    outputs = model.predict([np.array([["foo bar"], ["baz"]]), np.array([[9], [4]])], verbose=0)
    np.testing.assert_array_equal(outputs[0], words(["foo bar", "baz"]))
    np.testing.assert_allclose(outputs[1], fresh(["foo bar", "baz"]), rtol=1e-6)
    assert outputs[2].tolist() == [[0], [1]]
    assert outputs[3].tolist() == [[2], [0]]


def test_symbolic_shapes_and_dtypes() -> None:
    for made, shape, wanted in (
        (layers.TextVectorization(vocabulary=["a"]), (1,), ((None, None), "int64")),
        (layers.TextVectorization(vocabulary=["a"], output_sequence_length=4), (), ((None, 4), "int64")),
        (layers.TextVectorization(vocabulary=["a"], output_mode="count"), (1,), ((None, 2), "int64")),
        (layers.StringLookup(vocabulary=["a"]), (3,), ((None, 3), "int64")),
        (layers.StringLookup(vocabulary=["a"], output_mode="one_hot"), (3,), ((None, 3, 2), "int64")),
        (layers.Hashing(4, output_mode="count"), (3,), ((None, 4), "float32")),
    ):
        symbol = made(torchkeras.Input(shape, dtype="string"))
        assert (symbol.shape, symbol.dtype) == wanted
    with pytest.raises(NotImplementedError, match="text cannot be the output of a model"):
        layers.StringLookup(vocabulary=["a"], invert=True)(torchkeras.Input((1,), dtype="int64"))


def known(**args: Any) -> Any:
    return layers.StringLookup(vocabulary=["a"], **args)


def test_what_is_wrong_is_named() -> None:
    for error, text, function in (
        (RuntimeError, "there is no vocabulary yet", lambda: layers.StringLookup()(["a"])),
        (ValueError, "terms more than once: .*'a'", lambda: layers.StringLookup(vocabulary=["a", "a"])),
        (
            ValueError,
            "must be in the vocabulary",
            lambda: known(num_oov_indices=0)(["b"]),
        ),
        (ValueError, "must be in the vocabulary", lambda: layers.IntegerLookup(vocabulary=[1], num_oov_indices=0)([2])),
        (ValueError, "larger than `max_tokens`", lambda: layers.StringLookup(vocabulary=["a", "b"], max_tokens=2)),
        (ValueError, "needs `idf_weights`", lambda: layers.StringLookup(vocabulary=["a"], output_mode="tf_idf")),
        (ValueError, "there is nothing to adapt", lambda: layers.StringLookup(vocabulary=["a"]).adapt(["b"])),
        (ValueError, r"got shape \(1, 2\)", lambda: layers.TextVectorization(vocabulary=["a"])([["a", "b"]])),
        (ValueError, "`split`: expected None, a function, or one of", lambda: layers.TextVectorization(split="word")),
        (ValueError, "`ragged=True` is not supported", lambda: layers.TextVectorization(ragged=True)),
        (ValueError, "`sparse=True` is not supported", lambda: layers.Hashing(3, sparse=True)),
        (ValueError, "Unknown arg for output_mode: tfidf", lambda: layers.TextVectorization(output_mode="tfidf")),
        (ValueError, "at least two features", lambda: layers.HashedCrossing(3)((["a"],))),
        (
            TypeError,
            "expected text, got",
            lambda: known()(np.array(["a", None], object)),
        ),
    ):
        with pytest.raises(error, match=text):
            function()


@pytest.mark.parametrize("rows", [1, 3])
def test_texts_without_a_last_axis_are_columns_of_a_model(rows: int) -> None:
    text, number = torchkeras.Input((1,), name="text", dtype="string"), torchkeras.Input((1,), name="number")
    encoded = layers.CategoryEncoding(2)(layers.StringLookup(vocabulary=["x"])(text))
    model = torchkeras.Model({"text": text, "number": number}, layers.Concatenate()([encoded, number]))
    for given in (np.array(["x"] * rows, dtype=object), StringTensor(["x"] * rows)):
        assert model.predict({"text": given, "number": np.ones(rows)}, verbose=0).tolist() == [[0, 1, 1]] * rows

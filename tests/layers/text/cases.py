"""Cases of the layers that look text and integers up: ``record.py`` asks Keras on TensorFlow, ``test_text.py`` us."""

from typing import Any

WORDS = [["a", "c", "d"], ["d", "z", "b"]]
TEXTS = ["Foo bar, bar!", "baz; it's", "bada_boom É foo"]
HASHED = ["", "a", "ab", "abc", "abcdefg", "abcdefgh", "abcdefghi", "x" * 16, "y" * 17, "z" * 31, "q" * 32, "q" * 33]
HASHED += ["w" * 64, "e" * 65, "r" * 128, "t" * 129, "hello world " * 30, "é漢字"]
LARGE = 2**63 - 1
VECTORS = ("one_hot", "multi_hot", "count")

Case = tuple[str, dict[str, Any], Any, list[Any]]


def case(layer: str, *inputs: Any, learn: Any = None, **args: Any) -> Case:
    """The layer, its arguments, what it learns from, and the inputs of calls: plain values only."""
    return layer, args, learn, list(inputs)


def strings(*inputs: Any, **rest: Any) -> Case:
    return case("StringLookup", *inputs, **rest)


def integers(*inputs: Any, **rest: Any) -> Case:
    return case("IntegerLookup", *inputs, **rest)


def texts(*inputs: Any, **rest: Any) -> Case:
    return case("TextVectorization", *inputs, **rest)


CASES: list[Case] = [
    strings(WORDS, ["a", "q"], [["z"], ["d"]], "c", learn=WORDS),
    strings(["é", "B"], learn=["b", "a", "é", "B", "a b"]),
    strings(WORDS, learn=WORDS, max_tokens=3),
    strings([["m", "z"], ["b", ""]], vocabulary=["a", "b"], mask_token="", num_oov_indices=2),
    strings(["x", "y", "z", "w", "a"], vocabulary=["a"], num_oov_indices=3, salt=[1, 2]),
    strings(["a", "b"], vocabulary=["[UNK]", "a"]),
    strings(["b", "a"], vocabulary=["a", "b"], num_oov_indices=0),
    *[
        strings(WORDS, ["a", "z"], [["a"], ["z"]], vocabulary=["a", "b", "c", "d"], output_mode=mode)
        for mode in VECTORS
    ],
    strings([["a", "b", "q"], ["b", "b", "a"]], vocabulary=["b"], mask_token="a", output_mode="count"),
    strings([["a", "a", "q"]], learn=[["a", "b"]], max_tokens=6, pad_to_max_tokens=True, output_mode="count"),
    strings(WORDS, learn=WORDS, output_mode="tf_idf"),
    strings([["a", "b", "z"]], vocabulary=["a", "b"], idf_weights=[0.2, 0.4], output_mode="tf_idf"),
    strings([[0, 1, 2, 3]], [7, -1], vocabulary=["a", "b"], mask_token="", invert=True),
    integers([[12, 7], [42, -1]], learn=[[12, 1138, 42], [42, 1000, 36]]),
    integers([[12, 37], [38, -3]], vocabulary=[12, 36, 1138, 42], num_oov_indices=2),
    integers([[12, 0, 9]], vocabulary=[12, 36], mask_token=0),
    integers([1, 2, 3, 4, 5, 12], vocabulary=[12], num_oov_indices=3, oov_method="farmhash"),
    *[integers([[12, 9], [36, 12]], vocabulary=[12, 36], output_mode=mode) for mode in VECTORS],
    integers([[1, 2], [9, 9]], learn=[[1, 2], [2, 3]], output_mode="tf_idf"),
    integers([[0, 1, 2]], vocabulary=[12, 36], invert=True),
    texts(TEXTS, [["foo qux bar"], ["baz"]], "foo bar", [""], learn=TEXTS, output_sequence_length=4),
    texts(TEXTS, ["foo", "foo\tbar  baz\n"], ["a\u00a0b  c\u3000d"], ["", ""], learn=TEXTS),
    *[texts(TEXTS, learn=TEXTS, standardize=name) for name in ("lower", "strip_punctuation", None)],
    texts(["bca"], learn=["ab cé"], split="character"),
    texts(["Foo bar", "zz"], [["Foo bar"], ["zz"]], learn=["Foo bar", "foo bar"], split=None),
    *[texts(["a b c", "a"], learn=["a b c"], ngrams=sizes) for sizes in (2, 3, (2, 3))],
    texts(["a b c"], learn=["a b c c b d"], max_tokens=4),
    texts(["a b"], vocabulary=["", "[UNK]", "a"]),
    *[
        texts(
            ["b b z", "a d"],
            "b b z",
            learn=["a b b", "b c", "c c c d"],
            output_mode=mode,
            max_tokens=8,
            pad_to_max_tokens=mode == "count",
        )
        for mode in ("multi_hot", "count", "tf_idf")
    ],
    texts(["a b b z"], vocabulary=["a", "b"], idf_weights=[0.3, 0.5], output_mode="tf_idf"),
    case("Hashing", HASHED, [1, 2, -5, 10**12], num_bins=LARGE),
    case("Hashing", HASHED, num_bins=LARGE, salt=[133, 137]),
    case("Hashing", [1, 2, -5], num_bins=LARGE, salt=7),
    case("Hashing", [["A"], ["B"], [""], ["C"], ["D"]], num_bins=3, mask_value=""),
    *[case("Hashing", [["A", "B"], ["C", "A"]], num_bins=4, output_mode=mode) for mode in VECTORS],
]

# features side by side
CROSSED: list[tuple[dict[str, Any], list[Any]]] = [
    ({"num_bins": 5}, [["A", "B", "A", "B", "A"], [101, 101, 101, 102, 102]]),
    ({"num_bins": 2**31 - 1}, [["A", "B", "A", "B", "A"], [101, 101, -101, 102, 102]]),
    ({"num_bins": 5, "output_mode": "one_hot"}, [["A", "B"], [101, 101]]),
    ({"num_bins": 1000}, [["A", "B"], ["C", "D"], [101, 102]]),
    ({"num_bins": 1000}, [[["A"], ["B"]], [[101], [102]]]),
]


def title(row: Case) -> str:
    """The layer and its arguments."""
    return f"{row[0]}-{row[1]}"

"""Tables and spaces for them: ``record.py`` asks Keras on TensorFlow, ``../test_feature_space.py`` us."""

from typing import Any

TABLE = {
    "size": [0.0, 0.1, 0.2, 0.3, 0.5],
    "kind": ["zero", "one", "two", "three", "one"],
    "number": [0, 1, 2, 3, 1],
    "where": ["q", "r", "s", "q", "r"],
    "zone": [5, 6, 7, 8, 5],
}


def spaces(kinds: Any) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """For each name the features and the other arguments; `kinds` is the class FeatureSpace."""
    return {
        "by name": (
            {"size": "float_normalized", "kind": "string_categorical", "number": "integer_categorical"},
            {"crosses": [("kind", "number")], "crossing_dim": 8},
        ),
        "hashed": ({"where": "string_hashed", "zone": "integer_hashed", "size": "float"}, {"hashing_dim": 6}),
        "numbers": (
            {
                "kind": kinds.string_categorical(output_mode="int", max_tokens=3),
                "where": kinds.string_hashed(num_bins=5, output_mode="int"),
                "size": kinds.float_rescaled(scale=2.0, offset=1.0),
            },
            {"crosses": [kinds.cross(("kind", "where"), crossing_dim=7, output_mode="int")], "output_mode": "dict"},
        ),
        "bins": (
            {"size": kinds.float_discretized(num_bins=3), "zone": kinds.integer_categorical(num_oov_indices=2)},
            {"crosses": [kinds.cross(("size", "zone"), crossing_dim=6)]},
        ),
    }

"""Old module paths, and where their names are today. One row a path."""

# The distributions under whose names Keras was imported -> today's.
ROOTS = {
    "keras._tf_keras.keras": "keras",
    "keras_applications": "keras.applications",
    "keras_preprocessing": "keras.preprocessing",
    "tensorflow.compat.v1.keras": "keras",
    "tensorflow.compat.v2.keras": "keras",
    "tensorflow.contrib.keras": "keras",
    "tensorflow.contrib.keras.api.keras": "keras",
    "tensorflow.contrib.keras.python.keras": "keras",
    "tensorflow.keras": "keras",
    "tensorflow.python.keras": "keras",
    "tensorflow_core.keras": "keras",
    "tensorflow_core.python.keras": "keras",
    "tf_keras": "keras",
}

# A module that is gone -> the namespaces in which its names are looked up, in this order.
MODULES: dict[str, tuple[str, ...]] = {
    "keras.backend.common": ("keras.backend",),
    "keras.backend.tensorflow_backend": ("keras.backend",),
    "keras.engine": ("keras", "keras.layers", "keras.models", "keras.utils"),
    "keras.engine.topology": ("keras", "keras.layers", "keras.models", "keras.utils"),
    "keras.layers.convolutional": ("keras.layers",),
    "keras.layers.core": ("keras.layers",),
    "keras.layers.merge": ("keras.layers",),
    "keras.layers.normalization": ("keras.layers",),
    "keras.layers.pooling": ("keras.layers",),
    "keras.layers.recurrent": ("keras.layers",),
    "keras.objectives": ("keras.losses",),
    "keras.utils.np_utils": ("keras.utils",),
    "keras.utils.vis_utils": ("keras.utils",),
}


def under_keras(path: str) -> str:
    """`path` as one below ``keras``, whatever distribution it names; others stay as they are.

    >>> under_keras("tensorflow.keras.layers"), under_keras("tensorflow.nn")
    ('keras.layers', 'tensorflow.nn')
    """
    prefix = path
    while prefix:
        if prefix in ROOTS:
            return ROOTS[prefix] + path[len(prefix) :]
        prefix = prefix.rpartition(".")[0]
    return path

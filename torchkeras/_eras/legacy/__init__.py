"""``keras.legacy`` of Keras 2: what it kept of Keras 1."""

__all__: list[str] = []

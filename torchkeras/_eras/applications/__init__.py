"""What ``keras.applications`` had until Keras 2."""

__all__: list[str] = []

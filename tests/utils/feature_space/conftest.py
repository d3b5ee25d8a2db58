"""Recording runs beside TensorFlow, which the tests do without."""

collect_ignore_glob = ["record*"]

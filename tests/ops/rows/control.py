"""Control flow: rows whose functions are written once for torchkeras and real Keras."""

import numpy as np

x = np.arange(12, dtype="float32").reshape(4, 3)


def call(*args, **kwargs):
    return args, kwargs


ROWS = {
    "cond": [call(True, lambda: x + 1, lambda: x - 1), call(np.array(False), lambda: x, lambda: -x)],
    "switch": [call(1, [lambda a: a + 1, lambda a: a * 3], x), call(9, [lambda a: a, lambda a: -a], x)],
    "while_loop": [call(lambda i, a: i < 3, lambda i, a: (i + 1, a * 2), (0, x))]
    + [call(lambda i: i < 9, lambda i: i + 1, 0, maximum_iterations=4)],
    "fori_loop": [call(0, 3, lambda i, a: a + i, x)],
    "map": [call(lambda row: row * 2 + 1, x)],
    "vectorized_map": [call(lambda row: row * 2 + row.sum(), x)],
    "scan": [call(lambda c, row: (c + row, c * 2), x[0], x), call(lambda c, row: (c + row, c), x[0], x, reverse=True)],
    "associative_scan": [call(lambda a, b: a + b, x), call(lambda a, b: a * b, x, True, 1)],
    "jvp": [call(lambda a: a * a, (x,), (x + 1,))],
}

"""Creation, shapes, joining, indexing."""

import numpy as np

rng = np.random.default_rng(2)
x = rng.normal(size=(2, 3, 4)).astype("float32")
y = rng.normal(size=(2, 3, 4)).astype("float32")
m = rng.normal(size=(4, 4)).astype("float32")
v = rng.normal(size=(6,)).astype("float32")
i = rng.integers(0, 3, (2, 3)).astype("int32")
flags = rng.integers(0, 2, (2, 3, 4)).astype(bool)
flags[0, 0, 0] = True


def call(*args, **kwargs):
    return args, kwargs


def each(names, *calls):
    return {name: list(calls) for name in names.split()}


ROWS = {
    "array": [call([1, 2]), call([1.5, 2]), call(x, "float16"), call(3)],
    **each("zeros ones empty", call((2, 3)), call((2,), "int32"), call(shape=(1, 2), dtype="bool")),
    "full": [call((2, 3), 1.5), call((2,), 3, "int32")],
    **each("zeros_like ones_like empty_like", call(x), call(x, "int32"), call(i)),
    "full_like": [call(x, 2), call(i, 3), call(x, 2, "int32")],
    "eye": [call(3), call(3, 4), call(3, 4, 1), call(3, k=-1, dtype="int32")],
    "identity": [call(3), call(2, "int32")],
    "arange": [call(4), call(1, 7, 2), call(0.0, 1.0, 0.25), call(3, dtype="float32"), call(5, 0, -2)],
    "linspace": [call(0, 1, 5), call(0.0, 2, 4, endpoint=False), call(x, y, 3), call(0, 5, 4, dtype="int32")]
    + [call(0, 1, 5, retstep=True)],
    "logspace": [call(0, 2, 4), call(0, 2, 4, base=2), call(x, y, 3, endpoint=False)],
    "geomspace": [call(1, 8, 4), call(1.0, 16.0, num=3, endpoint=False)],
    "meshgrid": [call(v, v[:2]), call(v, v[:2], indexing="ij")],
    "tri": [call(3), call(3, 4, 1), call(3, k=-1, dtype="int32")],
    **each("tril triu", call(m), call(m, 1), call(x, k=-1)),
    **each("diag", call(m), call(v), call(m, 1), call(v, k=-1)),
    "diagflat": [call(v), call(m, 1)],
    "diagonal": [call(m), call(x, 1), call(x, offset=0, axis1=1, axis2=2)],
    "vander": [call(v), call(v, 3), call(v, N=3, increasing=True)],
    **each("bartlett blackman hamming hanning", call(7)),
    "kaiser": [call(7, 14.0)],
    "reshape": [call(x, (6, 4)), call(x, (-1, 2)), call(x, newshape=[2, -1]), call(x, -1)],
    "transpose": [call(x), call(x, (1, 0, 2)), call(x, axes=[2, 0, 1])],
    "squeeze": [call(x[:, :1]), call(x[:, :1], 1), call(x[:1, :, :1], axis=(0, 2))],
    "expand_dims": [call(x, 0), call(x, -1), call(x, axis=(0, 2))],
    "ravel": [call(x)],
    "size": [call(x)],
    "broadcast_to": [call(x, (5, 2, 3, 4)), call(v, shape=(2, 6))],
    "repeat": [call(x, 2), call(x, 2, 1), call(x, repeats=np.array([1, 2, 0]), axis=1)],
    "tile": [call(x, 2), call(x, (2, 1)), call(v, repeats=(2, 3))],
    "pad": [call(x, ((1, 2), (0, 1), (3, 0))), call(x, ((1, 1),) * 3, constant_values=2.0)]
    + [call(x, ((0, 0), (0, 0), (2, 3)), mode="reflect")],
    "flip": [call(x), call(x, 1), call(x, axis=(0, 2))],
    **each("fliplr flipud", call(x)),
    "moveaxis": [call(x, 0, -1), call(x, [0, 1], [2, 0])],
    "swapaxes": [call(x, 0, 2), call(x, axis1=1, axis2=-1)],
    "roll": [call(x, 1), call(x, -1, 1), call(x, shift=2, axis=2)],
    "rot90": [call(m), call(x, 2), call(x, k=3, axes=(1, 2))],
    "concatenate": [call([x, y]), call([x, y], 1), call([x, x.astype("int32")], axis=-1), call((x, y))],
    "stack": [call([x, y]), call([x, y], 1), call([x, y], axis=-1), call([1, 2.5])],
    "append": [call(x, y), call(x, y, 1)],
    **each("hstack vstack dstack", call([x, y]), call([v, v])),
    "split": [call(x, 2), call(x, 2, -1), call(x, [1, 3], axis=2)],
    "array_split": [call(v, 4), call(x, 2, 1)],
    **each("vsplit", call(x, 2)),
    **each("hsplit", call(x, 3), call(x, [1])),
    **each("dsplit", call(x, 2)),
    "unstack": [call(x), call(x, axis=1), call(x, 4, -1)],
    "get_item": [call(x, 0), call(x, (slice(None), 1)), call(x, (Ellipsis, slice(0, 3, 2))), call(x, (0, None, 1))],
    "take": [call(x, i), call(x, i, 1), call(x, [0, -1], axis=2), call(v, 2, axis=0), call(v, -1)],
    "take_along_axis": [call(x, np.argsort(x, 1), 1), call(x, np.argsort(x, -1), axis=-1), call(v, [0, -1])],
    "where": [call(flags, x, y), call(flags, x, 0.0), call(flags, 1, 2), call(i, 1.0, 0)],
    "select": [call([x > 1, x < 0], [x, y]), call([x > 1, x < 0], [x, y], default=3.0)],
    "unravel_index": [call(np.array([0, 5, 11], "int32"), (3, 4))],
    "cast": [call(x, "float16"), call(x * 9, "int32"), call(flags, "float32")],
    "saturate_cast": [call(x * 900, "uint8"), call(x * 1e5, "float16"), call(i, "int8")],
    "convert_to_tensor": [call(x), call([1, 2]), call(2.5), call([[1.0], [2]], "float16"), call(True)],
    "stop_gradient": [call(x)],
    "slice": [call(x, (0, 1, 1), (2, 2, 3)), call(x, np.array([1, 0, 2]), (1, 1, 2))],
    "slice_update": [call(x, (0, 1, 1), y[:, :2, :3])],
    "scatter": [call(np.array([[0], [2], [0]]), v[:3], (4,)), call(np.array([[0, 1], [2, 0]]), v[:2], (3, 2))],
    "scatter_update": [call(v, np.array([[1], [3]]), np.array([9, 8], "float32"))]
    + [call(m, np.array([[1], [3]]), m[:2], reduction=r) for r in (None, "add", "max", "min", "mul")],
    "one_hot": [call(i, 3), call(i, 4, 0), call(i, num_classes=3, axis=1, dtype="int32"), call([-1, 2], 3)],
    "multi_hot": [call(i, 4), call(i, num_classes=3, dtype="int32")],
    "dot": [call(m, m), call(x, m), call(v, v), call(x, 2.0)],
    "matmul": [call(m, m), call(x, m), call(x, y.swapaxes(1, 2)), call(v, v), call(i, i.T)],
    "einsum": [call("ij,jk->ik", m, m), call("bij,bkj->bik", x, y), call("ii", m)],
    "inner": [call(v, v), call(m, m)],
    "outer": [call(v, v[:3]), call(m, v)],
    "vdot": [call(v, v)],
    "kron": [call(m, x[0])],
    "tensordot": [call(m, m), call(x, y.reshape(3, 4, 2)), call(x, y, axes=[[0, 2], [0, 2]]), call(m, m, axes=1)],
    "cross": [call(v[:3], v[3:]), call(x.swapaxes(1, 2), y.swapaxes(1, 2)[:1]), call(x, y, axis=1)],
}

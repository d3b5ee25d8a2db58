"""Reductions, statistics, sorting and searching."""

import numpy as np

rng = np.random.default_rng(1)
x = rng.normal(0, 2, (3, 4, 5)).astype("float32")
flat = rng.permutation(12).astype("float32").reshape(3, 4)
i = rng.integers(-5, 6, (3, 4)).astype("int32")
small = rng.integers(0, 3, (3, 4)).astype("int8")
flags = rng.integers(0, 2, (3, 4)).astype(bool)
counts = rng.integers(0, 6, (7,)).astype("int32")
gaps = x.copy()
gaps[0, 1] = np.nan
gaps[:, 2, 3] = np.nan
ids = np.array([0, 2, 0, 1], "int32")
data = rng.normal(size=(4, 3)).astype("float32")


def call(*args, **kwargs):
    return args, kwargs


def each(names, *calls):
    return {name: list(calls) for name in names.split()}


over = [{}, {"axis": 1}, {"axis": -1, "keepdims": True}, {"axis": (0, 2)}, {"axis": (0, 2), "keepdims": True}]
single = [{}, {"axis": 1}, {"axis": -1}]
quantiles = [call(x, q, **k) for q in (0.3, [0.25, 0.75]) for k in over]
percentiles = [call(x, q, **k) for q in (30, [25.0, 75.0]) for k in over]

ROWS = {
    **each("sum mean max min amax amin var std logsumexp", *[call(x, **k) for k in over]),
    **each("prod median ptp", *[call(x, **k) for k in over[:3]]),
    **each("all any", call(flags), call(flags, 1), call(i, axis=-1, keepdims=True), call(x > 0, (0, 2))),
    **each("argmax argmin", *[call(x, **k) for k in over[:3]], call(flat, axis=0)),
    "count_nonzero": [call(i), call(i, 1), call(flags, axis=0)],
    "average": [call(x), call(x, 1), call(flat, 1, np.arange(4.0, dtype="float32"))],
    **each("cumsum cumprod", *[call(flat, **k) for k in single], call(i, 0), call(flat, 0, "float64")),
    "quantile": quantiles + [call(x, 0.4, method=m) for m in ("lower", "higher", "midpoint", "nearest")],
    "percentile": percentiles,
    **each("nansum nanmax nanmin nanmean nanvar nanstd", *[call(gaps, **k) for k in over]),
    **each("nanprod nanmedian", *[call(gaps, **k) for k in over[:3]]),
    **each("nanargmax nanargmin", *[call(gaps[:, :1], **k) for k in over[:3]]),
    **each("nancumsum nancumprod", *[call(gaps, **k) for k in single]),
    "nanquantile": [call(gaps, 0.3, **k) for k in over],
    "nanpercentile": [call(gaps, 30, **k) for k in over],
    "sort": [call(x), call(x, 0), call(i, axis=-1)],
    "argsort": [call(flat), call(flat, 0), call(flat, axis=None)],
    "searchsorted": [call(np.arange(5.0), [0.5, 3.0]), call(np.arange(5.0), [0.5, 3.0], side="right")],
    "digitize": [call(flat, np.array([1.0, 4.0, 9.0], "float32"))],
    "bincount": [call(counts), call(counts, minlength=9), call(counts, weights=counts.astype("float32"))],
    "histogram": [call(flat[0]), call(flat[0], bins=4), call(x[0, 0], bins=5, range=(-1, 1))],
    "unique": [call(small), call(counts, return_index=True, return_inverse=True, return_counts=True)]
    + [call(small, axis=0), call(small, size=2), call(small, size=5, fill_value=9, return_counts=True)],
    "top_k": [call(flat, 2), call(flat, k=3, sorted=True)],
    "in_top_k": [call(np.array([0, 2, 1], "int32"), flat, 2)],
    **each("segment_sum segment_max segment_min segment_prod", call(data, ids), call(data, ids, num_segments=3)),
    "corrcoef": [call(flat)],
    "correlate": [call(flat[0], flat[1, :3], mode=m) for m in ("valid", "same", "full")]
    + [call(x[0, 0], flat[1], "same")],
    "diff": [call(x), call(x, 2), call(x, axis=0), call(i)],
    "trapezoid": [call(x), call(flat, dx=0.5), call(flat, flat, axis=0)],
    "trace": [call(flat), call(x, 1, 0, 2), call(i)],
    "moments": [call(x, [0]), call(x, (0, 1), keepdims=True)],
    "softmax": [call(x), call(x, 0), call(x, axis=(1, 2)), call(x, None)],
    "log_softmax": [call(x), call(x, axis=0), call(x, axis=(0, 1))],
    "glu": [call(flat), call(x, axis=1)],
    "normalize": [call(flat), call(flat, 0, 1), call(flat, order=3), call(x, axis=(0, 1))],
    "psnr": [call(flat, flat + 1, 12.0)],
    "cdist": [call(flat, flat[:2] + 1)],
}

"""Fourier transforms, frames, label sequences."""

import numpy as np

rng = np.random.default_rng(5)


def f(*shape):
    return rng.normal(size=shape).astype("float32")


def call(*args, **kwargs):
    return args, kwargs


signal = f(2, 30)
frames = (f(2, 7, 5), f(2, 7, 5))
windows = ("hann", "hamming", None, np.arange(1, 7, dtype="float32"))
logits = f(3, 6, 4)
lengths = np.array([6, 4, 5], "int32")

ROWS = {
    "fft": [call((f(2, 8), f(2, 8)))],
    "fft2": [call((f(2, 4, 8), f(2, 4, 8)))],
    "ifft2": [call((f(2, 4, 8), f(2, 4, 8)))],
    "rfft": [call(signal), call(signal, 16), call(signal, fft_length=64)],
    "irfft": [call((f(2, 9), f(2, 9))), call((f(2, 9), f(2, 9)), 10)],
    "extract_sequences": [call(signal, 6, 3), call(f(2, 3, 20), sequence_length=5, sequence_stride=2)],
    "stft": [call(signal, 6, 3, 8, window=w, center=c) for w in windows for c in (True, False)]
    + [call(f(2, 3, 40), 8, 4, 8)],
    "istft": [call(frames, 6, 3, 8, window=w, center=c) for w in windows for c in (True, False)]
    + [call(frames, 6, 3, 8, length=n) for n in (10, 17)],
    "rearrange": [
        call(f(2, 6, 8), "b h w -> b (h w)"),
        call(f(2, 6, 8), "b (h s) w -> b h (s w)", s=2),
        call(f(2, 6), "a b -> b a"),
    ],
    "ctc_decode": [
        call(logits, lengths),
        call(logits, lengths, merge_repeated=False),
        call(logits, lengths, mask_index=3),
    ]
    + [call(logits, lengths, "beam_search"), call(logits, lengths, "beam_search", top_paths=3, mask_index=2)],
}

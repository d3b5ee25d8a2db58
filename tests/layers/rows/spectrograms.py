"""Cases of the layers that turn sounds into spectra; see ../test_parity.py."""


def case(layer, inputs, **args):
    row = {"layer": layer, "args": args, "inputs": inputs, "tolerance": 1e-4}
    return row | {"differs": {"initial"}, "why": "ours are computed in double precision: real Keras is off by 1e-6"}


FRAMES = {"frame_length": 16, "frame_step": 6, "fft_length": 32}

ROWS = [
    *[case("STFTSpectrogram", (2, 50, 2), mode=mode, **FRAMES) for mode in ("psd", "real", "imag", "stft")],
    case("STFTSpectrogram", (2, 50, 2), **FRAMES),
    case("STFTSpectrogram", (2, 50, 1), mode="magnitude", frame_length=12, padding="same", scaling="spectrum"),
    case("STFTSpectrogram", (2, 2, 50), mode="psd", data_format="channels_first", window="hamming", **FRAMES),
    case("STFTSpectrogram", (2, 50, 3), mode="real", expand_dims=True, scaling=None, periodic=True, **FRAMES),
    case("MelSpectrogram", (2, 900), fft_length=128, sequence_stride=64, num_mel_bins=10),
    case("MelSpectrogram", (2, 900), fft_length=128, sequence_length=100, num_mel_bins=6, power_to_db=False, mag_exp=1),
    case("MelSpectrogram", (900,), fft_length=64, sequence_stride=32, num_mel_bins=6, window="hamming", max_freq=3000),
]

"""Cases of the recurrent layers and the wrappers; see ../test_parity.py."""

import torch

BATCH, STEPS, FEATURES, UNITS = 3, 5, 4, 6


def holes() -> torch.Tensor:
    """Steps masked at the end, in between and at the start; a sample without any valid step."""
    return torch.tensor([[1, 1, 1, 0, 0], [0, 1, 0, 1, 1], [0, 0, 0, 0, 0]]).bool()


def states(count: int) -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(5)
    return [torch.randn(BATCH, UNITS, generator=draw) for _ in range(count)]


def case(layer, call=None, inputs=(BATCH, STEPS, FEATURES), **args):
    found = {"layer": layer, "args": args, "inputs": inputs}
    return found if call is None else {**found, "call": call}


def of(layer, args, call=None, inputs=(BATCH, STEPS, FEATURES)):
    found = {"layer": layer, "args": args, "inputs": inputs}
    return found if call is None else {**found, "call": call}


ROWS = []
for name, count in (("SimpleRNN", 1), ("LSTM", 2), ("GRU", 1)):
    everything = {"units": UNITS, "return_sequences": True, "return_state": True}
    ROWS += [
        case(name, units=UNITS),
        case(name, **everything),
        case(name, units=UNITS, go_backwards=True, return_sequences=True),
        case(name, units=UNITS, use_bias=False),
        case(name, units=UNITS, activation="relu", recurrent_regularizer="l2", bias_constraint="non_neg"),
        case(name, units=UNITS, activation="softsign", return_sequences=True),
        case(name, units=UNITS, unroll=True, dropout=0.2, recurrent_dropout=0.3, seed=1),
        case(name, lambda count=count: {"initial_state": states(count)}, **everything),
        case(name, lambda: {"mask": holes()}, units=UNITS),
        case(name, lambda: {"mask": holes()}, **everything),
        case(name, lambda: {"mask": holes()}, **everything, go_backwards=True),
        case(name, lambda: {"mask": holes()}, **everything, zero_output_for_mask=True),
        case(name, lambda: {"mask": holes()}, units=UNITS, zero_output_for_mask=True),
        case(name, lambda: {"mask": holes()}, **everything, activation="relu"),
        case(name, lambda count=count: {"mask": holes(), "initial_state": states(count)}, **everything),
    ]
    cell = f"{name}Cell"
    ROWS += [
        of("RNN", lambda L, cell=cell: {"cell": getattr(L, cell)(UNITS), "return_state": True}),
        of(cell, {"units": UNITS}, lambda count=count: {"states": states(count)}, (BATCH, FEATURES)),
        of(
            cell,
            {"units": UNITS, "activation": "sigmoid", "use_bias": False},
            lambda count=count: {"states": states(count)},
            (BATCH, FEATURES),
        ),
    ]

ROWS += [
    case("LSTM", units=UNITS, unit_forget_bias=False, recurrent_activation="hard_sigmoid"),
    case("GRU", units=UNITS, reset_after=False, return_sequences=True),
    case("GRU", units=UNITS, reset_after=False, use_bias=False),
    case("GRU", lambda: {"mask": holes()}, units=UNITS, recurrent_activation="hard_sigmoid"),
    of("GRUCell", {"units": UNITS, "reset_after": False}, lambda: {"states": states(1)}, (BATCH, FEATURES)),
]


def stack(layers):
    return [layers.LSTMCell(3), layers.GRUCell(4), layers.SimpleRNNCell(2)]


ROWS += [
    of("RNN", lambda L: {"cell": stack(L), "return_sequences": True, "return_state": True}),
    of("RNN", lambda L: {"cell": stack(L), "return_sequences": True, "return_state": True}, lambda: {"mask": holes()}),
    of(
        "StackedRNNCells",
        lambda L: {"cells": [L.LSTMCell(UNITS), L.GRUCell(UNITS)]},
        lambda: {"states": [states(2), states(1)]},
        (BATCH, FEATURES),
    ),
]

for mode in ("concat", "sum", "ave", "mul", None):
    ROWS += [
        of(
            "Bidirectional",
            lambda L, mode=mode: {"layer": L.LSTM(3, return_sequences=True, name="in"), "merge_mode": mode},
        ),
        of(
            "Bidirectional",
            lambda L, mode=mode: {"layer": L.GRU(3, return_state=True, name="in"), "merge_mode": mode},
            lambda: {"mask": holes()},
        ),
        of(
            "Bidirectional",
            lambda L, mode=mode: {"layer": L.GRU(3, return_sequences=True, name="in"), "merge_mode": mode},
            lambda: {"mask": holes()},
        ),
    ]
ROWS += [
    of("Bidirectional", lambda L: {"layer": L.LSTM(UNITS)}, lambda: {"initial_state": states(4)}),
    of(
        "Bidirectional",
        lambda L: {"layer": L.LSTM(3), "backward_layer": L.GRU(3, go_backwards=True, name="back")},
    ),
    of("TimeDistributed", lambda L: {"layer": L.Dense(3, activation="relu")}),
    of("TimeDistributed", lambda L: {"layer": L.Conv2D(2, 2)}, inputs=(2, 3, 5, 4, 3)),
    of("TimeDistributed", lambda L: {"layer": L.LSTM(3)}, inputs=(2, 3, 5, 4)),
]


def steps() -> torch.Tensor:
    return torch.tensor([[1, 0, 1], [0, 1, 0]]).bool()


ROWS += [
    case("ConvLSTM1D", inputs=(2, 3, 6, 2), filters=3, kernel_size=3),
    case("ConvLSTM1D", inputs=(2, 3, 7, 2), filters=3, kernel_size=2, padding="same", strides=2, return_sequences=True),
    case("ConvLSTM2D", inputs=(2, 3, 6, 5, 2), filters=2, kernel_size=3, return_sequences=True, return_state=True),
    case("ConvLSTM2D", inputs=(2, 3, 6, 5, 2), filters=2, kernel_size=(2, 3), padding="same", go_backwards=True),
    case("ConvLSTM2D", inputs=(2, 3, 2, 6, 5), filters=2, kernel_size=2, data_format="channels_first"),
    case("ConvLSTM2D", inputs=(2, 3, 6, 5, 2), filters=2, kernel_size=2, dilation_rate=2, use_bias=False),
    case("ConvLSTM2D", lambda: {"mask": steps()}, (2, 3, 6, 5, 2), filters=2, kernel_size=2, return_sequences=True),
    case("ConvLSTM3D", inputs=(2, 2, 4, 4, 3, 2), filters=2, kernel_size=2, activation="relu", unit_forget_bias=False),
]
for row in ROWS:
    if row["layer"].startswith("ConvLSTM"):
        row |= {"differs": {"initial"}, "why": "Keras draws the seed of the dropout before those of the weights"}

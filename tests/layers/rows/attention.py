"""Cases of attention and EinsumDense; see ../test_parity.py."""

import torch

QUERY = (2, 5, 4)


def draw(*shape, seed=7):
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def chance(*shape):
    return torch.rand(shape, generator=torch.Generator().manual_seed(3)) > 0.3


def seen() -> torch.Tensor:
    return torch.tensor([[1, 1, 0], [1, 0, 1]]).bool()


def case(layer, call=None, inputs=QUERY, **args):
    found = {"layer": layer, "args": args, "inputs": inputs}
    return found if call is None else {**found, "call": call}


ROWS = []

CALLS = [
    lambda: {"value": draw(2, 5, 4)},
    lambda: {"value": draw(2, 3, 4), "return_attention_scores": True},
    lambda: {"value": draw(2, 3, 4), "key": draw(2, 3, 6)},
    lambda: {"value": draw(2, 3, 4), "use_causal_mask": True},
    lambda: {"value": draw(2, 3, 4), "value_mask": seen()},
    lambda: {"value": draw(2, 3, 4), "value_mask": seen(), "use_causal_mask": True, "return_attention_scores": True},
    lambda: {"value": draw(2, 3, 4), "attention_mask": chance(2, 5, 3)},
    lambda: {"value": draw(2, 3, 4), "attention_mask": chance(5, 3), "return_attention_scores": True},
]
for call in CALLS:
    ROWS += [
        case("MultiHeadAttention", call, num_heads=2, key_dim=3, **more)
        for more in (
            {},
            {"value_dim": 5, "output_shape": 7},
            {"use_bias": False, "kernel_regularizer": "l2"},
            {"use_gate": True, "seed": 3},
            {"sliding_window": 2, "output_shape": (3, 2)},
        )
    ]
for call in CALLS[:2] + CALLS[3:]:
    for more in ({}, {"use_gate": True, "use_bias": False}, {"sliding_window": 2}):
        sizes = {"head_dim": 3, "num_query_heads": 4, "num_key_value_heads": 2}
        ROWS.append(case("GroupQueryAttention", call, **sizes, **more))

FOUR = (2, 3, 5, 4)
AXES = [
    ((1, 2), lambda: {"value": draw(2, 2, 5, 4)}),
    ((1, 2), lambda: {"value": draw(2, 2, 5, 4), "return_attention_scores": True}),
    ((1, 2), lambda: {"value": draw(2, 2, 5, 4), "attention_mask": chance(2, 3, 5, 2, 5)}),
    ((2,), lambda: {"value": draw(2, 3, 6, 4), "attention_mask": chance(2, 3, 5, 6), "return_attention_scores": True}),
    (1, lambda: {"value": draw(2, 2, 5, 4)}),
    (None, lambda: {"value": draw(2, 2, 5, 4), "return_attention_scores": True}),
]
ROWS += [case("MultiHeadAttention", call, FOUR, num_heads=2, key_dim=3, attention_axes=axes) for axes, call in AXES]

PAIR, TRIPLE = [QUERY, (2, 3, 4)], [QUERY, (2, 3, 4), (2, 3, 4)]


def both() -> list[torch.Tensor]:
    return [torch.tensor([[1, 1, 1, 0, 0], [1, 0, 1, 1, 0]]).bool(), seen()]


for more in ({}, {"use_scale": True}, {"score_mode": "concat"}, {"score_mode": "concat", "use_scale": True}):
    ROWS += [
        case("Attention", inputs=PAIR, **more),
        case("Attention", inputs=TRIPLE, dropout=0.2, seed=1, **more),
        case("Attention", lambda: {"mask": both(), "return_attention_scores": True}, PAIR, **more),
        case("Attention", lambda: {"mask": [None, seen(), None], "use_causal_mask": True}, TRIPLE, **more),
    ]
for scaled in (True, False):
    ROWS += [
        case("AdditiveAttention", inputs=PAIR, use_scale=scaled),
        case("AdditiveAttention", lambda: {"mask": both(), "return_attention_scores": True}, PAIR, use_scale=scaled),
        case("AdditiveAttention", lambda: {"use_causal_mask": True}, TRIPLE, use_scale=scaled, dropout=0.1),
    ]

EQUATIONS = [
    ("ab,bc->ac", 6, "c", (2, 3)),
    ("abc,cd->abd", (None, 6), "d", (2, 5, 3)),
    ("abc,cd->abd", (None, 6), None, (2, 5, 3)),
    ("abc,cd->abd", (5, 6), "bd", (2, 5, 3)),
    ("...x,xy->...y", 6, "y", (2, 5, 3)),
    ("abc,cde->abde", (None, 3, 6), "de", (2, 5, 3)),
    ("abc,cde->abde", (None, 3, 6), "e", (2, 5, 3)),
    ("abc,dce->abde", (None, 3, 6), "e", (2, 5, 2)),
    ("abcd,cde->abe", (None, 6), "e", (2, 5, 3, 3)),
    ("ab...,bc->ac...", (9,), "c", (2, 4, 5, 6)),
]
for equation, shape, bias, inputs in EQUATIONS:
    row = case("EinsumDense", inputs=inputs, equation=equation, output_shape=shape, bias_axes=bias, activation="relu")
    if None in (shape if isinstance(shape, tuple) else ()):
        row |= {"differs": {"shape"}, "why": "Keras forgets a size that the input knows"}
    ROWS.append(row)

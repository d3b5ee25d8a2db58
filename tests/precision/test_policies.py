"""The older path of mixed precision, and the configurations that name policies."""

import keras
import pytest

import torchkeras
from torchkeras import dtype_policies, mixed_precision, optimizers, quantizers


def test_the_older_path_holds_the_same_objects():
    assert mixed_precision.Policy is dtype_policies.DTypePolicy
    assert mixed_precision.LossScaleOptimizer is optimizers.LossScaleOptimizer
    mixed_precision.set_global_policy("mixed_float16")
    assert (
        mixed_precision.global_policy() == torchkeras.config.dtype_policy() == mixed_precision.Policy("mixed_float16")
    )
    assert torchkeras.layers.Dense(1).compute_dtype == "float16"


BAD = [
    ("GPTQConfig", {"weight_bits": 5}),
    ("GPTQConfig", {"num_samples": 0}),
    ("GPTQConfig", {"sequence_length": -1}),
    ("GPTQConfig", {"hessian_damping": 1.5}),
    ("GPTQConfig", {"group_size": 0}),
    ("AWQConfig", {"weight_bits": 8}),
    ("AWQConfig", {"num_grid_points": 0}),
    ("AWQConfig", {"group_size": -2}),
]


@pytest.mark.parametrize(("name", "wrong"), BAD)
def test_wrong_configurations_are_refused_as_in_keras(name, wrong):
    with pytest.raises(ValueError) as theirs:
        getattr(keras.quantizers, name)(dataset=None, tokenizer=None, **wrong)
    with pytest.raises(ValueError) as ours:
        getattr(quantizers, name)(dataset=None, tokenizer=None, **wrong)
    assert str(ours.value).startswith(str(theirs.value).rstrip("."))


@pytest.mark.parametrize("name", ["GPTQConfig", "AWQConfig"])
def test_configurations_are_written_as_in_keras(name):
    arguments = {"dataset": ["text"], "tokenizer": len, "group_size": 64}
    theirs, ours = (getattr(package.quantizers, name)(**arguments) for package in (keras, torchkeras))
    assert ours.get_config() == theirs.get_config()
    assert ours.dtype_policy_string() == theirs.dtype_policy_string()
    assert dtype_policies.get(f"{ours.dtype_policy_string()}_from_float32").quantization_mode == ours.mode
    assert type(ours).from_config(ours.get_config()).group_size == 64

"""``keras.config`` and the dtype policies against real Keras."""

import copy
import inspect
import json
import pickle
import subprocess
import sys

import keras
import numpy as np
import pytest
import torch

from torchkeras import config, dtype_policies

POLICIES = ["float32", "float16", "float64", "bfloat16", "mixed_float16", "mixed_bfloat16", "int32", "bool", "string"]
POLICIES += ["int8_from_float32", "int8_from_mixed_bfloat16", "float8_from_float32", "int4_from_float32"]
POLICIES += ["int4/128_from_float32", "gptq/4/128_from_float32", "awq/4/-1_from_mixed_bfloat16"]
NOT_POLICIES = ["foo", "mixed_float32", "int8", "int8_from_foo", "float8_x", "int8_from_float16", "gptq_4_from_float32"]
NOT_POLICIES += ["gptq/9/128_from_float32", "awq/8/128_from_float32", "int4/0_from_float32", "int4/a_from_float32", 3]


@pytest.fixture(autouse=True)
def fresh_keras():
    before = {name: getattr(keras.config, name)() for name in ("floatx", "epsilon", "image_data_format")}
    yield
    for name, value in before.items():
        getattr(keras.config, f"set_{name}")(value)
    keras.config.set_dtype_policy("float32")


def seen(policy):
    return [policy.name, policy.compute_dtype, policy.variable_dtype, policy.quantization_mode, policy.get_config()]


@pytest.mark.parametrize("name", POLICIES)
def test_policies_are_keras(name):
    ours, theirs = dtype_policies.get(name), keras.dtype_policies.get(name)
    assert seen(ours) == seen(theirs)
    assert repr(ours) == repr(theirs)
    assert dtype_policies.serialize(ours) == keras.dtype_policies.serialize(theirs)
    assert dtype_policies.deserialize(dtype_policies.serialize(ours)) == ours
    assert dtype_policies.get(dtype_policies.serialize(theirs)) == ours
    assert copy.deepcopy(ours) == ours == pickle.loads(pickle.dumps(ours))
    assert (ours == name) is (theirs == name) is False


@pytest.mark.parametrize("name", NOT_POLICIES)
def test_unknown_policies(name):
    for module in (dtype_policies, keras.dtype_policies):
        with pytest.raises(ValueError, match=r".+"):
            module.get(name)


def test_unknown_policies_suggest_the_nearest():
    with pytest.raises(ValueError, match="Did you mean 'mixed_bfloat16'"):
        dtype_policies.DTypePolicy("mixed_bflot16")
    with pytest.raises(TypeError, match="'name' must be a string"):
        dtype_policies.DTypePolicy(3)


@pytest.mark.parametrize("given", [torch.float16, np.float16, np.dtype("float64"), None], ids=str)
def test_policies_of_dtypes(given):
    assert seen(dtype_policies.get(given)) == seen(keras.dtype_policies.get(given))


def test_the_global_policy():
    for module in (config, keras.config):
        assert module.dtype_policy().name == "float32"
        module.set_dtype_policy("mixed_bfloat16")
        assert module.dtype_policy().name == "mixed_bfloat16"
        with pytest.raises(ValueError, match="Invalid `policy` argument"):
            module.set_dtype_policy(3)
        with pytest.raises(ValueError, match="Cannot convert 'foo'"):
            module.set_dtype_policy("foo")
    assert dtype_policies.DTypePolicy().compute_dtype == "bfloat16"


def test_without_a_policy_floatx_decides():
    config.set_floatx("float16")
    assert config.dtype_policy().name == "float16"


def test_inputs_are_converted_as_the_policy_says():
    policy = dtype_policies.DTypePolicy("mixed_float16")
    assert policy.convert_input(np.ones(2), True, "float16").dtype == torch.float16
    assert policy.convert_input(torch.ones(2), True, "float16").dtype == torch.float16
    assert policy.convert_input(torch.ones(2), False, "float16").dtype == torch.float32
    assert policy.convert_input(torch.ones(2, dtype=torch.int32), True, "float16").dtype == torch.int32


def test_maps_are_keras():
    written = []
    for module in (dtype_policies, keras.dtype_policies):
        found = module.DTypePolicyMap(default_policy="mixed_bfloat16")
        found["layer/dense.*"] = "mixed_float16"
        found[".*x"] = "bfloat16"
        found["q"] = "int8_from_float32"
        names = [found[key].name for key in ("layer/dense_1", "ax", "axb", "q", "q1", "alayer/dense")]
        with pytest.raises(ValueError, match="matches multiple"):
            found["layer/densex"]
        with pytest.raises(ValueError, match="already exist"):
            found["q"] = "float32"
        with pytest.raises(ValueError, match="Cannot interpret"):
            found["z"] = "foo"
        written.append([names, found.name, found.compute_dtype, len(found), list(found), module.serialize(found)])
        again = module.deserialize(module.serialize(found))
        assert again.get_config() == found.get_config()
        assert found.pop("q").name == "int8_from_float32"
        del found[".*x"]
    assert written[0] == written[1]
    ours = dtype_policies.DTypePolicyMap()
    ours["a"] = "mixed_float16"
    assert ours.get_config()["policy_map"]["a"]["config"] == {"name": None}
    assert ours["a"].name == "mixed_float16"  # writing the config changes nothing
    with pytest.raises(TypeError, match="`policy_map` must be a dict"):
        dtype_policies.DTypePolicyMap(policy_map=3)


@pytest.mark.parametrize("name", ["floatx", "epsilon", "image_data_format", "max_epochs", "max_steps_per_epoch"])
def test_settings_read_back(name):
    value = {"floatx": "float64", "epsilon": 1e-3, "image_data_format": "channels_first"}.get(name, 3)
    getattr(config, f"set_{name}")(value)
    assert getattr(config, name)() == value


ERRORS = [("set_floatx", "flot32"), ("set_floatx", "int32"), ("set_image_data_format", "first"), ("set_backend", "jax")]
ERRORS += [("set_epsilon", "a"), ("set_max_epochs", "a"), ("set_max_steps_per_epoch", 1.5)]


@pytest.mark.parametrize(("name", "value"), ERRORS)
def test_bad_settings(name, value):
    with pytest.raises(ValueError, match=str(value)):
        getattr(config, name)(value)


@pytest.mark.parametrize("name", ["interactive_logging", "traceback_filtering", "flash_attention"])
def test_switches(name):
    ask = getattr(config, f"is_{name}_enabled")
    assert ask() == getattr(keras.config, f"is_{name}_enabled")()
    getattr(config, f"disable_{name}")()
    assert ask() is False
    getattr(config, f"enable_{name}")()
    assert ask() is True


def test_every_public_name_is_there():
    for ours, theirs in ((config, keras.config), (dtype_policies, keras.dtype_policies)):
        public = {name for name in dir(theirs) if not name.startswith("_")}
        assert public <= set(dir(ours))
        for name in public:
            if not inspect.isclass(getattr(theirs, name)):
                mine, wanted = (list(inspect.signature(getattr(m, name)).parameters) for m in (ours, theirs))
                assert mine == wanted, name


def test_keras_json_and_environment_are_read(tmp_path):
    settings = {"floatx": "float64", "epsilon": 1e-5, "image_data_format": "channels_first", "backend": "jax"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    code = "from torchkeras import _settings as s; print(s.floatx, s.epsilon, s.image_data_format, s.max_epochs)"
    environment = {"KERAS_HOME": str(tmp_path), "KERAS_MAX_EPOCHS": "2", "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.split() == ["float64", "1e-05", "channels_first", "2"]


def test_a_broken_keras_json_counts_for_nothing(tmp_path):
    (tmp_path / "keras.json").write_text("{broken")
    code = "from torchkeras import _settings as s; print(s.floatx)"
    environment = {"KERAS_HOME": str(tmp_path), "PATH": "", "PYTHONPATH": ":".join(sys.path)}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "float32"
    assert (tmp_path / "keras.json").read_text() == "{broken"

"""What the rows of test_parity.py cannot show of recurrent layers: weights in torch, states, masks, compilers."""

import copy
import pickle
import warnings
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras import layers

# NumPy 2 tells real Keras' variables off
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)
FAMILIES = ["SimpleRNN", "LSTM", "GRU"]


def _model(name: str, mask_zero: bool) -> Any:
    cls = getattr(layers, name)
    return torchkeras.Sequential(
        [
            torchkeras.Input((7,), dtype="int64"),
            layers.Embedding(10, 4, mask_zero=mask_zero),
            layers.Bidirectional(cls(5, return_sequences=True)),
            cls(3),
        ]
    )


@pytest.fixture(params=[(name, mask) for name in FAMILIES for mask in (False, True)], ids=str)
def model(request: pytest.FixtureRequest) -> Any:
    return _model(*request.param)


TOKENS = torch.tensor([[3, 1, 4, 1, 5, 0, 0], [2, 7, 0, 1, 8, 2, 8]])


def test_state_dict_holds_each_weight_once(model: Any) -> None:
    model(TOKENS)
    kept = model.state_dict()
    assert sum(value.numel() for value in kept.values()) == model.count_params()
    assert sum(value.numel() for value in model.parameters()) == model.count_params()
    assert all(key.split(".")[0] in {layer.name for layer in model.layers} for key in kept)


def test_copies_compute_the_same(model: Any) -> None:
    wanted = model(TOKENS)
    torch.testing.assert_close(copy.deepcopy(model)(TOKENS), wanted)
    torch.testing.assert_close(pickle.loads(pickle.dumps(model))(TOKENS), wanted)
    torch.testing.assert_close(copy.deepcopy(model).double()(TOKENS).float(), wanted)
    fresh = torchkeras.models.clone_model(model)
    fresh.load_state_dict(model.state_dict())
    torch.testing.assert_close(fresh(TOKENS), wanted)
    values = {key: value.clone() for key, value in model.state_dict().items()}
    torch.testing.assert_close(torch.func.functional_call(model, values, (TOKENS,)), wanted)


def test_compile_without_a_graph_break_and_export(model: Any) -> None:
    wanted = model(TOKENS)
    compiled = torch.compile(model, fullgraph=True, backend="eager")
    torch.testing.assert_close(compiled(TOKENS), wanted)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.export's own
        exported = torch.export.export(model, (TOKENS,))
    torch.testing.assert_close(exported.module()(TOKENS), wanted)


def test_each_weight_gets_a_gradient(model: Any) -> None:
    model.train()
    model(TOKENS).square().sum().backward()
    assert all(weight.tensor.grad is not None for weight in model.trainable_weights)


@pytest.mark.parametrize("name", FAMILIES)
def test_weights_begin_as_in_keras(name: str) -> None:
    torchkeras.utils.set_random_seed(3)
    ours = getattr(layers, name)(
        40, kernel_regularizer="l2", recurrent_regularizer="l1", recurrent_constraint="unit_norm"
    )
    ours(torch.ones(1, 2, 30))
    theirs = getattr(keras.layers, name)(40)
    theirs(torch.ones(1, 2, 30))
    kernel, recurrent, bias = ours.get_weights()
    real_kernel, real_recurrent, real_bias = theirs.get_weights()
    assert kernel.std() == pytest.approx(real_kernel.std(), rel=0.05)
    np.testing.assert_allclose(recurrent @ recurrent.T, real_recurrent @ real_recurrent.T, atol=1e-4)
    np.testing.assert_array_equal(bias, real_bias)
    assert ours.cell.kernel.regularizer.l2 == pytest.approx(0.01)
    assert ours.cell.recurrent_kernel.regularizer.l1 == pytest.approx(0.01)
    assert ours.cell.recurrent_kernel.constraint is ours.cell.recurrent_constraint is not None
    assert len(ours.losses) == 2


def test_assigning_goes_through_the_gate_order() -> None:
    layer = layers.GRU(3)
    layer(torch.ones(2, 4, 2))
    value = np.arange(27, dtype="float32").reshape(3, 9)
    layer.cell.recurrent_kernel.assign(value)
    np.testing.assert_array_equal(layer.cell.recurrent_kernel.numpy(), value)
    stored = layer.cell.module.weight_hh_l0.detach().numpy()
    np.testing.assert_array_equal(stored[:3], value.T[3:6])  # torch begins with the reset gate
    np.testing.assert_array_equal(stored[3:6], value.T[:3])


@pytest.mark.parametrize("name", FAMILIES)
def test_stateful(name: str) -> None:
    whole = torch.randn(2, 6, 3)
    kept = getattr(layers, name)(4, stateful=True)
    plain = getattr(layers, name)(4)
    kept(whole[:, :3])
    plain(whole)
    plain.set_weights(kept.get_weights())
    kept.reset_state()
    kept(whole[:, :3])
    torch.testing.assert_close(kept(whole[:, 3:]), plain(whole))
    assert [state.path for state in kept.states] == [f"{kept.name}/rnn_state"] * len(kept.states)
    kept.reset_state()
    assert all(not state.numpy().any() for state in kept.states)
    assert not any("state_" in key for key in kept.state_dict())
    with pytest.raises(ValueError, match=r"batch size.* Expected batch size: 2\. Received batch size: 5"):
        kept(torch.ones(5, 3, 3))
    with pytest.raises(ValueError, match=r"batch size must be static.*batch_shape"):
        getattr(layers, name)(4, stateful=True)(torchkeras.Input((6, 3)))


def test_dropout_is_one_mask_for_all_steps_and_only_in_training() -> None:
    layer = layers.RNN(_Sum(5, dropout=0.5), return_sequences=True)
    steps = layer(torch.ones(4, 6, 5), training=True).diff(dim=1)
    assert torch.equal(steps, steps[:, :1].expand_as(steps))
    assert set(steps.unique().tolist()) == {0.0, 2.0}
    assert torch.equal(layer(torch.ones(4, 6, 5))[:, -1], torch.full((4, 5), 6.0))
    lstm = layers.LSTM(3, recurrent_dropout=0.5)
    values = torch.randn(2, 5, 3)
    assert not torch.equal(lstm(values, training=True), lstm(values, training=True))
    torch.testing.assert_close(lstm(values), lstm(values))


class _Sum(layers.SimpleRNNCell):
    """Adds its inputs up."""

    def project(self, inputs: torch.Tensor) -> torch.Tensor:
        return inputs

    def step(self, projected: torch.Tensor, states: list[torch.Tensor], kept: Any = None) -> list[torch.Tensor]:
        return [projected + states[0]]

    @property
    def has_kernel(self) -> bool:
        return False


class _UserCell(layers.Layer):
    """A cell as a user writes it: no ``get_initial_state``, two states, the first one not of the output's size."""

    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units = units
        self.state_size = [units, units + 1]
        self.output_size = units

    def build(self, input_shape: Any) -> None:
        self.kernel = self.add_weight((input_shape[-1], self.units), name="kernel")

    def call(self, inputs: Any, states: Any) -> Any:
        first, second = states
        output = torch.tanh(inputs @ self.kernel + first)
        return output, [output, second + 1]


def test_a_cell_of_the_user() -> None:
    layer = layers.RNN(_UserCell(3), return_sequences=True, return_state=True)
    outputs, first, second = layer(torch.randn(2, 5, 4))
    torch.testing.assert_close(outputs[:, -1], first)
    assert second.shape == (2, 4)
    assert (second == 5).all()
    again = layers.RNN.from_config(layer.get_config(), custom_objects={"_UserCell": _UserCell})
    assert again.cell.units == 3


def test_seq2seq_as_a_graph() -> None:
    source, target = torchkeras.Input((5, 3)), torchkeras.Input((None, 3))
    _, h, c = layers.LSTM(4, return_state=True, name="encoder")(source)
    outputs = layers.LSTM(4, return_sequences=True, name="decoder")(target, initial_state=[h, c])
    model = torchkeras.Model([source, target], outputs)
    assert model.output_shape == (None, None, 4)
    x, y = torch.randn(2, 5, 3), torch.randn(2, 6, 3)
    encoder, decoder = model.get_layer("encoder"), model.get_layer("decoder")
    torch.testing.assert_close(model([x, y]), decoder(y, initial_state=list(encoder(x)[1:])))
    assert type(model).from_config(model.get_config()).count_params() == model.count_params()


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: layers.LSTM(0), ValueError, "units.*positive integer, got 0"),
        (lambda: layers.GRU("3"), ValueError, "units.*positive integer, got '3'"),
        (lambda: layers.LSTM(3, actvation="relu"), TypeError, "actvation.*Did you mean 'activation'"),
        (lambda: layers.LSTM(3)(torch.ones(2, 3)), ValueError, r"expected a 3-D input.*\(2, 3\)"),
        (lambda: layers.LSTM(3)(torch.ones(2, 4, 3), initial_state=[torch.ones(2, 3)]), ValueError, "2 initial states"),
        (lambda: layers.GRU(3)(torch.ones(2, 4, 3), initial_state=torch.ones(2, 4)), ValueError, r"\(batch, 3\), got"),
        (lambda: layers.RNN(5), ValueError, "`call` method. Received: 5"),
        (lambda: layers.RNN(layers.Dense(3)), ValueError, "`state_size` attribute"),
        (lambda: layers.StackedRNNCells([]), ValueError, "expected a list of cells"),
        (lambda: layers.Bidirectional(layers.Dense(3)), ValueError, "expected a recurrent layer.*TimeDistributed"),
        (lambda: layers.Bidirectional(layers.GRU(3), merge_mode="x"), ValueError, "Invalid merge mode"),
        (lambda: layers.TimeDistributed(3), ValueError, "Layer 3 supplied to Wrapper"),
        (lambda: layers.TimeDistributed(layers.Dense(3))(torch.ones(2, 3)), ValueError, "at least 3 dimensions"),
    ],
)
def test_errors(make: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        make()


def test_a_wrong_size_never_reaches_the_kernel() -> None:
    layer = layers.LSTM(3)
    layer(torch.ones(2, 4, 5))
    with pytest.raises((ValueError, RuntimeError), match="5"):
        layer(torch.ones(2, 4, 6))
    with pytest.raises((ValueError, RuntimeError), match=r"\(2, 3\)"):
        layer(torch.ones(2, 4, 5), initial_state=[torch.ones(7, 3), torch.ones(7, 3)])

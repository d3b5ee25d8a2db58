"""Attributes and methods that are gone, in use: each block is a piece of a script, which asserts what Keras gave."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

START = """
import warnings
import numpy as np
import keras
from keras import backend as K
from keras.layers import *
from keras.models import *
rng = np.random.RandomState(0)
x = rng.rand(24, 5).astype("float32")
y = (x.sum(1) > 2.5).astype("int64")

def small(last=2, activation="softmax"):
    model = Sequential([Dense(4, activation="relu", input_shape=(5,)), Dropout(0.5)])
    model.add(Dense(last, activation=activation))
    model.compile("sgd", "mse")
    return model

def told(function):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        result = function()
    texts = [str(w.message) for w in caught if w.category is DeprecationWarning]
    assert len(texts) == 1 and caught[0].filename.endswith("script.py"), (texts, [w.filename for w in caught])
    return texts[0], result
"""

BLOCKS = {
    "classes and probabilities": """
model = small()
text, classes = told(lambda: model.predict_classes(x))
assert text == ("`Sequential.predict_classes()` is of an older Keras; today write "
                "`model.predict(x).argmax(axis=-1)`."), text
assert (classes == model.predict(x, verbose=0).argmax(-1)).all()
assert np.allclose(model.predict_proba(x, batch_size=8), model.predict(x, verbose=0))
binary = small(1, "sigmoid").predict_classes(x, verbose=0)
assert binary.shape == (24, 1) and binary.dtype == "int32"
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    small(1, None).predict_proba(x * 100 - 50)
assert any("invalid probability" in str(w.message) for w in caught)
""",
    "shapes and tensors of calls": """
model = small()
dense, dropout, last = model.layers
text, shape = told(lambda: dense.output_shape)
assert text == "`Dense.output_shape` is of an older Keras; today write `layer.output.shape`."
assert (dense.input_shape, shape, dropout.output_shape) == ((None, 5), (None, 4), (None, 4))
assert dense.get_output_at(0) is dense.output and dense.get_input_at(-1) is dense.input
other = Input((5,))
again = dense(other)
assert dense.get_output_at(1) is again and dense.get_input_at(1) is other
assert dense.output_shape == (None, 4) and dense.get_output_shape_at(1) == (None, 4)
assert dense.get_input_shape_at(0) == (None, 5)
try:
    dense.get_output_at(7)
except ValueError as error:
    assert "there is no call 7, it was called 2 times" in str(error)
shared = Activation("relu")
shared(Input((3,))), shared(Input((4,)))
try:
    shared.output_shape
except AttributeError as error:
    assert "with different output shapes: [(None, 3), (None, 4)]" in str(error) and "at(index)" in str(error)
try:
    Dense(2).output_shape
except AttributeError as error:
    assert "has not been called on symbolic tensors yet" in str(error)
assert not hasattr(Dense(2), "input_shape")
eager = Dense(3)
eager(x)
assert (tuple(eager.input_shape), tuple(eager.output_shape)) == ((24, 5), (24, 3))
embedded = Embedding(7, 3, mask_zero=True)
tokens = Input((6,))
embedded(tokens)
assert embedded.output_mask is not None and embedded.input_mask is None
assert model.get_output_at(0) is model.output
called = model(other)
assert model.get_output_at(1) is called and model.get_input_at(-1) is other
two = Concatenate()
two([other, again])
assert two.input_shape == [(None, 5), (None, 4)]
""",
    "calls before and after": """
model = small()
dense, dropout, last = model.layers
assert [node.outbound_layer.name for node in dense.outbound_nodes] == [dropout.name]
assert dropout.inbound_nodes[0].inbound_layers == [dense]
assert dropout._inbound_nodes[0].input_shapes == [(None, 4)] and last._outbound_nodes == []
dense.outbound_nodes = []
assert dense.outbound_nodes == []
""",
    "weights under their first names": """
model = small()
dense = model.layers[0]
assert dense.W is dense.kernel and dense.b is dense.bias and dense.output_dim == 4
lstm, conv = LSTM(3), Conv2D(2, 3, data_format="channels_first", padding="same")
lstm(rng.rand(2, 4, 3)), conv(rng.rand(1, 3, 5, 5))
assert lstm.U.shape == (3, 12) and lstm.kernel is lstm.cell.kernel and lstm.units == 3
assert (conv.border_mode, conv.dim_ordering, conv.nb_filter, conv.subsample) == ("same", "th", 2, (1, 1))
for layer, name in ((Flatten(), "W"), (Flatten(), "output_dim"), (Dense(1), "dim_ordering")):
    assert not hasattr(layer, name)
class Own(Layer):
    def __init__(self):
        super().__init__()
        self.model = Dense(2)
        self.nodes, self.updates, self.stateful = 3, "mine", "too"
        self.W = Dense(1)
own = Own()
assert (type(own.W), own.updates, own.stateful, own.nodes) == (Dense, "mine", "too", 3)
""",
    "lists of weights that are assigned": """
class Attention(Layer):
    def build(self, input_shape):
        self.W = K.variable(np.ones((input_shape[-1], 1)), name="W")
        self.c = K.variable(np.ones(1), name="c")
        self.trainable_weights = [self.W]
        super().build(input_shape)
    def call(self, x, mask=None):
        return K.dot(x, self.W) + self.c
    def get_output_shape_for(self, input_shape):
        return (input_shape[0], 1)
model = Sequential([Attention(input_shape=(5,))])
layer = model.layers[0]
assert [w.name for w in layer.trainable_weights] == ["W"] and [w.name for w in layer.non_trainable_weights] == ["c"]
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)
assert layer.get_weights()[1] == 1 and (layer.get_weights()[0] != 1).all()
class Late(Layer):
    def build(self, input_shape):
        self._trainable_weights.append(K.variable(np.ones(3), name="late"))
        self.built = True
    def call(self, x):
        return x
late = Late()
late(x)
assert [w.name for w in late.weights] == ["late"]
assert Dense(3).get_output_shape_for((None, 5)) == (None, 3)
""",
    "states that change within a call": """
class Spectral(Conv2D):
    def build(self, input_shape):
        shape = self.kernel_size + (input_shape[-1], self.filters)
        self.kernel = self.add_weight(shape=shape, initializer=self.kernel_initializer, name="kernel")
        self.bias = self.add_weight(shape=(self.filters,), initializer="zeros", name="bias")
        self.u = self.add_weight(shape=(1, self.filters), initializer="ones", name="sn", trainable=False)
        self.built = True
    def call(self, inputs, training=None):
        flat = K.reshape(self.kernel, [-1, self.kernel.shape.as_list()[-1]])
        v = K.l2_normalize(K.dot(self.u, K.transpose(flat)))
        u = K.l2_normalize(K.dot(v, flat))
        sigma = K.dot(K.dot(v, flat), K.transpose(u))
        if training not in {0, False}:
            self.u.assign(u)
        outputs = K.conv2d(inputs, K.reshape(flat / sigma, K.int_shape(self.kernel)), padding=self.padding)
        return self.activation(K.bias_add(outputs, self.bias))
model = Sequential([Spectral(4, 3, padding="same", activation="relu", input_shape=(6, 6, 2)), Flatten(), Dense(1)])
model.compile("sgd", "mse")
model.fit(rng.rand(4, 6, 6, 2), np.ones(4), epochs=3, verbose=0)
layer = model.layers[0]
flat = layer.get_weights()[0].reshape(-1, 4)
assert layer.output_shape == (None, 6, 6, 4) and not np.allclose(layer.get_weights()[2], 1)
u = layer.get_weights()[2]
found = np.linalg.norm(u @ flat.T) / np.linalg.norm(u)
assert found <= np.linalg.norm(flat, 2) + 1e-4 and "sn" in "".join(model.state_dict())
""",
    "a recurrent layer of one's own": """
from keras import activations, initializers
from keras.engine import InputSpec
from keras.layers.recurrent import Recurrent, _time_distributed_dense
class AttentionDecoder(Recurrent):
    def __init__(self, units, output_dim, **kwargs):
        self.units, self.output_dim = units, output_dim
        self.init = initializers.get("glorot_uniform")
        super(AttentionDecoder, self).__init__(**kwargs)
        self.name = "decoder"
        self.return_sequences = True
    def build(self, input_shape):
        self.batch_size, self.timesteps, self.input_dim = input_shape
        self.states = [None, None]
        def weight(name, *shape):
            return self.add_weight(shape=shape, name=name, initializer=self.init)
        self.V_a, self.W_a = weight("V_a", self.units), weight("W_a", self.units, self.units)
        self.U_a, self.b_a = weight("U_a", self.input_dim, self.units), weight("b_a", self.units)
        self.C, self.U = weight("C", self.input_dim, self.units), weight("U", self.units, self.units)
        self.W, self.W_s = weight("W", self.output_dim, self.units), weight("W_s", self.input_dim, self.units)
        self.Co = weight("Co", self.input_dim, self.output_dim)
        self.input_spec = [InputSpec(shape=(self.batch_size, self.timesteps, self.input_dim))]
        self.built = True
    def call(self, x):
        self.x_seq = x
        self._uxpb = _time_distributed_dense(self.x_seq, self.U_a, b=self.b_a, input_dim=self.input_dim,
                                             timesteps=self.timesteps, output_dim=self.units)
        return super(AttentionDecoder, self).call(x)
    def get_initial_state(self, inputs):
        s0 = activations.tanh(K.dot(inputs[:, 0], self.W_s))
        y0 = K.expand_dims(K.sum(K.zeros_like(inputs), axis=(1, 2)))
        return [K.tile(y0, [1, self.output_dim]), s0]
    def step(self, x, states):
        ytm, stm = states
        at = K.dot(K.repeat(stm, self.timesteps), self.W_a)
        et = K.dot(activations.tanh(at + self._uxpb), K.expand_dims(self.V_a))
        at = K.exp(et)
        at /= K.repeat(K.sum(at, axis=1), self.timesteps)
        context = K.squeeze(K.batch_dot(at, self.x_seq, axes=1), axis=1)
        st = activations.tanh(K.dot(context, self.C) + K.dot(stm, self.U) + K.dot(ytm, self.W))
        return activations.softmax(K.dot(context, self.Co)), [ytm * 0 + 1, st]
    def compute_output_shape(self, input_shape):
        return (None, self.timesteps, self.output_dim)
model = Sequential([LSTM(6, input_shape=(5, 3), return_sequences=True), AttentionDecoder(6, 3)])
model.compile("adam", "categorical_crossentropy")
data = np.eye(3)[rng.randint(0, 3, (16, 5))]
losses = model.fit(data, data, epochs=6, verbose=0).history["loss"]
assert model.output_shape == (None, 5, 3) and losses[-1] < losses[0], losses
assert model.layers[-1].W.shape == (3, 6) and model.layers[-1].name == "decoder"
""",
    "updates and losses": """
class Counter(Layer):
    def build(self, input_shape):
        self.count = self.add_weight("count", (), initializer="zeros", trainable=False)
    def call(self, x):
        self.add_update([(self.count, self.count + 1)], x)
        return x
counter = Counter()
counter(x), counter(x, training=True), counter(x, training=True)  # Keras 2 ran updates with the train function
assert float(counter.count.numpy()) == 2 and counter.updates == [] and counter.get_updates_for(None) == []
model = Sequential([Dense(2, kernel_regularizer="l2", activity_regularizer="l1", input_shape=(5,))])
model(x)
assert len(model.get_losses_for(None)) == 1 and len(model.layers[0].get_losses_for(x)) == 1
assert model.state_updates == [] and model.uses_learning_phase is False and small().uses_learning_phase
penalty = keras.regularizers.l2(0.5)
penalty.set_param(model.layers[0].bias)
assert len(model.get_losses_for(None)) == 2
""",
    "states between batches": """
model = Sequential([LSTM(3, stateful=True, batch_input_shape=(4, 2, 5)), Dense(1)])
data = rng.rand(4, 2, 5)
first, second = model.predict_on_batch(data), model.predict_on_batch(data)
assert model.stateful and not np.allclose(first, second)
text, _ = told(model.reset_states)
assert text.endswith("today write `for layer in model.layers: layer.reset_state()`.")
assert np.allclose(first, model.predict_on_batch(data))
lstm = model.layers[0]
lstm.reset_states(states=[np.ones((4, 3)), np.zeros((4, 3))])
assert K.get_value(lstm.states[0]).min() == 1
lstm.reset_states()
assert K.get_value(lstm.states[0]).max() == 0
assert not small().stateful
""",
    "models taken apart": """
model = small()
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    model.layers.pop()
model.outputs = [model.layers[-1].output]
model.layers[-1].outbound_nodes = []
model.add(Dense(3, activation="softmax"), name="new")
assert [type(layer).__name__ for layer in model.layers] == ["Dense", "Dropout", "Dense"]
assert model.layers[-1].name == "new" and model.output_shape == (None, 3)

entrance = Input((5,))
hidden = Dense(4, name="hidden")(entrance)
graph = Model(entrance, Dense(2, name="last")(hidden))
text, _ = told(lambda: graph.layers.pop())
assert "today write `Model(model.inputs, model.layers[-2].output)`" in text
assert [layer.name for layer in graph.layers][-1] == "hidden" and graph.output_shape == (None, 2)
tail = Model(graph.input, Dense(3)(graph.layers[-1].output))
assert tail.predict(x, verbose=0).shape == (24, 3)
graph.outputs = [graph.layers[-1].output]
assert graph.output_shape == (None, 4) and graph.predict(x, verbose=0).shape == (24, 4) and graph.count_params() == 24
assert graph.input_layers[0].name == graph.layers[0].name and graph.output_layers[0].name == "hidden"
model.name = "renamed"
graph.layers[-1]._name = "other"
assert model.name == "renamed" and graph.layers[-1].name == "other" and graph.get_layer("other") is graph.layers[-1]
assert len(Sequential([small(), Dense(1)]).flattened_layers) == 4
try:
    model.outputs = [entrance]
except AttributeError as error:
    assert "use `add`, `pop`" in str(error)
""",
    "steps of tf.keras": """
class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.dense = Dense(1, kernel_regularizer="l2")
    def call(self, x):
        return self.dense(x)
    def train_step(self, data):
        x, y = data
        y_pred = self(x, training=True)
        loss = self.compiled_loss(y, y_pred, regularization_losses=self.losses)
        self.optimizer.minimize(loss, self.trainable_variables)
        self.compiled_metrics.update_state(y, y_pred)
        return {m.name: m.result() for m in self.metrics}
class Plain(Own):
    train_step = keras.Model.train_step
histories = []
for cls in (Own, Plain):
    keras.utils.set_random_seed(1)
    model = cls()
    model.compile("sgd", "mse", metrics=["mae"])
    histories.append(model.fit(x, y, epochs=2, verbose=0, shuffle=False).history)
    assert [m.name for m in model.compiled_metrics.metrics] == ["mae"]
    assert [m.name for m in model.compiled_loss.metrics] == ["loss"]
assert sorted(histories[0]) == sorted(histories[1]) == ["loss", "mae"]
for key in histories[0]:
    assert np.allclose(histories[0][key], histories[1][key], rtol=1e-5), (key, histories)
assert model.loss_functions == ["mse"] and model.is_compiled and model.loss_weights is None
""",
    "optimizers": """
from keras.optimizers import SGD, Adam
optimizer = SGD(0.1, momentum=0.9)
v = keras.Variable(np.ones(3, "float32"))
optimizer.minimize(lambda: keras.ops.sum(v * v), [v])
assert np.allclose(v.numpy(), 0.8) and optimizer.get_slot_names() == ["momentum"]
assert np.allclose(optimizer.get_slot(v, "momentum").numpy(), -0.2)
assert len(optimizer.weights) == len(optimizer.variables) and len(optimizer.get_weights()) == 3
optimizer.set_weights(optimizer.get_weights())
pairs = optimizer.compute_gradients(keras.ops.sum(v * v), [v])
assert np.allclose(pairs[0][0], 1.6) and pairs[0][1] is v
assert optimizer.decay == 0 and int(optimizer.iterations) == 1
assert np.isclose(float(optimizer._get_hyper("learning_rate")), 0.1)
assert np.isclose(float(optimizer._decayed_lr("float32")), 0.1)
optimizer._set_hyper("learning_rate", 0.2)
K.set_value(optimizer.lr, K.get_value(optimizer.lr) / 2)
assert np.isclose(float(optimizer.lr), 0.1)
try:
    optimizer._get_hyper("momentun")
except AttributeError as error:
    assert "Did you mean 'momentum'?" in str(error)
# the policy gradients of the time: a loss in the graph, and the optimizer's updates as those of a function
state, wanted = Input((5,)), K.placeholder(shape=(None, 2))
actor = Model(state, Dense(2)(state))
loss = K.mean(K.square(actor.output - wanted))
for order in ((actor.trainable_weights, [], loss), (loss, actor.trainable_weights)):
    updates = Adam(lr=0.1).get_updates(*order)
    train = K.function([actor.input, wanted], [loss], updates=updates)
    target = np.ones((24, 2), "float32")
    losses = [float(train([x, target])[0]) for _ in range(20)]
    assert losses[-1] < losses[0] / 2, losses
assert len(Adam().get_gradients(loss, actor.trainable_weights)) == 2
""",
    "an optimizer of one's own": """
from keras.optimizers import Adam, Optimizer
from keras.legacy import interfaces
class Own(Optimizer):
    def __init__(self, lr=0.01, beta_1=0.9, beta_2=0.999, **kwargs):
        super(Own, self).__init__(**kwargs)
        with K.name_scope(self.__class__.__name__):
            self.iterations = K.variable(0, dtype="int64", name="iterations")
            self.lr = K.variable(lr, name="lr")
            self.beta_1, self.beta_2 = K.variable(beta_1), K.variable(beta_2)
    @interfaces.legacy_get_updates_support
    def get_updates(self, loss, params):
        grads = self.get_gradients(loss, params)
        self.updates = [K.update_add(self.iterations, 1)]
        t = K.cast(self.iterations, K.floatx()) + 1
        lr_t = self.lr * (K.sqrt(1. - K.pow(self.beta_2, t)) / (1. - K.pow(self.beta_1, t)))
        ms = [K.zeros(K.int_shape(p), dtype=K.dtype(p)) for p in params]
        vs = [K.zeros(K.int_shape(p), dtype=K.dtype(p)) for p in params]
        self.weights = [self.iterations] + ms + vs
        for p, g, m, v in zip(params, grads, ms, vs):
            m_t = (self.beta_1 * m) + (1. - self.beta_1) * g
            v_t = (self.beta_2 * v) + (1. - self.beta_2) * K.square(g)
            self.updates += [K.update(m, m_t), K.update(v, v_t)]
            new_p = p - lr_t * m_t / (K.sqrt(v_t) + 1e-7)
            self.updates.append(K.update(p, new_p if p.constraint is None else p.constraint(new_p)))
        return self.updates
    def get_config(self):
        return dict(list(super(Own, self).get_config().items()) + [("lr", float(K.get_value(self.lr)))])
losses, weights = [], []
for optimizer in (Own(lr=0.05), Adam(0.05), Own(lr=0.05, clipvalue=1e-3), Adam(0.05, clipvalue=1e-3)):
    keras.utils.set_random_seed(3)
    model = Sequential([Dense(4, activation="tanh", input_shape=(5,), kernel_constraint="max_norm"), Dense(1)])
    model.compile(optimizer, "mse")
    losses.append(model.fit(x, y, epochs=4, batch_size=8, verbose=0, shuffle=False).history["loss"])
    weights.append(model.get_weights())
assert np.allclose(losses[0], losses[1], rtol=1e-4) and np.allclose(losses[2], losses[3], rtol=1e-4), losses
assert all(np.allclose(a, b, atol=1e-5) for a, b in zip(weights[0], weights[1]))
assert int(Own().iterations) == 0 and len(model.optimizer.get_weights()) > 0
class Older(Optimizer):
    def get_updates(self, params, constraints, loss):
        for p, g in zip(params, self.get_gradients(loss, params)):
            if p in constraints:
                raise AssertionError
            self.updates = [K.update(p, p - 0.1 * g)]
        return self.updates
v = keras.Variable(np.ones(3, "float32"))
Older(clipnorm=1.).apply_gradients([(np.full(3, 2., "float32"), v)])
assert np.allclose(v.numpy(), 1 - 0.1 / np.sqrt(3), atol=1e-5), v.numpy()
""",
    "what callbacks were told": """
from keras.callbacks import Callback
seen = {}
class Own(Callback):
    def on_train_begin(self, logs=None):
        seen.update(epochs=self.params["nb_epoch"], metrics=self.params["metrics"], asked="samples" in self.params)
    def on_epoch_end(self, epoch, logs=None):
        seen.update(samples=self.params["samples"], size=self.params.get("batch_size"), n=self.params["nb_sample"],
                    validates=self.params["do_validation"], kept=dict(self.params))
        seen["data"] = [len(part) for part in self.model.validation_data[:2]]
model = small()
model.compile("sgd", "mse", metrics=["mae"])
model.fit(x, np.stack([y, 1 - y], 1), batch_size=6, epochs=3, validation_split=0.25, verbose=0, callbacks=[Own()])
assert seen == {"epochs": 3, "metrics": ["loss", "mae", "val_loss", "val_mae"], "asked": True, "samples": 18, "n": 18,
                "size": 6, "validates": True, "kept": {"verbose": 0, "epochs": 3, "steps": 3}, "data": [6, 6]}, seen
assert model.validation_data is None
""",
    "files by the names of the time": """
import os
from keras.callbacks import ModelCheckpoint
model = small()
expected = model.predict(x, verbose=0)
for name in ("folder/saved", "model.model", "model.hdf"):
    for _ in range(2):
        told(lambda: model.save(name))
    assert np.allclose(load_model(name).predict(x, verbose=0), expected)
assert os.path.isdir("folder/saved") and os.path.isfile("model.model")
save_model(model, "again", save_format="tf")
assert os.path.isdir("again")
model.save("model.h5", True, False)
assert load_model("model.h5").optimizer is None
told(lambda: model.save_weights("checkpoints/cp.ckpt"))
other = small()
other.load_weights("checkpoints/cp.ckpt").expect_partial().assert_consumed()
assert np.allclose(other.predict(x, verbose=0), expected)
model.save_weights("w.h5")
other.load_weights("w.h5", True)
kept = [ModelCheckpoint("best"), ModelCheckpoint("w.best", save_weights_only=True), ModelCheckpoint("e{epoch}.model")]
model.fit(x, np.stack([y, 1 - y], 1), epochs=2, verbose=0, callbacks=kept)
assert np.allclose(load_model("best").predict(x, verbose=0), load_model("e2.model").predict(x, verbose=0))
other.load_weights("w.best")
os.makedirs("taken")
try:
    model.fit(x, np.stack([y, 1 - y], 1), verbose=0, callbacks=[ModelCheckpoint("taken")])
except IsADirectoryError as error:
    assert "taken" in str(error)
""",
    "a stack on two branches": """
import keras
keras.utils.set_random_seed(0)
left = Sequential([Dense(3, input_dim=5)])
right = Sequential([Dense(3, input_dim=5, activation="tanh")])
model = Sequential()
model.add(Merge([left, right], mode="concat"))
model.add(Dense(1, activation="sigmoid"))
model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
before = left.get_weights()[0]
model.fit([x, x], y, verbose=0)
assert model.output_shape == (None, 1) and model.count_params() == 43 and (left.get_weights()[0] != before).all()
deeper = Sequential([Merge([model, Sequential([Dense(1, input_dim=5)])], mode="sum"), Activation("tanh")])
assert deeper.predict([x, x, x], verbose=0).shape == (24, 1)
kernel, bias = model.layers[1].get_weights()
expected = np.concatenate([left.predict(x, verbose=0), right.predict(x, verbose=0)], 1) @ kernel + bias
assert np.allclose(model.predict([x, x], verbose=0), 1 / (1 + np.exp(-expected)), atol=1e-5)
for name in ("two.h5", "two.keras"):
    model.save(name)
    assert np.allclose(load_model(name).predict([x, x], verbose=0), model.predict([x, x], verbose=0))
graph = Merge([left, Dense(3, input_dim=5)], mode="dot", dot_axes=1)
assert graph([Input((5,)), Input((5,))]).shape == (None, 1)
""",
    "small things of objects": """
variable = K.variable(np.ones((2, 3)))
variable.set_value(np.zeros((2, 3)))
assert variable.get_value().sum() == 0 and variable.eval().shape == (2, 3) and variable.get_shape().as_list() == [2, 3]
tensor = Input((4, 5))
assert tensor._keras_shape == (None, 4, 5) and tensor.get_shape().as_list() == [None, 4, 5]
metric = keras.metrics.Mean()
assert metric.stateful and len(metric.weights) == 2 and metric.updates == []
model = small()
model.compile("sgd", "mse", metrics=["fmeasure", "matthews_correlation"])
assert sorted(model.fit(x, np.stack([y, 1 - y], 1), verbose=0).history) == ["fmeasure", "loss", "matthews_correlation"]
for name in ("total_loss", "targets"):
    try:
        getattr(model, name)
    except AttributeError as error:
        assert f"has no `{name}`: here targets and losses are tensors with values" in str(error)
    assert not hasattr(model, name)
try:
    model.to_yaml()
except RuntimeError as error:
    assert "`to_yaml` is not served: YAML can hold code" in str(error) and "`to_json()`" in str(error)
model._make_predict_function(), model._make_train_function(), model._make_test_function()
assert model._is_graph_network and model.layers[0].batch_input_shape == (None, 5) and len(model._layers) == 3
""",
}


@pytest.mark.parametrize("name", BLOCKS)
def test_a_piece_of_a_script_works(name: str, runner: Any, tmp_path: Path) -> None:
    done = runner.run(f"{START}{BLOCKS[name]}\nprint('= done')\n", cwd=tmp_path)
    assert done.check().facts == ["= done"]


def test_no_row_takes_the_place_of_what_a_class_has() -> None:
    source = """
import torchkeras
before = {}
from torchkeras._eras._methods import tables
for cls, rows in tables():
    before |= {(cls, name): getattr(cls, name) for name in rows if hasattr(cls, name)}
from torchkeras._eras import install
install()
print("=", len(before), all(getattr(cls, name) is value for (cls, name), value in before.items()))
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", source], capture_output=True, text=True, check=True)
    assert re.match(r"= \d+ True", done.stdout), done.stdout

"""Training runs of every kind, each from a seed: what they end with must not depend on whether they were stopped."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Dataset, IterableDataset, TensorDataset

import torchkeras as keras

DRAW = np.random.default_rng(0)
X = DRAW.normal(size=(44, 6)).astype("float32")
Y = np.tanh(X @ DRAW.normal(size=(6, 1))).astype("float32")
BATCH = 8  # six batches an epoch, the last one short
LAYERS = keras.layers


def plain(*middle: Any, optimizer: Any = "sgd", policy: str | None = None, **arguments: Any) -> Any:
    model = keras.Sequential(
        [
            LAYERS.Input((6,)),
            LAYERS.Dense(8, "relu", dtype=policy),
            *middle,
            LAYERS.Dense(1, dtype=policy),
            LAYERS.Activation("linear", dtype="float32"),
        ]
    )
    model.compile(optimizer, "mse", metrics=["mae"], **arguments)
    return model


def arrays(model: Any, epochs: int = 3, callbacks: Any = (), **arguments: Any) -> tuple[Any, dict[str, Any]]:
    data = {"x": X, "y": Y, "batch_size": BATCH}
    return model, {**data, "epochs": epochs, "verbose": 0, "callbacks": [*callbacks], **arguments}


def batches(model: Any, x: Any, epochs: int = 3, **arguments: Any) -> tuple[Any, dict[str, Any]]:
    return model, {"x": x, "epochs": epochs, "verbose": 0, "callbacks": [], **arguments}


# Models, optimizers, callbacks.


def shuffle() -> Any:
    return arrays(plain(), validation_split=0.2)


def shuffled_batches() -> Any:
    return arrays(plain(), shuffle="batch")


def dropout() -> Any:
    return arrays(plain(LAYERS.Dropout(0.3), LAYERS.Dropout(0.2, seed=3)))


def batch_normalization() -> Any:
    return arrays(plain(LAYERS.BatchNormalization()), validation_split=0.2)


def adam_with_schedule() -> Any:
    rate = keras.optimizers.schedules.ExponentialDecay(0.05, 4, 0.7)
    return arrays(plain(optimizer=keras.optimizers.AdamW(rate, weight_decay=0.01, clipnorm=0.5)))


def averages_and_accumulation() -> Any:
    optimizer = keras.optimizers.Adam(0.01, use_ema=True, ema_momentum=0.8, gradient_accumulation_steps=4)
    return arrays(plain(optimizer=optimizer))


def mixed_bfloat16() -> Any:
    return arrays(plain(LAYERS.Dropout(0.2), optimizer="adam", policy="mixed_bfloat16"))


def scaled_loss() -> Any:
    return arrays(plain(optimizer=keras.optimizers.LossScaleOptimizer(keras.optimizers.Adam(), 2.0**127, 5)))


def stopping_and_plateau() -> Any:
    calls = keras.callbacks
    watchers = [
        calls.EarlyStopping("val_loss", patience=2, min_delta=0.02, restore_best_weights=True),
        calls.ReduceLROnPlateau("loss", factor=0.5, patience=1, min_delta=0.05, cooldown=1),
    ]
    return arrays(plain(optimizer=keras.optimizers.Adam(0.05)), 12, watchers, validation_split=0.25)


def scheduled_rate() -> Any:
    # the rate of an epoch is made from that of the last one: an epoch's beginning must not count twice
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.7)
    return arrays(plain(optimizer=keras.optimizers.SGD(0.1, momentum=0.9)), callbacks=[schedule])


class Counts(keras.callbacks.Callback):
    """Remembers all that it hears, as a user's callback may."""

    def on_train_begin(self, logs: Any = None) -> None:
        self.heard: list[Any] = []
        self.array = np.zeros(3)
        self.total = None

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        self.heard.append((batch, float(logs["loss"])))
        self.array[batch % 3] += np.random.rand()
        self.total = torch.ones(2) if self.total is None else self.total + torch.rand(2)

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        self.heard.append(("test", batch))

    def on_train_end(self, logs: Any = None) -> None:
        self.model.history.history["heard"] = [self.heard, self.array.tolist(), self.total.tolist()]


def own_callback() -> Any:
    return arrays(plain(), callbacks=[Counts()], validation_split=0.2)


def several_steps_at_once() -> Any:
    return arrays(plain(steps_per_execution=4), callbacks=[Counts()])


def swapped_averages() -> Any:
    optimizer = keras.optimizers.Adam(0.02, use_ema=True, ema_momentum=0.9)
    return arrays(plain(optimizer=optimizer), callbacks=[keras.callbacks.SwapEMAWeights()], validation_split=0.2)


def swapped_by_the_epoch() -> Any:
    model, arguments = swapped_averages()
    return model, {**arguments, "callbacks": [keras.callbacks.SwapEMAWeights(swap_on_epoch=True)]}


def weights_of_classes() -> Any:
    model = keras.Sequential([LAYERS.Input((6,)), LAYERS.Dense(2, "softmax")])
    model.compile("rmsprop", "sparse_categorical_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"])
    return arrays(model, y=(Y[:, 0] > 0).astype("int64"), class_weight={0: 2.0, 1: 0.5})


class TwoOptimizers(keras.Model):
    """No `call`, weights that the first batch makes, and a step of its own with two optimizers."""

    def __init__(self) -> None:
        super().__init__()
        self.one, self.two = LAYERS.Dense(3), LAYERS.Dense(1)
        self.loss_tracker = keras.metrics.Mean("loss")

    def compile(self, one: Any, two: Any) -> None:
        super().compile()
        self.first_optimizer, self.second_optimizer = one, two

    def train_step(self, data: Any) -> dict[str, Any]:
        x, y = data
        noisy = x + 0.1 * torch.randn_like(x)
        loss = ((self.two(torch.tanh(self.one(noisy))) - y) ** 2).mean()
        self.zero_grad()
        loss.backward()
        for layer, optimizer in ((self.one, self.first_optimizer), (self.two, self.second_optimizer)):
            weights = layer.trainable_weights
            optimizer.apply([weight.value.grad for weight in weights], weights)
        self.loss_tracker.update_state(loss.detach())
        return {"loss": self.loss_tracker.result()}


def two_optimizers() -> Any:
    model = TwoOptimizers()
    model.compile(keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.1, momentum=0.5))
    return arrays(model)


def stateful_layer() -> Any:
    model = keras.Sequential([LAYERS.Input((3, 2), batch_size=11), LAYERS.LSTM(4, stateful=True), LAYERS.Dense(1)])
    model.compile("adam", "mse")
    return arrays(model, 4, x=X.reshape(44, 3, 2), batch_size=11)


# Sources.


class Noisy(Dataset):
    """Draws for each item, from the global generators of NumPy and torch."""

    def __len__(self) -> int:
        return len(X)

    def __getitem__(self, index: int) -> Any:
        return X[index] + np.float32(np.random.rand()) + torch.rand(1).numpy(), Y[index]


class Stream(IterableDataset):
    """Its length is not known."""

    def __iter__(self) -> Iterator[Any]:
        order = torch.randperm(len(X)).tolist()
        return ((X[i] + float(torch.rand(())), Y[i]) for i in order)


class Batches(keras.utils.PyDataset):
    """Has an order of its own, and changes it after each epoch."""

    def __init__(self, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.order = np.arange(len(X))

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> Any:
        chosen = self.order[index * BATCH : (index + 1) * BATCH]
        return X[chosen], Y[chosen]

    def on_epoch_end(self) -> None:
        np.random.shuffle(self.order)


def endless() -> Iterator[Any]:
    own = np.random.default_rng(5)
    while True:
        chosen = own.integers(0, len(X), BATCH)
        yield X[chosen] + np.random.rand(BATCH, 1).astype("float32"), Y[chosen]


def map_dataset() -> Any:
    return batches(plain(LAYERS.Dropout(0.2)), Noisy(), batch_size=BATCH)


def loader() -> Any:
    return batches(plain(LAYERS.Dropout(0.2)), DataLoader(Noisy(), BATCH, shuffle=True))


def loader_with_workers() -> Any:
    return batches(plain(LAYERS.Dropout(0.2)), DataLoader(Noisy(), BATCH, shuffle=True, num_workers=2))


def loader_with_generator() -> Any:
    data = TensorDataset(torch.tensor(X), torch.tensor(Y))
    return batches(plain(), DataLoader(data, BATCH, shuffle=True, generator=torch.Generator().manual_seed(3)))


def loader_in_pieces() -> Any:
    # epochs of three batches out of six: the order drawn for one epoch serves in the next, too
    return batches(plain(), DataLoader(Noisy(), BATCH, shuffle=True), steps_per_epoch=3, epochs=5)


def stream() -> Any:
    return batches(plain(), DataLoader(Stream(), BATCH))


def py_dataset() -> Any:
    return batches(plain(LAYERS.Dropout(0.2)), Batches(), shuffle=True)


def py_dataset_with_workers() -> Any:
    return batches(plain(), Batches(workers=2, max_queue_size=3), shuffle=True)


def generator() -> Any:
    return batches(plain(LAYERS.Dropout(0.2)), endless(), steps_per_epoch=5)


def generators() -> Any:
    return batches(plain(), endless(), epochs=4, steps_per_epoch=4, validation_data=endless(), validation_steps=2)


SOURCES = [map_dataset, loader, loader_with_workers, loader_with_generator, loader_in_pieces, stream, py_dataset]
SOURCES += [py_dataset_with_workers, generator, generators]
MODELS = [shuffle, shuffled_batches, dropout, batch_normalization, adam_with_schedule, averages_and_accumulation]
MODELS += [mixed_bfloat16, scaled_loss, stopping_and_plateau, scheduled_rate, own_callback, several_steps_at_once]
MODELS += [swapped_averages, swapped_by_the_epoch, weights_of_classes, two_optimizers, stateful_layer]
RUNS: dict[str, Callable[[], Any]] = {make.__name__: make for make in [*MODELS, *SOURCES]}


def compiled() -> Any:
    return arrays(plain(LAYERS.BatchNormalization(), optimizer="adam", jit_compile=True))


def start(name: str, seed: int, *more: Any, first: bool = False) -> dict[str, Any]:
    """Train that run with more callbacks, before or after its own; all that it ends with."""
    keras.utils.set_random_seed(seed)
    model, arguments = RUNS[name]()
    arguments["callbacks"] = [*more, *arguments["callbacks"]] if first else [*arguments["callbacks"], *more]
    history = model.fit(**arguments)
    optimizers = [value for value in vars(model).values() if isinstance(value, keras.optimizers.Optimizer)]
    return {
        "weights": [variable.numpy() for variable in model.variables],
        "optimizer": [variable.numpy() for optimizer in optimizers for variable in optimizer.variables],
        "skipped": [getattr(optimizer, "skipped_steps", 0) for optimizer in optimizers],
        "history": history.history,
        "epoch": history.epoch,
        "random": [np.random.rand(), float(torch.rand(()))],
    }

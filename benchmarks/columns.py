"""The four ways to train and to predict: each gives functions that run one epoch."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from benchmarks.rows import Row


class Column(NamedTuple):
    """One way: an epoch of training, and a prediction of all rows."""

    fit: Callable[[], Any]
    predict: Callable[[], Any]


def _tensors(row: Row, device: str) -> tuple[Tensor, Tensor]:
    x, y = row.data(row.batch * row.steps)
    inputs = torch.from_numpy(x)
    if row.images:
        inputs = inputs.permute(0, 3, 1, 2).contiguous()
    return inputs.to(device), torch.from_numpy(y).to(device)


def people(row: Row, device: str = "cpu") -> Column:
    """Torch as people write it: a DataLoader, ``.item()`` in every step."""
    x, y = _tensors(row, "cpu")
    model = row.torch_model().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_function = nn.BCELoss() if row.binary else nn.CrossEntropyLoss()
    loader = DataLoader(TensorDataset(x, y), batch_size=row.batch, shuffle=True)

    def fit() -> float:
        model.train()
        total, right = 0.0, 0.0
        for inputs, targets in loader:
            inputs, targets = inputs.to(device), targets.to(device)
            optimizer.zero_grad()
            outputs = model(inputs)
            loss = loss_function(outputs, targets)
            loss.backward()
            optimizer.step()
            total += loss.item()
            right += _right(row, outputs, targets).sum().item()
        return total + right

    def predict() -> np.ndarray:
        model.eval()
        with torch.no_grad():
            parts = [model(inputs.to(device)).cpu().numpy() for inputs, _ in DataLoader(TensorDataset(x, y), row.batch)]
        return np.concatenate(parts)

    return Column(fit, predict)


def _right(row: Row, outputs: Tensor, targets: Tensor) -> Tensor:
    return (outputs > 0.5) == targets if row.binary else outputs.argmax(1) == targets


def best(row: Row, device: str = "cpu") -> Column:
    """The best hand-written torch: batches by index tensors, the fused optimizer, channels-last, no sync in a step."""
    x, y = _tensors(row, device)
    model = row.torch_model().to(device)
    if row.images:
        x = x.contiguous(memory_format=torch.channels_last)
        model = model.to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
    loss_function = nn.BCELoss() if row.binary else nn.CrossEntropyLoss()

    def fit() -> float:
        model.train()
        total, right = torch.zeros((), device=device), torch.zeros((), device=device)
        for index in torch.randperm(len(x), device=device).split(row.batch):
            inputs, targets = x[index], y[index]
            optimizer.zero_grad(set_to_none=True)
            outputs = model(inputs)
            loss = loss_function(outputs, targets)
            loss.backward()
            optimizer.step()
            total += loss.detach()
            right += _right(row, outputs.detach(), targets).sum()
        return float(total + right)

    def predict() -> np.ndarray:
        model.eval()
        with torch.inference_mode():
            return torch.cat([model(part) for part in x.split(row.batch)]).cpu().numpy()

    return Column(fit, predict)


def keras_like(keras: Any, row: Row) -> Column:
    """``compile`` and ``fit`` of torchkeras, or of Keras itself."""
    x, y = row.data(row.batch * row.steps)
    model = row.keras_model(keras)
    loss = "binary_crossentropy" if row.binary else "sparse_categorical_crossentropy"
    model.compile(optimizer="adam", loss=loss, metrics=["accuracy"])
    return Column(
        lambda: model.fit(x, y, batch_size=row.batch, epochs=1, verbose=0),
        lambda: model.predict(x, batch_size=row.batch, verbose=0),
    )

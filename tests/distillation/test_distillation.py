"""A student learns from its teacher as in Keras: the same losses, the same steps."""

import re
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import torch

import torchkeras
from torchkeras.distillation import DistillationLoss, Distiller, FeatureDistillation, LogitsDistillation

pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

X = np.random.default_rng(0).random((12, 4)).astype("float32")
Y = np.arange(12) % 3


def model(library: Any, role: str, values: int, outputs: int = 3) -> Any:
    layers = library.layers
    found = library.Sequential(
        [
            library.Input((4,)),
            layers.Dense(8, activation="relu", name="hidden"),
            layers.BatchNormalization(),
            layers.Dense(outputs, activation="softmax", name="out"),
        ],
        name=role,
    )
    draw = np.random.default_rng(values)
    found.set_weights([draw.uniform(0.1, 0.9, w.shape).astype("float32") for w in found.weights])
    return found


def distiller(library: Any, losses: Any, *weights: Any) -> Any:
    found = library.distillation.Distiller(
        model(library, "teacher", 1), model(library, "student", 2), losses(library.distillation), *weights
    )
    found.compile(library.optimizers.SGD(0.1), "sparse_categorical_crossentropy", metrics=["accuracy"])
    return found


CASES: dict[str, tuple[Any, ...]] = {
    "logits": (lambda d: d.LogitsDistillation(),),
    "mse of logits": (lambda d: [d.LogitsDistillation(temperature=2.0, loss="mse")], [0.7], 0.3),
    "features": (lambda d: d.FeatureDistillation(teacher_layer_name="hidden", student_layer_name="hidden"), None, 0.2),
    "outputs": (lambda d: d.FeatureDistillation(),),
    "both": (lambda d: [d.LogitsDistillation(), d.FeatureDistillation("mae", "hidden", "hidden")], [0.5, 2.0], 0.5),
    "only the student": (lambda d: d.LogitsDistillation(), None, 1.0),
    "only the teacher": (lambda d: d.LogitsDistillation(), None, 0.0),
}


@pytest.mark.parametrize("case", CASES)
def test_training_is_keras(case: str) -> None:
    found = []
    for library in (keras, torchkeras):
        model = distiller(library, *CASES[case])
        history = model.fit(X, Y, batch_size=4, epochs=2, verbose=0, shuffle=False).history
        figures = {**history, **{f"end_{k}": v for k, v in model.evaluate(X, Y, verbose=0, return_dict=True).items()}}
        found.append((figures, model.predict(X, verbose=0), model.student.get_weights(), model.teacher.get_weights()))
    (their_figures, *theirs), (our_figures, *ours) = found
    assert our_figures.keys() == their_figures.keys()
    twice = case in ("features", "both")  # Keras runs the whole student twice, and so its normalization learns twice
    for name, values in their_figures.items():
        if twice and name.startswith("end"):
            continue
        np.testing.assert_allclose(our_figures[name], values, rtol=1e-4, atol=1e-5, err_msg=name)
    if not twice:
        for expected, got in zip([theirs[0], *theirs[1]], [ours[0], *ours[1]], strict=True):
            np.testing.assert_allclose(got, expected, rtol=1e-4, atol=1e-5)
    for expected, got in zip(theirs[2], ours[2], strict=True):
        np.testing.assert_array_equal(got, expected)


OUTPUTS = [np.random.default_rng(seed).random((2, 3)).astype("float32") for seed in range(4)]


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("LogitsDistillation", {"temperature": 1.5}),
        ("LogitsDistillation", {"loss": ["mse", "mae"]}),
        ("LogitsDistillation", {"loss": {"a": "mse", "b": "mae"}}),
        ("FeatureDistillation", {"loss": "cosine_similarity"}),
        ("FeatureDistillation", {"loss": ["mse", None]}),
        ("FeatureDistillation", {}),
    ],
    ids=str,
)
def test_losses_are_keras(name: str, arguments: dict[str, Any]) -> None:
    found = []
    for library in (keras, torchkeras):
        loss = getattr(library.distillation, name)(**arguments)
        tensors = [torch.tensor(values) for values in OUTPUTS]
        pairs: list[Any] = [tensors[:2], tensors[2:]]
        if isinstance(loss.loss, dict):
            pairs = [dict(zip("ab", pair, strict=True)) for pair in pairs]
        elif not isinstance(loss.loss, list):
            pairs = [pair[0] for pair in pairs]
        found.append((float(loss.compute_loss(*pairs)), loss.get_config()))
    again = type(loss).from_config(loss.get_config())
    assert again.get_config() == loss.get_config()
    assert found[1][0] == pytest.approx(found[0][0], rel=1e-5)
    assert found[1][1] == found[0][1]


def test_one_loss_of_several_outputs_is_their_mean() -> None:
    tensors = [torch.tensor(values) for values in OUTPUTS]
    for library in (keras, torchkeras):
        loss = library.distillation.FeatureDistillation()
        got = loss.compute_loss(tensors[:2], tensors[2:])
        assert float(got) == pytest.approx(np.mean([(OUTPUTS[i] - OUTPUTS[i + 2]) ** 2 for i in (0, 1)]), rel=1e-5)


def test_a_distiller_is_saved_with_both_models(tmp_path: Path) -> None:
    losses = [LogitsDistillation(loss="mse"), FeatureDistillation("mae", "hidden", "hidden")]
    first = Distiller(model(torchkeras, "teacher", 1), model(torchkeras, "student", 2), losses, [1.0, 3.0], 0.25)
    first.compile("sgd", "sparse_categorical_crossentropy")
    first.fit(X, Y, verbose=0)
    first.save(tmp_path / "distiller.keras")
    second = torchkeras.saving.load_model(tmp_path / "distiller.keras")
    assert second.get_config() == first.get_config()
    np.testing.assert_array_equal(second.predict(X, verbose=0), first.predict(X, verbose=0))
    np.testing.assert_array_equal(second.teacher.get_weights()[0], first.teacher.get_weights()[0])


def test_the_config_is_keras() -> None:
    theirs, ours = (distiller(library, *CASES["both"]).get_config() for library in (keras, torchkeras))
    assert {**ours, "teacher": 0, "student": 0} == {**theirs, "teacher": 0, "student": 0}
    assert ours.keys() == theirs.keys()


def test_only_the_student_is_trained() -> None:
    found = distiller(torchkeras, *CASES["logits"])
    assert not found.teacher.trainable
    assert [id(w) for w in found.trainable_weights] == [id(w) for w in found.student.trainable_weights]


def test_a_subclass_of_the_loss_is_taken() -> None:
    class Constant(DistillationLoss):
        def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
            return student_outputs.mean() * 0 + 2.0

    found = Distiller(model(torchkeras, "teacher", 1), model(torchkeras, "student", 2), Constant(), 3.0, 0.0)
    found.compile("sgd", "mse")
    assert found.evaluate(X, Y, verbose=0, return_dict=True)["loss"] == pytest.approx(6.0)
    with pytest.raises(NotImplementedError, match="DistillationLoss must implement compute_loss"):
        DistillationLoss().compute_loss(None, None)


def make(teacher: Any = None, student: Any = None, losses: Any = None, *rest: Any) -> Any:
    return Distiller(
        teacher or model(torchkeras, "teacher", 1),
        student or model(torchkeras, "student", 2),
        LogitsDistillation() if losses is None else losses,
        *rest,
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LogitsDistillation(temperature=0), "temperature must be positive, got 0"),
        (lambda: LogitsDistillation(temperature="3"), "temperature must be a number, got '3'"),
        (lambda: LogitsDistillation(loss=None), "at least one loss must be given"),
        (lambda: FeatureDistillation(loss="msee"), "msee"),
        (lambda: make(teacher="model"), "the teacher must be a keras.Model, got 'model'"),
        (lambda: make(losses="mse"), "must be a DistillationLoss"),
        (lambda: make(None, None, None, [1.0, 2.0]), "each of the 1 distillation_losses, got 2"),
        (lambda: make(None, None, None, None, 1.5), "between 0.0 and 1.0, got 1.5"),
        (lambda: make(losses=FeatureDistillation("mse", "hiden", "hidden")), "In teacher model: No such layer: hiden"),
        (lambda: make(student=model(torchkeras, "student", 2, 5)), "got [(None, 3)] and [(None, 5)]"),
        (lambda: make().compile("sgd"), "needs the `loss` of the student"),
    ],
)
def test_what_does_not_fit_is_said(call: Any, message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        call()

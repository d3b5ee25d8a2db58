"""`keras.utils.np_utils` of Keras 1."""

import numpy as np
import pytest

from torchkeras._eras import utils

P = np.array([[0.1, 0.7, 0.2], [0.5, 0.2, 0.3]])
ONE_HOT = np.eye(3)[[1, 2]]


@pytest.mark.parametrize("classes", [utils.probas_to_classes, utils.categorical_probas_to_classes])
def test_the_likeliest_class_of_each_row(classes):
    np.testing.assert_array_equal(classes(P), [1, 0])


@pytest.mark.parametrize("shape", [(3,), (3, 1)])
def test_whether_a_single_probability_is_above_a_half(shape):
    np.testing.assert_array_equal(utils.probas_to_classes(np.reshape([0.2, 0.6, 0.5], shape)), [0, 1, 0])


def test_scores_are_those_of_scikit_learn():
    from sklearn.metrics import accuracy_score, log_loss

    assert utils.accuracy([1, 2, 2], [1, 2, 0]) == pytest.approx(accuracy_score([1, 2, 0], [1, 2, 2]))
    assert utils.binary_logloss([0.2, 0.9], [0, 1]) == pytest.approx(log_loss([0, 1], [0.2, 0.9]))
    assert utils.multiclass_logloss(P, ONE_HOT) == pytest.approx(log_loss([1, 2], P, labels=[0, 1, 2]))
    assert np.isfinite(utils.binary_logloss([1.0], [0]))


@pytest.mark.parametrize(("shape", "ordering", "axes"), [((3, 3, 2, 4), "tf", (0, 1)), ((4, 2, 3), "th", (2,))])
def test_kernels_are_turned_around(shape, ordering, axes):
    kernel = np.arange(np.prod(shape)).reshape(shape)
    np.testing.assert_array_equal(utils.convert_kernel(kernel, ordering), np.flip(kernel, axes))


def test_a_kernel_has_three_to_five_axes():
    with pytest.raises(ValueError, match=r"3 to 5 axes, got shape \(2, 2\)"):
        utils.convert_kernel(np.zeros((2, 2)))

"""``fit_generator`` and kin: what Keras 1 and 2 called ``fit``, ``evaluate`` and ``predict`` for data in batches."""

from typing import Any

from torchkeras._data._pydataset import PyDataset
from torchkeras._errors import deprecated
from torchkeras.layers._part import Part


class FromGenerators(Part):
    """The part of :class:`Trainer` with the old names."""

    def fit_generator(
        self,
        generator: Any,
        steps_per_epoch: int | None = None,
        epochs: int = 1,
        verbose: Any = 1,
        callbacks: Any = None,
        validation_data: Any = None,
        validation_steps: int | None = None,
        validation_freq: Any = 1,
        class_weight: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        shuffle: bool = True,
        initial_epoch: int = 0,
    ) -> Any:
        """Keras 2's name of :meth:`fit` for generators and ``Sequence``.

        `max_queue_size`, `workers` and `use_multiprocessing` count where the data is a ``Sequence``.
        """
        loading = (workers, use_multiprocessing, max_queue_size)
        data = _loaded("fit", generator, *loading)
        if isinstance(data, PyDataset):
            data._goes_round = True
        return self.fit(
            data,
            steps_per_epoch=steps_per_epoch,
            epochs=epochs,
            verbose=verbose,
            callbacks=callbacks,
            validation_data=with_workers(validation_data, *loading),
            validation_steps=validation_steps,
            validation_freq=validation_freq,
            class_weight=class_weight,
            shuffle=shuffle,
            initial_epoch=initial_epoch,
        )

    def evaluate_generator(
        self,
        generator: Any,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: Any = 0,
    ) -> Any:
        """Keras 2's name of :meth:`evaluate` for generators and ``Sequence``."""
        data = _loaded("evaluate", generator, workers, use_multiprocessing, max_queue_size)
        return self.evaluate(data, steps=steps, callbacks=callbacks, verbose=verbose)

    def predict_generator(
        self,
        generator: Any,
        steps: int | None = None,
        callbacks: Any = None,
        max_queue_size: int = 10,
        workers: int = 1,
        use_multiprocessing: bool = False,
        verbose: Any = 0,
    ) -> Any:
        """Keras 2's name of :meth:`predict` for generators and ``Sequence``."""
        data = _loaded("predict", generator, workers, use_multiprocessing, max_queue_size)
        return self.predict(data, steps=steps, callbacks=callbacks, verbose=verbose)


def _loaded(today: str, data: Any, *loading: Any) -> Any:
    deprecated(f"`{today}_generator` is an old name; use `{today}`.")
    return with_workers(data, *loading)


def with_workers(data: Any, workers: int, use_multiprocessing: bool, max_queue_size: int) -> Any:
    """A ``Sequence`` with what the call says of its loading, unless that is the default."""
    given = {"workers": workers, "use_multiprocessing": use_multiprocessing, "max_queue_size": max_queue_size}
    usual = {"workers": 1, "use_multiprocessing": False, "max_queue_size": 10}
    if isinstance(data, PyDataset):
        for name, value in given.items():
            if value != usual[name]:
                setattr(data, name, value)
    return data

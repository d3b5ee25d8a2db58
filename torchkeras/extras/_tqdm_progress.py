"""A progress bar drawn with tqdm."""

from typing import Any

from torchkeras.extras._progress import ProgressView


class TqdmProgress(ProgressView):
    """A progress bar of tqdm for each epoch, each evaluation and each prediction; a widget in a notebook.

    Args:
        **options: for tqdm: ``ncols=100``, ``leave=False``, ``colour="green"``, ...

    Raises:
        ImportError: before the first step, if tqdm is missing.

    Example:
        >>> callback = TqdmProgress(leave=False)
        >>> # model.fit(x, y, callbacks=[callback])
    """

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options = options
        self._bar: Any = None

    def open(self, title: str, total: int | None) -> None:
        try:
            from tqdm.auto import tqdm
        except ImportError as error:
            raise ImportError("TqdmProgress draws with tqdm; install it with `pip install tqdm`.") from error
        self._bar = tqdm(total=total, **{"desc": title, "unit": "step", "mininterval": 0, **self.options})

    def draw(self, done: int, values: str, last: bool) -> None:
        self._bar.n = done
        if last and self._bar.total is None:
            self._bar.total = done
        self._bar.set_postfix_str(values, refresh=True)
        if last:
            self._bar.close()

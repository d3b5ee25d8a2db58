"""Callbacks that Keras does not have: plots, a search for the learning rate, other progress bars.

The packages that they draw with load on first use: matplotlib, rich, tqdm.
"""

from torchkeras.extras._history_plot import HistoryPlot as HistoryPlot
from torchkeras.extras._learning_rate_finder import LearningRateFinder as LearningRateFinder
from torchkeras.extras._rich_progress import RichProgress as RichProgress
from torchkeras.extras._tqdm_progress import TqdmProgress as TqdmProgress

__all__ = ["HistoryPlot", "LearningRateFinder", "RichProgress", "TqdmProgress"]

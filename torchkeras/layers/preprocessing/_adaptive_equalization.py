"""ContrastLimitedAdaptiveHistogramEqualization: equal frequencies tile by tile."""

from typing import Annotated, Any

import torch
import torch.nn.functional as F
from torch import Tensor

from torchkeras._fields import fields, sizes
from torchkeras.layers._windows import DataFormat
from torchkeras.layers.preprocessing._augmentation import ValueRange, enter
from torchkeras.layers.preprocessing._tones import ToneLayer

__all__ = ["ContrastLimitedAdaptiveHistogramEqualization"]

_TONES = 256


@fields
class ContrastLimitedAdaptiveHistogramEqualization(ToneLayer):
    """Each channel with its tones spread by those of the surrounding tiles, always: ``(b, h, w, c) -> (b, h, w, c)``.

    Pizer et al., 1987. Every tile has a table of tones, the tables of the four tiles around a pixel are mixed by its
    distance to their middles.

    Args:
        value_range: the numbers of black and white.
        clip_limit: how many times the mean frequency a tone may have; what is above is spread over all tones. 0: any.
        tile_grid_size: how many tiles down and across.
        data_format: ``"channels_last"`` or ``"channels_first"``; by default the global setting.
    """

    value_range: ValueRange = (0, 255)
    clip_limit: float = 4.0
    tile_grid_size: Annotated[Any, sizes(2)] = (8, 8)
    data_format: DataFormat = None

    _always = True

    def _change(self, images: Tensor, draws: Any) -> Tensor:
        height, width = images.shape[2:]
        down, across = self.tile_grid_size
        tile = (-(-height // down), -(-width // across))
        tones = (self._to_unit(images) * 255).floor().clamp(0, 255)
        tables = self._tables(F.pad(tones, self._pads(tile, (height, width)), mode="replicate"), tile).flatten(2)
        pixels = tones.long().flatten(2)
        rows = _around(height, tile[0], down, images)
        columns = _around(width, tile[1], across, images)
        found: Any = 0
        for row, share in rows:
            for column, part in columns:
                place = ((row[:, None] * across + column) * _TONES).flatten() + pixels
                found = found + tables.gather(2, place).reshape(images.shape) * share[:, None] * part
        return self._from_unit(found / 255)

    def _pads(self, tile: tuple[int, int], size: tuple[int, int]) -> tuple[int, int, int, int]:
        down, across = self.tile_grid_size
        return 0, tile[1] * across - size[1], 0, tile[0] * down - size[0]

    def _tables(self, tones: Tensor, tile: tuple[int, int]) -> Tensor:
        """The new tone for each tone, tile by tile: ``(b, c, h, w) -> (b, c, tiles, 256)``."""
        batch, channels = tones.shape[:2]
        down, across = self.tile_grid_size
        tiles = (
            tones.reshape(batch, channels, down, tile[0], across, tile[1])
            .transpose(3, 4)
            .reshape(batch, channels, down * across, -1)
        )
        count = tile[0] * tile[1]
        counts = tones.new_zeros(*tiles.shape[:3], _TONES).scatter_add_(3, tiles.long(), torch.ones_like(tiles))
        if self.clip_limit > 0:
            limit = int(self.clip_limit * count / _TONES)
            counts = counts.clamp(max=limit) + (counts - limit).clamp(min=0).sum(3, keepdim=True) / _TONES
        below = counts.cumsum(3)
        first = below[..., :1]
        return (below - first) / (count - first).clamp(min=1e-7) * 255


def _around(size: int, tile: int, count: int, like: Tensor) -> list[tuple[Tensor, Tensor]]:
    """For each pixel along an axis the two tiles whose middles it lies between, with their shares."""
    place = torch.arange(size, dtype=like.dtype, device=like.device) / tile - 0.5
    before = place.floor()
    share = place - before
    lower, upper = (found.long().clamp(0, count - 1) for found in (before, before + 1))
    return [(lower, 1 - share), (upper, share)]


enter(ContrastLimitedAdaptiveHistogramEqualization)

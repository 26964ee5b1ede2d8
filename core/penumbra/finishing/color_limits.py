"""How bright and how dark an estimated color may be."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from penumbra.finishing.pyramid import between

# How bright the estimate may be beside the brightest solid color nearby: one stop over it.
BRIGHTER = 2.0
# "Nearby": cells of so many plate pixels, and the eight around each.
NEARBY = 32
# Stands for no color.
NONE = -torch.inf


@dataclass(frozen=True)
class ColorLimits:
    """The darkest (black at most) and the brightest solid color near each cell of NEARBY pixels, `[3,h,w]`."""

    darkest: Tensor
    brightest: Tensor

    @staticmethod
    def of(light_3HW: Tensor, solid_1HW: Tensor) -> ColorLimits:
        """What the solid pixels hold, nearby or else as near as there are any.

        Where there are none at all, black is the lower limit, and the largest float32 the upper one.
        """

        def peak(light_3HW: Tensor) -> Tensor:
            cells = F.max_pool2d(torch.where(solid_1HW, light_3HW, NONE), NEARBY, ceil_mode=True)
            return _filled(F.max_pool2d(cells, 3, 1, 1))

        darkest, brightest = -peak(-light_3HW), peak(light_3HW)
        largest = torch.finfo(torch.float32).max / BRIGHTER
        return ColorLimits(darkest.clamp(max=0), torch.where(brightest > NONE, brightest, largest))

    def hold(self, color: Tensor, y: Tensor, x: Tensor) -> Tensor:
        """The colors `[3,N]` of the plate's pixels `y`, `x`, within the limits there, which change smoothly."""
        brightest = between(self.brightest, y, x, NEARBY)
        held = color.minimum(brightest.maximum(BRIGHTER * brightest))
        return held.maximum(between(self.darkest, y, x, NEARBY))


def _filled(cells: Tensor) -> Tensor:
    """Cells without a color get the next coarser level's; where no cell has one, they stay without."""
    empty = cells == NONE
    if cells[0].numel() == 1 or not empty.any():
        return cells
    coarser = _filled(F.max_pool2d(cells, 2, ceil_mode=True))
    twice = coarser.repeat_interleave(2, 1).repeat_interleave(2, 2)
    return torch.where(empty, twice[:, : cells.shape[1], : cells.shape[2]], cells)

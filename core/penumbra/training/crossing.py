"""Shots of two subjects that look the same and cross: which of them is meant is known from where they go alone.

Both are one body of one texture, caught at different moments of its movement. They change sides in a straight line, one
before the other, and are at one place in the middle of the shot.

`B` clips, `T` frames. Lengths are in half heights of the frame.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from penumbra.color import View
from penumbra.training.generator import Clips, photographed, rough_mask
from penumbra.training.layers import SHUTTER_TIMES, Body, Dice, Grid, Motion, Texture, coverage, drift, laid, shuttered

# How large the bodies are, and how far inside the frame's border they begin and end, so that all of them is seen.
SIZE = (0.45, 0.6)
MARGIN = 0.8
# By how many frames the movement of one is ahead of the other's.
AHEAD = (2.0, 6.0)


@dataclass(frozen=True)
class Crossings(Clips):
    """Clips of one of two subjects.

    Attributes:
        plate: `[B,T,3,H,W]`, scene-linear Rec.709, which the view is of.
        last_mask: `[B,1,H,W]`, 0..1, a rough roto of the last frame.
    """

    plate: Tensor
    last_mask: Tensor


def generate_crossings(
    seed: int, batch: int, frames: int, height: int, width: int, device: torch.device | str = "cpu"
) -> Crossings:
    """A batch of clips.

    Args:
        seed: The same seed gives the same clips.
        batch: How many.
        frames: How long; they cross between the two in the middle, or in the middle one.
        height: In pixels.
        width: In pixels; 1.6 times the height leaves them room to be apart.
        device: Where to make and leave them.
    """
    dice = Dice(seed, device)
    grid = Grid.of(frames, height, width, dice.device)
    ahead = replace(grid, times=grid.times + dice.uniform(*AHEAD, 1))
    body, texture = Body(dice, batch), Texture(dice, batch, detail=0.5)
    edge = dice.uniform(1.0, 4.0, batch, 1, 1, 1) * grid.pixel
    side = 2 * dice.chance(0.5, batch, 1) - 1
    size = dice.uniform(*SIZE, batch, 1)
    motion, other_motion = _across(dice, grid, -side, size), _across(dice, grid, side, size)
    distance, bare = body.distance(motion, grid)
    alpha = coverage(distance, edge)
    other_alpha = coverage(body.distance(other_motion, ahead)[0], edge)

    backdrop = drift(dice, batch, grid.times, reach=0.3, speed=0.04, size=(0.8, 2.2))
    scene = Texture(dice, batch, detail=1.0).colors(backdrop, grid)
    hidden = dice.chance(0.5, batch, 1, 1, 1)
    other_colors = texture.colors(other_motion, grid)
    scene = laid(other_alpha * (1 - hidden), other_colors, scene)
    scene = laid(alpha, texture.colors(motion, grid), scene)
    scene = laid(other_alpha * hidden, other_colors, scene)
    alpha = alpha * (1 - other_alpha * hidden)

    plate = photographed(dice, scene, frames)
    first, last = (rough_mask(dice, bare[:, time], grid) for time in (SHUTTER_TIMES // 2, -1 - SHUTTER_TIMES // 2))
    return Crossings(View()(plate), shuttered(alpha[:, :, None], frames), first, plate, last)


def _across(dice: Dice, grid: Grid, side: Tensor, size: Tensor) -> Motion:
    """From one side, -1 or 1 `[B,1]`, to the other."""
    swaying = drift(dice, len(side), grid.times, reach=0.1, speed=0.004, size=(1.0, 1.0))
    # -1 to 1 from the first frame to the last; the shutter opens before and closes after them.
    way = grid.times / ((len(grid.times) // SHUTTER_TIMES - 1) / 2) - 1
    reach = -float(grid.x[0, 0]) - MARGIN
    return replace(swaying, x=-side * reach * way, scale=size * swaying.scale)

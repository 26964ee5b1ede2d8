"""Moving layered shots with exact soft alpha, made on the device from a seed: what the bundled model is trained on.

A clip is a textured background, sometimes something that looks like the subject behind or before it, and the subject:
a body of round parts with swinging limbs, an uneven outline, and hair. Motion blur is the mean over the shutter; the
view is made by the same color transform that plates go through.

`B` clips, `T` frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from penumbra.color import View
from penumbra.training.layers import SHUTTER_TIMES, Body, Dice, Grid, Texture, coverage, drift, laid, lit, shuttered


@dataclass(frozen=True)
class Clips:
    """A batch for training.

    Attributes:
        view: `[B,T,3,H,W]`, 0..1 sRGB.
        alpha: `[B,T,1,H,W]`, 0..1, exact.
        mask: `[B,1,H,W]`, 0..1, a rough roto of the first frame.
    """

    view: Tensor
    alpha: Tensor
    mask: Tensor


def generate(seed: int, batch: int, frames: int, size: int, device: torch.device | str = "cpu") -> Clips:
    """A batch of clips.

    Args:
        seed: The same seed gives the same clips.
        batch: How many.
        frames: How long.
        size: Height and width in pixels.
        device: Where to make and leave them.
    """
    dice = Dice(seed, device)
    grid = Grid.of(frames, size, size, dice.device)
    motion = drift(dice, batch, grid.times, reach=0.45, speed=0.09, size=(0.45, 1.6))
    distance, bare = Body(dice, batch).distance(motion, grid)
    alpha = coverage(distance, dice.uniform(1.0, 4.0, batch, 1, 1, 1) * grid.pixel)
    colors = lit(Texture(dice, batch, detail=0.5).colors(motion, grid), motion, grid, dice)

    backdrop = drift(dice, batch, grid.times, reach=0.3, speed=0.04, size=(0.8, 2.2))
    scene = Texture(dice, batch, detail=1.0).colors(backdrop, grid)
    scene, _ = _with_other(dice, batch, grid, scene, probability=0.5)
    scene = laid(alpha, colors, scene)
    scene, covered = _with_other(dice, batch, grid, scene, probability=0.12)
    alpha = alpha * (1 - covered)

    plate = photographed(dice, scene, frames)
    mask = rough_mask(dice, bare[:, SHUTTER_TIMES // 2], grid)
    return Clips(View()(plate), shuttered(alpha[:, :, None], frames), mask)


def photographed(dice: Dice, scene: Tensor, frames: int) -> Tensor:
    """The plate `[B,T,3,H,W]` of a scene `[B,F,3,H,W]`, scene-linear both: exposed, blurred by motion, with grain."""
    batch = scene.shape[0]
    exposure = 2.0 ** dice.uniform(-0.8, 0.8, batch, 1, 1, 1, 1)
    plate = exposure * shuttered(scene, frames)
    grain = dice.uniform(0.0, 0.03, batch, 1, 1, 1, 1) * dice.normal(*plate.shape)
    return plate + grain * plate.clamp(min=0.01).sqrt()


def rough_mask(dice: Dice, bare: Tensor, grid: Grid) -> Tensor:
    """A hurried roto `[B,1,H,W]` of the body `[B,H,W]`: no hair, a few pixels off, a hard or a slightly soft edge."""
    batch = bare.shape[0]
    wander = F.interpolate(dice.normal(batch, 1, 5, 5), size=bare.shape[-2:], mode="bicubic", align_corners=True)
    off = dice.uniform(-1.5, 3.0, batch, 1, 1) + dice.uniform(0, 2.0, batch, 1, 1) * wander[:, 0]
    width = dice.uniform(0.5, 4.0, batch, 1, 1) * grid.pixel
    return coverage(bare - off * grid.pixel, width)[:, None]


def _with_other(dice: Dice, batch: int, grid: Grid, scene: Tensor, probability: float) -> tuple[Tensor, Tensor]:
    """Something else that looks like a subject, drawn over the scene, and its alpha `[B,F,H,W]`."""
    motion = drift(dice, batch, grid.times, reach=0.9, speed=0.12, size=(0.3, 0.9))
    distance, _ = Body(dice, batch).distance(motion, grid)
    alpha = coverage(distance, 1.5 * grid.pixel) * dice.chance(probability, batch, 1, 1, 1)
    colors = lit(Texture(dice, batch, detail=0.5).colors(motion, grid), motion, grid, dice)
    return laid(alpha, colors, scene), alpha

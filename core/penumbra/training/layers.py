"""What generated shots are drawn of: moving bodies and textures, with exact soft alpha, made on the device from a seed.

Everything is a signed distance, so that the alpha is known exactly at any edge width. Light is scene-linear, with
highlights above 1.

Lengths are in half heights of the frame: y runs from -1 to 1. `B` clips, `F` times, of which a frame's shutter holds
`SHUTTER_TIMES`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

# Points in time within a frame over which motion blur is averaged, and how long the shutter is open, in frames.
SHUTTER_TIMES = 3
SHUTTER = 0.5
BODY_PARTS = 7
# The speed of the slowest clips, as a share of the quickest ones'.
SLOWEST = 0.1
TEXTURE_SIZE = 96


class Dice:
    """Random numbers of one batch, all from one seed, on one device."""

    def __init__(self, seed: int, device: torch.device | str) -> None:
        # Made on the CPU and moved: a seed gives the same shots on every device.
        self._generator = torch.Generator().manual_seed(seed)
        self.device = torch.device(device)

    def uniform(self, low: float, high: float, *shape: int) -> Tensor:
        """Evenly between `low` and `high`."""
        return (low + (high - low) * torch.rand(shape, generator=self._generator)).to(self.device)

    def normal(self, *shape: int) -> Tensor:
        """Of mean 0 and deviation 1."""
        return torch.randn(shape, generator=self._generator).to(self.device)

    def chance(self, probability: float, *shape: int) -> Tensor:
        """1 with this probability, otherwise 0."""
        return (torch.rand(shape, generator=self._generator) < probability).float().to(self.device)


@dataclass(frozen=True)
class Grid:
    """The points where a batch is drawn: times `[F]` (F = T * S), and `x`, `y` `[H,W]`."""

    times: Tensor
    x: Tensor
    y: Tensor

    @classmethod
    def of(cls, frames: int, height: int, width: int, device: torch.device) -> Grid:
        """All pixels of a clip, at every time of its shutter."""
        shutter = torch.linspace(-0.5, 0.5, SHUTTER_TIMES, device=device) * SHUTTER
        times = (torch.arange(frames, device=device)[:, None] + shutter).flatten()
        rows, columns = (
            (torch.arange(length, device=device) + 0.5) / height * 2 - length / height for length in (height, width)
        )
        y, x = torch.meshgrid(rows, columns, indexing="ij")
        return cls(times, x, y)

    @property
    def pixel(self) -> float:
        """The size of a pixel."""
        return 2.0 / self.y.shape[0]


@dataclass(frozen=True)
class Motion:
    """Where a layer is at every time: `x`, `y`, `angle`, `scale`, each `[B,F]`."""

    x: Tensor
    y: Tensor
    angle: Tensor
    scale: Tensor

    def local(self, grid: Grid) -> tuple[Tensor, Tensor]:
        """The layer's own coordinates `[B,F,H,W]` of every point."""
        x, y = grid.x - self.x[..., None, None], grid.y - self.y[..., None, None]
        cosine = (self.angle.cos() / self.scale)[..., None, None]
        sine = (self.angle.sin() / self.scale)[..., None, None]
        return cosine * x + sine * y, cosine * y - sine * x


def coverage(distance: Tensor, width: Tensor | float) -> Tensor:
    """The alpha of an edge `width` wide: 1 inside (negative distance), 0 outside, half at the outline."""
    x = (0.5 - distance / width).clamp(0, 1)
    return x * x * (3 - 2 * x)


def shuttered(drawn: Tensor, frames: int) -> Tensor:
    """`[B,F,C,H,W]` -> the mean over each frame's shutter `[B,T,C,H,W]`."""
    return drawn.unflatten(1, (frames, SHUTTER_TIMES)).mean(2)


def drift(dice: Dice, batch: int, times: Tensor, reach: float, speed: float, size: tuple[float, float]) -> Motion:
    """Drift with a sway on it. `reach`: how far from the middle it starts; `speed`: half heights a frame at most.

    Some clips are quick and most are slow, as shots are.
    """
    pace = dice.uniform(math.log(SLOWEST), 0.0, batch, 1).exp()

    def path(start: float, quickest: float) -> Tensor:
        sway = dice.uniform(0, 1.5 * quickest, batch, 1) * torch.sin(
            dice.uniform(0.3, 1.4, batch, 1) * times + dice.uniform(0, 2 * math.pi, batch, 1)
        )
        return dice.uniform(-start, start, batch, 1) + pace * (
            dice.uniform(-quickest, quickest, batch, 1) * times + sway
        )

    scale = dice.uniform(math.log(size[0]), math.log(size[1]), batch, 1).exp()
    return Motion(path(reach, speed), path(reach, speed), path(0.5, 0.05), scale * (1 + path(0.0, 0.02)))


def _noise(dice: Dice, batch: int, channels: int, size: int, sharpness: float) -> Tensor:
    """`[B,C,size,size]` of mean 0: octaves of random grids, the finer ones weaker by `sharpness`."""
    total = torch.zeros(batch, channels, size, size, device=dice.device)
    cells, weight = 3, 1.0
    while cells < size:
        octave = dice.normal(batch, channels, cells, cells)
        total = total + weight * F.interpolate(octave, size=(size, size), mode="bicubic", align_corners=True)
        cells, weight = cells * 2, weight * sharpness
    return total


def _sampled(texture: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """`texture` `[B,C,S,S]` at `x`, `y` `[B,F,H,W]`, mirrored at its borders -> `[B,F,C,H,W]`."""
    batch, times, height, width = x.shape
    places = torch.stack((x, y), -1).flatten(1, 2)
    drawn = F.grid_sample(texture, places, mode="bilinear", padding_mode="reflection", align_corners=True)
    return drawn.unflatten(2, (times, height)).transpose(1, 2).reshape(batch, times, -1, height, width)


class Texture:
    """Colors in scene-linear light: soft or detailed noise, stripes on some, and a few lights above 1."""

    def __init__(self, dice: Dice, batch: int, detail: float) -> None:
        pattern = _noise(dice, batch, 3, TEXTURE_SIZE, sharpness=0.75 * detail + 0.1)
        shared = _noise(dice, batch, 1, TEXTURE_SIZE, sharpness=0.8)
        line = torch.linspace(-1, 1, TEXTURE_SIZE, device=dice.device)
        wave = torch.sin(dice.uniform(6, 40, batch, 1, 1) * (line[:, None] * dice.uniform(-1, 1, batch, 1, 1) + line))
        stripes = dice.chance(0.3, batch, 1, 1, 1) * torch.sign(wave)[:, None]
        contrast = dice.uniform(0.05, 0.6, batch, 1, 1, 1)
        value = contrast * (0.6 * pattern + 0.7 * shared + 0.8 * stripes)
        # Two colors in patches, as clothes and skin, or floor and wall.
        patches = torch.sigmoid(_noise(dice, batch, 1, TEXTURE_SIZE, 0.4) * 12) * dice.chance(0.6, batch, 1, 1, 1)
        middle = patches * _color(dice, batch) + (1 - patches) * _color(dice, batch)
        lamps = (_noise(dice, batch, 1, TEXTURE_SIZE, 0.5) - dice.uniform(1.5, 3.5, batch, 1, 1, 1)).clamp(min=0)
        lights = lamps * dice.uniform(0, 20, batch, 1, 1, 1)
        self._colors = (middle + value).clamp(max=1.5).exp() + lights
        self._zoom = dice.uniform(0.35, 1.0, batch, 1, 1, 1)

    def colors(self, motion: Motion, grid: Grid) -> Tensor:
        """`[B,F,3,H,W]`, scene-linear."""
        x, y = motion.local(grid)
        return _sampled(self._colors, x * self._zoom, y * self._zoom)


def _color(dice: Dice, batch: int) -> Tensor:
    """The logarithm of a color `[B,3,1,1]`."""
    return dice.uniform(-3.2, -0.3, batch, 1, 1, 1) + dice.uniform(-0.6, 0.6, batch, 3, 1, 1)


class Body:
    """A subject: round parts and limbs that melt into each other, an uneven outline, and hair around it."""

    def __init__(self, dice: Dice, batch: int) -> None:
        parts = BODY_PARTS
        direction = dice.uniform(0, 2 * math.pi, batch, parts)
        self._root = torch.stack((direction.cos(), direction.sin()), -1) * dice.uniform(0, 0.25, batch, parts, 1)
        self._direction = direction
        self._length = dice.uniform(0.0, 0.7, batch, parts) * dice.chance(0.7, batch, parts)
        self._swing = dice.uniform(0, 0.6, batch, parts)
        self._pace = dice.uniform(0.2, 1.2, batch, parts)
        self._phase = dice.uniform(0, 2 * math.pi, batch, parts)
        self._radius = dice.uniform(0.05, 0.3, batch, parts)
        self._melt = dice.uniform(0.02, 0.12, batch, 1, 1, 1)
        self._outline = _noise(dice, batch, 1, 32, 0.6) * dice.uniform(0, 0.04, batch, 1, 1, 1)
        hairy = dice.chance(0.6, batch, 1, 1, 1)
        self._hair_length = hairy * dice.uniform(0.04, 0.3, batch, 1, 1, 1)
        self._hair = _noise(dice, batch, 1, TEXTURE_SIZE, 1.0)
        self._strands = dice.uniform(1.0, 6.0, batch, 1, 1, 1)

    def distance(self, motion: Motion, grid: Grid) -> tuple[Tensor, Tensor]:
        """Signed distances `[B,F,H,W]`, negative inside: with hair, and of the bare body."""
        x, y = motion.local(grid)
        nearest = None
        for part in range(BODY_PARTS):
            weight = torch.exp(-self._part(part, x, y, grid.times) / self._melt)
            nearest = weight if nearest is None else nearest + weight
        assert nearest is not None
        bare = -self._melt * nearest.clamp(min=1e-30).log() + _sampled(self._outline, x * 0.7, y * 0.7)[:, :, 0]
        around = torch.atan2(y, x) / math.pi * self._strands
        strands = _sampled(self._hair, around, torch.hypot(x, y) * 0.15)[:, :, 0]
        haired = bare - self._hair_length * (strands * 0.7).clamp(0, 1)
        scale = motion.scale[..., None, None]
        return haired * scale, bare * scale

    def _part(self, part: int, x: Tensor, y: Tensor, times: Tensor) -> Tensor:
        """The distance `[B,F,H,W]` to a limb: a line with a radius that swings about its root."""

        def of(values: Tensor) -> Tensor:
            return values[:, part, None]

        angle = of(self._direction) + of(self._swing) * torch.sin(of(self._pace) * times + of(self._phase))
        tip_x, tip_y = (
            (of(self._length) * angle.cos())[..., None, None],
            (of(self._length) * angle.sin())[..., None, None],
        )
        from_x = x - self._root[:, part, 0, None, None, None]
        from_y = y - self._root[:, part, 1, None, None, None]
        along = ((from_x * tip_x + from_y * tip_y) / (tip_x**2 + tip_y**2 + 1e-6)).clamp(0, 1)
        return torch.hypot(from_x - along * tip_x, from_y - along * tip_y) - of(self._radius)[..., None, None]


def laid(alpha: Tensor, colors: Tensor, scene: Tensor) -> Tensor:
    """A layer of alpha `[B,F,H,W]` over the scene, both `[B,F,3,H,W]`."""
    return alpha[:, :, None] * colors + (1 - alpha[:, :, None]) * scene


def lit(colors: Tensor, motion: Motion, grid: Grid, dice: Dice) -> Tensor:
    """The subject under a light from one side, which moves over it as it turns."""
    x, y = motion.local(grid)
    batch = colors.shape[0]
    angle = dice.uniform(0, 2 * math.pi, batch, 1, 1, 1)
    slope = dice.uniform(0, 0.9, batch, 1, 1, 1)
    return colors * (1 + slope * torch.tanh(angle.cos() * x + angle.sin() * y))[:, :, None]

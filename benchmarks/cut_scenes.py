"""What the made shots of benchmarks/cut_shots.py are made of: scenes, cameras, lights, from seeds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from penumbra.training.generator import generate

HEIGHT, WIDTH = 90, 160
CLIPS, WORLDS, FRAMES = 24, 16, 24

Floats = NDArray[np.float32]
Dice = np.random.Generator
Y, X = (axis.astype(np.float32) for axis in np.mgrid[-1 : 1 : HEIGHT * 1j, -1 : 1 : WIDTH * 1j])


@dataclass(frozen=True)
class Pool:
    """Clips `[FRAMES,H,W,3]`, their subjects' alphas, and wide pictures that a camera moves over, `[3,h,w]`."""

    clips: list[Floats]
    alphas: list[Floats]
    worlds: list[torch.Tensor]

    @classmethod
    def made(cls, seed: int) -> Pool:
        clips, alphas, worlds = [], [], []
        shown = slice((WIDTH - HEIGHT) // 2, (WIDTH + HEIGHT) // 2)
        for part in range(0, CLIPS, 4):
            made = generate(seed * 1000 + part, 4, FRAMES, WIDTH)
            clips += [light(clip) for clip in made.view[..., shown, :].permute(0, 1, 3, 4, 2).numpy()]
            alphas += list(made.alpha[:, :, 0, shown, :, None].numpy())
        for part in range(WORLDS):
            scenes = [light(scene) for scene in generate(seed * 1000 + 500 + part, 8, 1, 240).view[:, 0].numpy()]
            world = np.concatenate([np.concatenate(row, 2) for row in (scenes[:4], scenes[4:])], 1)
            worlds.append(torch.from_numpy(world))
        return cls(clips, alphas, worlds)

    def clip(self, dice: Dice, frames: int) -> Floats:
        first = int(dice.integers(0, FRAMES - frames + 1))
        return self.clips[int(dice.integers(CLIPS))][first : first + frames]

    def held(self, dice: Dice, frames: int, speed: float = 0.002) -> Floats:
        """A camera in hands."""
        sway = dice.uniform(0, 2 * speed, 2) * np.sin(dice.uniform(0.2, 1.2) * np.arange(frames)[:, None])
        way = dice.uniform(-0.6, 0.6, 2) + np.arange(frames)[:, None] * dice.normal(0, speed, 2) + sway
        return camera(self.world(dice), way, dice.uniform(0.2, 0.4))

    def world(self, dice: Dice) -> torch.Tensor:
        return self.worlds[int(dice.integers(WORLDS))]

    def piece(self, dice: Dice, frames: int) -> Floats:
        """Some frames without a cut: of a clip, or of a camera that is held or moves."""
        kind = int(dice.integers(3))
        return self.clip(dice, frames) if kind == 0 else self.held(dice, frames, (0.002, 0.02)[kind - 1])

    def take(self, dice: Dice, frames: int, backdrop: Floats) -> Floats:
        """A subject before a backdrop."""
        number, first = int(dice.integers(CLIPS)), int(dice.integers(0, FRAMES - frames + 1))
        part = slice(first, first + frames)
        return self.clips[number][part] * self.alphas[number][part] + backdrop * (1 - self.alphas[number][part])


def light(view: Floats) -> Floats:
    """A view's 0..1 back to scene-linear light, up to a hundred, and of a middle brightness."""
    linear = np.clip(view, 0, 0.995) ** 2.2
    linear = linear / (1.01 - linear)
    return (0.3 * linear / linear.mean() ** 0.7).astype(np.float32)


def camera(world: torch.Tensor, centers: Floats, half: Floats | float, shutter: float = 0.5, blur: int = 6) -> Floats:
    """A camera over a picture, with motion blur: its centers x, y in -1..1, and half its width."""
    halves = np.broadcast_to(np.asarray(half, np.float32), (len(centers),))
    moves = np.gradient(np.concatenate([centers, halves[:, None]], 1), axis=0) if len(centers) > 1 else np.zeros((1, 3))
    x, y = torch.from_numpy(X), torch.from_numpy(Y) * HEIGHT / WIDTH * world.shape[2] / world.shape[1]
    frames = []
    for center, reach, move in zip(centers, halves, moves, strict=True):
        shown = torch.zeros(3, HEIGHT, WIDTH)
        for moment in ((np.arange(blur) + 0.5) / blur - 0.5) * shutter:
            cx, cy, r = (float(part) for part in (*(center + move[:2] * moment), reach + move[2] * moment))
            grid = torch.stack((cx + x * r, cy + y * r), -1)[None].float()
            shown += F.grid_sample(world[None], grid, padding_mode="reflection", align_corners=False)[0] / blur
        frames.append(shown.permute(1, 2, 0).numpy())
    return np.stack(frames)


def eased(length: int) -> Floats:
    """From 0 to 1, both left out."""
    way = (np.arange(length, dtype=np.float32) + 1) / (length + 1)
    return way * way * (3 - 2 * way)


def between(length: int) -> Floats:
    """0 for four frames, then to 1, and 1 for four, `[T,1,1,1]`."""
    return np.concatenate([np.zeros(4), (np.arange(length) + 1) / (length + 1), np.ones(4)])[:, None, None, None]


def spot(dice: Dice, least: float, most: float) -> Floats:
    """A soft light somewhere, `[H,W,1]`."""
    x, y, size = dice.uniform(-1, 1), dice.uniform(-1, 1), dice.uniform(least, most)
    return np.exp(-((X - x) ** 2 + ((Y - y) * HEIGHT / WIDTH) ** 2) / (2 * size**2))[..., None]


def screen(dice: Dice) -> Floats:
    """A lit green, blue or gray screen."""
    color = np.array([[0.05, 0.3, 0.06], [0.03, 0.08, 0.4], [0.5, 0.5, 0.5]])[int(dice.integers(3))]
    slope = 1 + dice.uniform(-0.2, 0.2) * X + dice.uniform(-0.2, 0.2) * Y - dice.uniform(0, 0.3) * (X * X + Y * Y)
    return (color * 2.0 ** dice.uniform(-1, 1) * slope[..., None]).astype(np.float32)


def grown(values: Floats) -> Floats:
    """`[T,h,w]` to `[T,H,W,1]`."""
    return F.interpolate(torch.from_numpy(values)[:, None], (HEIGHT, WIDTH), mode="bicubic").numpy()[:, 0, ..., None]

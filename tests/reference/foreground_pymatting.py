"""Small scenes with a known foreground (numpy only), and PyMatting's estimate of it, for comparison.

PyMatting is no dependency of the project. To make the outputs again, in an environment of its own, from the
repository's root:

    pip install pymatting==1.1.16
    python -m tests.reference.foreground_pymatting

PyMatting clips to 0..1, so a plate goes in as (plate - low) / (high - low), and its estimate comes back the same way.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

FILE = Path(__file__).with_suffix(".npz")
HEIGHT, WIDTH = 96, 128


class Scene(NamedTuple):
    """`plate = alpha x foreground + (1 - alpha) x background`, scene-linear, float32."""

    plate: np.ndarray
    alpha: np.ndarray
    foreground: np.ndarray
    background: np.ndarray


def mixed(alpha: np.ndarray, foreground: np.ndarray, background: np.ndarray) -> Scene:
    foreground, background = (np.broadcast_to(color, (*alpha.shape, 3)) for color in (foreground, background))
    plate = alpha[..., None] * foreground + (1 - alpha[..., None]) * background
    return Scene(*(array.astype(np.float32) for array in (plate, alpha, foreground, background)))


def scenes() -> dict[str, Scene]:
    red, blue = np.array([0.8, 0.3, 0.1]), np.array([0.05, 0.2, 0.6])
    waves, other = pattern(1), pattern(2)
    return {
        # One color each: whatever the method, there is one right answer.
        "flat": mixed(disk(12.0), red, blue),
        "shaded": mixed(disk(10.0), red * (0.6 + 0.4 * waves), blue * (0.6 + 0.4 * other)),
        "hair": mixed(hairy(3), red * (0.6 + 0.4 * waves), blue * (0.6 + 0.4 * other)),
        # Values far above 1 on both sides.
        "bright": mixed(hairy(4), 4 * red * (0.6 + 0.4 * waves), 12 * blue * (0.6 + 0.4 * other)),
    }


def pattern(seed: int) -> np.ndarray:
    """Slow waves, -1..1, `[H,W,1]`."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    rng = np.random.default_rng(seed)
    total = sum(np.sin(fx * x + fy * y + phase) for fx, fy, phase in rng.uniform(0, [0.12, 0.12, 6.28], (4, 3)))
    return (np.asarray(total) / 4)[..., None]


def disk(softness: float) -> np.ndarray:
    """A soft disk; the edge is so many pixels wide."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    return np.clip(0.5 - (np.hypot(x - WIDTH / 2, y - HEIGHT / 2) - 28) / softness, 0, 1)


def hairy(seed: int) -> np.ndarray:
    """A disk with forty hairs, a pixel or two wide."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    rng = np.random.default_rng(seed)
    alpha = disk(2.0)
    for angle, length, width in rng.uniform([0, 30, 0.5], [6.28, 44, 1.2], (40, 3)):
        along = (x - WIDTH / 2) * np.cos(angle) + (y - HEIGHT / 2) * np.sin(angle)
        across = (y - HEIGHT / 2) * np.cos(angle) - (x - WIDTH / 2) * np.sin(angle)
        hair = np.clip(width + 0.5 - np.abs(across), 0, 1) * (along > 0) * np.clip(length - along, 0, 1)
        alpha = np.maximum(alpha, hair)
    return alpha


def main() -> None:
    from pymatting import estimate_foreground_ml

    outputs = {}
    for name, scene in scenes().items():
        low, high = scene.plate.min(), scene.plate.max()
        normal = (scene.plate - low) / (high - low)
        # Of the weights 1 (its default), 0.3, 0.1 and 0.03, a tenth served it best on shots like ours.
        estimate = estimate_foreground_ml(normal, scene.alpha, gradient_weight=0.1) * (high - low) + low
        outputs[name] = estimate.astype(np.float16)
    np.savez_compressed(FILE, **outputs)


if __name__ == "__main__":
    main()

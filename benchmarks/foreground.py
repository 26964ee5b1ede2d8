"""How well the foreground under soft edges is estimated, against `source` (the plate's own color), and at what cost.

    .venv/bin/python benchmarks/foreground.py
    .venv/bin/python benchmarks/foreground.py --pymatting

Every figure is a ratio to `source`: 1 is no better than the plate's own color, 0.5 is half its error. The bundled shot,
and made-up ones whose foreground, alpha and background are known exactly. `--pymatting` measures PyMatting's multilevel
method beside ours, normalized to 0..1 and back; it is no dependency, so install it yourself, in an environment of its
own (`pip install pymatting==1.1.16`).
"""

from __future__ import annotations

import argparse
import platform
import resource
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from PIL import Image, ImageDraw
from rich.console import Console
from rich.table import Table
from scipy.ndimage import uniform_filter1d, zoom

from penumbra.codec import read_picture
from penumbra.finishing import estimated_foreground

SAMPLE = Path(__file__).resolve().parents[1] / "sample"
FRAMES = range(1001, 1037)
HEIGHT, WIDTH = 270, 480
# What the fringe is judged over: dark, colored, bright.
BACKDROPS = ([0.01, 0.01, 0.01], [0.1, 0.6, 1.1], [2.0, 2.0, 2.0])

Method = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Shot(NamedTuple):
    """One frame, scene-linear: the plate, the true alpha, and the true premultiplied foreground."""

    plate: np.ndarray
    alpha: np.ndarray
    true: np.ndarray


def main() -> None:
    options = arguments()
    torch.set_num_threads(options.threads)
    methods = {"ours": estimated_foreground}
    if options.pymatting:
        methods |= {"PyMatting": pymatting(1.0), "PyMatting, weight 0.1": pymatting(0.1)}
    shots = {"bundled, 36 frames": [bundled(frame) for frame in FRAMES], **made_up()}
    for title, measure in (
        ("recomposite, linear: |F a + B (1 - a) - plate|", recomposite),
        ("fringe over new backdrops, as displayed", fringe),
        ("the same, the alpha from half the size", lambda shot, method: fringe(shot, method, at_half_size(shot.alpha))),
    ):
        table = table_of(title, ["shot", *methods])
        for name, frames in shots.items():
            table.add_row(
                name, *(f"{np.mean([measure(shot, method) for shot in frames]):.2f}" for method in methods.values())
            )
        Console().print(table)
    print_flicker(methods, shots["bundled, 36 frames"])
    print_cost(methods, options.threads)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pymatting", action="store_true", help="measure PyMatting, too")
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


def table_of(title: str, heads: list[str]) -> Table:
    table = Table(title=title)
    for head in heads:
        table.add_column(head, justify="left" if head == heads[0] else "right")
    return table


def pymatting(weight: float) -> Method:
    from pymatting import estimate_foreground_ml

    def estimate(plate: np.ndarray, alpha: np.ndarray) -> np.ndarray:
        low, high = plate.min(), plate.max()
        return estimate_foreground_ml((plate - low) / (high - low), alpha, gradient_weight=weight) * (high - low) + low

    return estimate


def recomposite(shot: Shot, method: Method) -> float:
    """With the true alpha this is also the error of the premultiplied color, and that over any other backdrop."""
    alpha, behind = shot.alpha[..., None], shot.plate - shot.true
    ours, source = (
        np.abs(color * alpha + behind - shot.plate)[edge(shot.alpha)].mean()
        for color in (method(shot.plate, shot.alpha), shot.plate)
    )
    return ours / source


def fringe(shot: Shot, method: Method, alpha: np.ndarray | None = None) -> float:
    used = shot.alpha if alpha is None else alpha
    judged = edge(shot.alpha) | edge(used)
    error = np.zeros(2)
    for backdrop in BACKDROPS:
        right = shown(shot.true + (1 - shot.alpha[..., None]) * backdrop)
        for index, color in enumerate((method(shot.plate, used), shot.plate)):
            comp = shown(color * used[..., None] + (1 - used[..., None]) * backdrop)
            error[index] += np.abs(comp - right)[judged].mean()
    return error[0] / error[1]


def edge(alpha: np.ndarray) -> np.ndarray:
    return (alpha > 0.02) & (alpha < 0.98)


def shown(rgb: np.ndarray) -> np.ndarray:
    light = np.clip(rgb, 0, None)
    return (light / (1 + 0.4 * light)) ** (1 / 2.2)


def at_half_size(alpha: np.ndarray) -> np.ndarray:
    half = alpha.reshape(alpha.shape[0] // 2, 2, -1, 2).mean((1, 3))
    return np.clip(zoom(half, 2, order=1, grid_mode=True, mode="nearest"), 0, 1).astype(np.float32)


def bundled(frame: int) -> Shot:
    plate = read_picture(SAMPLE / "plate" / f"plate.{frame}.exr", "RGB").pixels_HWC
    truth = read_picture(SAMPLE / "truth" / f"truth.{frame}.exr", "RGBA").pixels_HWC
    return Shot(plate, truth[..., 3], truth[..., :3])


def made_up() -> dict[str, list[Shot]]:
    return {
        "hair, lamps behind": [hairy(seed) for seed in (1, 3, 4)],
        "hair of another color": [hairy(seed, dye=3.0) for seed in (7, 8)],
        "hair, a backdrop of 200": [hairy(seed, lamps=0.0, backdrop=200.0) for seed in (10, 11)],
        "hair, lamps of 100 within": [hairy(seed, lamps=0.0, within=100.0) for seed in (31, 32)],
        "motion blur of 25 pixels": [hairy(seed, blur=25) for seed in (21, 22)],
    }


def hairy(
    seed: int,
    dye: float = 0.0,
    lamps: float = 10.0,
    backdrop: float = 0.0,
    within: float = 0.0,
    blur: int = 1,
    shift: float = 0.0,
    grain: float = 0.01,
    grain_seed: int = 0,
) -> Shot:
    """A head with five hundred hairs, lit brighter toward their tips. `shift` moves it to the right, in pixels."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    skin, wall = np.exp(rng.uniform(-3, 0, (2, 3)))
    outward = np.hypot((x - WIDTH / 2 - shift) / (0.28 * HEIGHT), (y - 0.62 * HEIGHT) / (0.34 * HEIGHT))[..., None]
    true = skin * np.exp(0.3 * noise(rng, 3)) * (1 + np.clip(outward - 0.9, 0, 1))
    if dye:
        true = np.where(outward > 1, dye * true[..., ::-1], true)
    behind = wall * np.exp(0.4 * noise(rng, 3)) if not backdrop else backdrop * np.array([1, 0.9, 0.7])
    behind = behind + lamps * np.clip(noise(rng, 1) - 1.2, 0, None)
    if within:
        for angle in np.linspace(-2.6, -0.5, 6):
            away = np.hypot(x - WIDTH / 2 - 90 * np.cos(angle), y - 0.62 * HEIGHT - 106 * np.sin(angle))
            behind = behind + within * np.exp(-((away / 6) ** 2))[..., None] * [1, 0.7, 0.4]
    alpha = hair(rng, shift)
    premultiplied = uniform_filter1d(true * alpha[..., None], blur, axis=1, mode="nearest")
    alpha = uniform_filter1d(alpha, blur, axis=1, mode="nearest").clip(0, 1)
    clean = premultiplied + (1 - alpha[..., None]) * behind
    speckle = np.random.default_rng(grain_seed).normal(0, grain, clean.shape) * np.sqrt(clean.clip(0.01))
    return Shot(*(array.astype(np.float32) for array in (clean + speckle, alpha, premultiplied)))


def noise(rng: np.random.Generator, channels: int) -> np.ndarray:
    """Octaves of smooth noise, `[H,W,C]`."""
    total, weight = np.zeros((HEIGHT, WIDTH, channels)), 1.0
    for cells in (3, 6, 12, 24, 48, 96):
        grid = rng.standard_normal((cells, 2 * cells, channels))
        total += weight * zoom(grid, (HEIGHT / cells, WIDTH / 2 / cells, 1), order=1, grid_mode=True, mode="nearest")
        weight *= 0.6
    return total


def hair(rng: np.random.Generator, shift: float, finer: int = 4) -> np.ndarray:
    canvas = Image.new("L", (WIDTH * finer, HEIGHT * finer))
    draw = ImageDraw.Draw(canvas)
    middle, across, down = (WIDTH / 2 + shift, 0.62 * HEIGHT), 0.28 * HEIGHT, 0.34 * HEIGHT
    corners = [(middle[0] + s * across, middle[1] + s * down) for s in (-1, 1)]
    draw.ellipse([(finer * x, finer * y) for x, y in corners], fill=255)
    steps = np.linspace(0, 1, 14)
    for root, length, curl in rng.uniform([-np.pi, 8, -0.8], [0.1, 75, 0.8], (500, 3)):
        x = middle[0] + 0.97 * across * np.cos(root) + np.cumsum(np.cos(root + curl * steps)) * length / 14
        y = middle[1] + 0.97 * down * np.sin(root) + np.cumsum(np.sin(root + curl * steps)) * length / 14
        draw.line(
            [(finer * a, finer * b) for a, b in zip(x, y, strict=True)], 255, width=int(rng.integers(1, 2 * finer))
        )
    return (np.asarray(canvas, np.float32) / 255).reshape(HEIGHT, finer, WIDTH, finer).mean((1, 3))


def print_flicker(methods: dict[str, Method], frames: list[Shot]) -> None:
    """The change of the error from frame to frame, as a ratio to source's; and what becomes of grain."""
    moving = [hairy(3, shift=0.7 * step, grain_seed=step) for step in range(8)]
    still = [hairy(4, grain=0.02, grain_seed=step) for step in range(8)]
    table = table_of("flicker of the fringe (grain: against the plate's)", ["shot", *methods])
    for name, shots in (("bundled, 36 frames", frames), ("hair, moving", moving)):
        source = change(shots, lambda plate, _: plate)
        table.add_row(name, *(f"{change(shots, method) / source:.2f}" for method in methods.values()))
    seen, plates = edge(still[0].alpha), np.stack([shot.plate for shot in still])
    row = []
    for method in methods.values():
        estimates = np.stack([method(shot.plate, shot.alpha) * shot.alpha[..., None] for shot in still])
        row.append(f"{estimates.std(0)[seen].mean() / plates.std(0)[seen].mean():.2f}")
    table.add_row("hair, still, grain", *row)
    Console().print(table)


def change(shots: list[Shot], method: Method) -> float:
    errors = [method(shot.plate, shot.alpha) * shot.alpha[..., None] - shot.true for shot in shots]
    seen = [edge(shot.alpha) for shot in shots]
    steps = range(1, len(shots))
    return float(np.mean([np.abs(errors[n] - errors[n - 1])[seen[n] | seen[n - 1]].mean() for n in steps]))


def print_cost(methods: dict[str, Method], threads: int) -> None:
    table = table_of(
        f"cost, {threads} threads, {platform.machine()}: least CPU ms of five, in turn", ["size", *methods, "MB more"]
    )
    for name, times in (("HD", 4), ("4K UHD", 8)):
        plate, alpha = enlarged(bundled(1020), times)
        spent: dict[str, list[float]] = {method: [] for method in methods}
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        estimated_foreground(plate, alpha)
        more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        for _ in range(5):
            for method, call in methods.items():
                began = time.process_time()
                call(plate, alpha)
                spent[method].append(time.process_time() - began)
        table.add_row(name, *(f"{min(each) * 1e3:.0f}" for each in spent.values()), f"{more / 1024:.0f}")
    Console().print(table)


def enlarged(shot: Shot, times: int) -> tuple[np.ndarray, np.ndarray]:
    plate = zoom(shot.plate, (times, times, 1), order=1, grid_mode=True, mode="nearest")
    alpha = zoom(shot.alpha, times, order=1, grid_mode=True, mode="nearest").clip(0, 1)
    return plate + np.random.default_rng(0).normal(0, 0.003, plate.shape).astype(np.float32), alpha


if __name__ == "__main__":
    main()

"""What guided edges are worth: a plate matted at half and quarter size, and the alpha brought back to its own size.

    .venv/bin/python benchmarks/full_resolution.py
    .venv/bin/python benchmarks/full_resolution.py --shot sample --generated 0 --png edges.png

Generated shots are of 4K's height, and take a minute or more each to make. `--shot` takes a folder like `sample`, with
`plate`, `truth` and `roto`; sample/make_shot.py makes one at any size. The small alpha is, in turn, the true one
averaged over each small pixel, which measures the way back alone, and the network's own. Shares are guided over
bilinear, for times guided over one frame of the network at that size; below 1 guided wins.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor
from torch.nn import functional as F

from penumbra import Propagator, load_model
from penumbra.codec import read_picture
from penumbra.color import View
from penumbra.evaluation import Block, Errors, Row, busiest_edge, draw_sheet, errors
from penumbra.finishing import bilinear, guided
from penumbra.network import Model
from penumbra.shot import DEFAULT_MODEL
from penumbra.training.generator import generate

SEED = 2**41
RATIOS = (2, 4)
REPEATS = 5
# 200 percent: what a supervisor looks at.
ZOOM, CROP = 2, 160
MEASURES = ("MAD", "MSE", "Grad")
WIDTH = 130


@dataclass(frozen=True)
class Frames:
    """A shot: `[3,H,W]` views and `[1,H,W]` true alphas of its frames, and the first one's mask `[1,H,W]`."""

    name: str
    views: list[Tensor]
    alphas: list[Tensor]
    mask: Tensor


def main() -> None:
    options = arguments()
    if options.threads:
        torch.set_num_threads(options.threads)
    model = load_model(options.model)
    heads = (
        "shot",
        "seen at",
        "alpha",
        *(part for name in MEASURES for part in (f"{name}: bilinear", "guided", "share")),
    )
    table = titled("Errors of the whole frame", *heads)
    heads = ("shot", "plate", "seen at", "bilinear ms", "guided ms", "network ms", "share of the network's")
    times = titled(f"Times on {torch.get_num_threads()} threads", *heads)
    rows: list[Row] = []
    for shot in shots(options):
        for ratio in RATIOS:
            with torch.inference_mode():
                measure(model, shot, ratio, table, times, rows)
    Console(width=WIDTH).print(table, times)
    if options.png:
        draw_sheet(options.png, "200 percent", [Block(("plate", "truth", "bilinear", "guided"), tuple(rows), ZOOM)])


def titled(title: str, *heads: str) -> Table:
    table = Table(title=title)
    for head in heads:
        table.add_column(head, justify="right")
    return table


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--generated", type=int, default=3, help="how many generated shots")
    parser.add_argument("--size", type=int, default=2160, help="height and width of generated shots")
    parser.add_argument("--shot", type=Path, action="append", default=[], help="a folder with plate, truth and roto")
    parser.add_argument("--png", type=Path, help="where to draw close-ups of true alphas brought back")
    parser.add_argument("--threads", type=int)
    return parser.parse_args()


def shots(options: argparse.Namespace) -> Iterator[Frames]:
    for folder in options.shot:
        yield from_folder(folder)
    for index in range(options.generated):
        clip = generate(SEED + index, 1, 2, options.size)
        yield Frames(f"generated {index}", list(clip.view[0]), list(clip.alpha[0]), clip.mask[0])


def from_folder(folder: Path) -> Frames:
    def read(path: Path, channels: list[str]) -> Tensor:
        return torch.from_numpy(read_picture(path, channels).pixels_HWC).permute(2, 0, 1)

    views = [View()(read(path, ["R", "G", "B"])) for path in sorted((folder / "plate").glob("*.exr"))]
    alphas = [read(path, ["A"]).clamp(0, 1).contiguous() for path in sorted((folder / "truth").glob("*.exr"))]
    return Frames(folder.name, views, alphas, read(next((folder / "roto").glob("*.exr")), ["A"]))


def measure(model: Model, shot: Frames, ratio: int, table: Table, times: Table, rows: list[Row]) -> None:
    height, width = shot.views[0].shape[-2:]
    small = round(height / ratio), round(width / ratio)
    seen = [F.interpolate(view[None], small, mode="bilinear", antialias=True)[0].clamp(0, 1) for view in shot.views]
    mask, *averaged = (F.interpolate(alpha[None], small, mode="area")[0] for alpha in (shot.mask, *shot.alphas))
    propagator = Propagator(model, warmup=model.card.warmup)
    matted = [propagator.start(seen[0], mask), *(propagator.step(view) for view in seen[1:])]
    size = f"{small[1]}x{small[0]}"
    for origin, alphas in (("true", averaged), ("network's", matted)):
        plain = [bilinear(alpha, (height, width)) for alpha in alphas]
        found = [guided(*pictures) for pictures in zip(alphas, seen, shot.views, strict=True)]
        table.add_row(shot.name, size, origin, *compared(shot.alphas, plain, found))
        if origin == "true":
            crop = busiest_edge(shot.alphas[-1][0].numpy(), CROP, CROP)
            tiles = shot.views[-1].permute(1, 2, 0), shot.alphas[-1][0], plain[-1][0], found[-1][0]
            rows.append(Row(f"{shot.name}, 1/{ratio}", tuple(tile[crop].numpy() for tile in tiles)))
    seconds = timed(
        lambda: bilinear(matted[-1], (height, width)),
        lambda: guided(matted[-1], seen[-1], shot.views[-1]),
        lambda: propagator.step(seen[-1]),
    )
    share = seconds[1] / seconds[2]
    times.add_row(shot.name, f"{width}x{height}", size, *(f"{each * 1e3:.0f}" for each in seconds), f"{share:.2f}")


def compared(true: list[Tensor], plain: list[Tensor], found: list[Tensor]) -> Iterator[str]:
    """For each measure: bilinear's mean over the frames, guided's, and their ratio."""

    def of(alphas: list[Tensor]) -> list[Errors]:
        return [errors(ours[0].numpy(), alpha[0].numpy()) for ours, alpha in zip(alphas, true, strict=True)]

    errors_of = of(plain), of(found)
    for name in MEASURES:
        before, after = (statistics.mean(getattr(each, name.lower()) for each in frames) for frames in errors_of)
        yield from (f"{before:.2f}", f"{after:.2f}", f"{after / before:.2f}")


def timed(*calls: Callable[[], Any]) -> list[float]:
    """The median seconds of each, taken in turn, after one turn that is not counted."""
    seconds: list[list[float]] = [[] for _ in calls]
    for turn in range(REPEATS + 1):
        for taken, call in zip(seconds, calls, strict=True):
            began = time.perf_counter()
            call()
            if turn:
                taken.append(time.perf_counter() - began)
    return [statistics.median(taken) for taken in seconds]


if __name__ == "__main__":
    main()

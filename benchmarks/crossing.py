"""What a second key frame is worth: two subjects of the same look cross, and the matte is of one of them.

    .venv/bin/python benchmarks/crossing.py
    .venv/bin/python benchmarks/crossing.py --shots 24 --size 208x128

Errors are mean absolute differences x 1000 (MAD) over the frames after the crossing, and in the last line over those
before it; the first and the last frame are left out. Each shot is run from EXR to EXR, with a mask on its first frame,
and with masks on its first and its last. Of two key frames, `forward` and `backward` are either pass alone, and `mixed`
is their plain mixture, by the same ramp.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import mean

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

import penumbra
from penumbra.codec import read_picture
from penumbra.evaluation import errors
from penumbra.propagation import ramp
from penumbra.shot import DEFAULT_MODEL, Delivery, KeyFrame, Settings, Shot
from penumbra.training.crossing import generate_crossings
from penumbra.training.files import FIRST_FRAME, write_shot

# Far above the seeds of training and of its validation, and apart from those of the other benchmarks.
FRESH_SEED = 2**43
FRAMES = 24
LAST_FRAME = FIRST_FRAME + FRAMES - 1
BEFORE = range(FIRST_FRAME + 1, FIRST_FRAME + FRAMES // 2)
AFTER = range(FIRST_FRAME + FRAMES // 2, LAST_FRAME)

Floats = NDArray[np.float32]
Mattes = Callable[[int], Floats]


def main() -> None:
    options = arguments()
    width, height = map(int, options.size.split("x"))
    table = Table(title=f"{options.model}, {options.shots} shots of {FRAMES} frames, {options.size}: MAD")
    for head in ("shot", "empty", "one key frame", "two", "mixed", "forward", "backward"):
        table.add_column(head, justify="right")
    before, after = [], []
    for number in range(options.shots):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_shot(folder, generate_crossings(FRESH_SEED + number, 1, FRAMES, height, width))
            every = ways(folder, options.model)
            before.append([error(folder, mattes, BEFORE) for mattes in every])
            after.append([error(folder, mattes, AFTER) for mattes in every])
        table.add_row(str(number + 1), *shown(after[-1]))
    table.add_section()
    table.add_row("mean after", *shown(map(mean, zip(*after, strict=True))))
    table.add_row("mean before", *shown(map(mean, zip(*before, strict=True))))
    Console().print(table)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    parser.add_argument("--shots", type=int, default=12)
    parser.add_argument("--size", default="160x96", help="width x height of the plate")
    return parser.parse_args()


def ways(folder: Path, model: str) -> tuple[Mattes, ...]:
    """An empty matte, one key frame, two, the plain mixture of their passes, and either pass."""
    both_keys = (FIRST_FRAME, LAST_FRAME)
    one = matted(folder, model, (FIRST_FRAME,))
    two, forward, backward = (matted(folder, model, both_keys, way) for way in ("both", "forward", "backward"))

    def empty(frame: int) -> Floats:
        return np.zeros_like(one(frame))

    def mixed(frame: int) -> Floats:
        share = ramp((frame - FIRST_FRAME) / (LAST_FRAME - FIRST_FRAME))
        return (1 - share) * forward(frame) + share * backward(frame)

    return empty, one, two, mixed, forward, backward


def matted(folder: Path, model: str, keys: tuple[int, ...], direction: str = "both") -> Mattes:
    """Run the shot; gives the way to its mattes."""
    delivery = Delivery(folder / f"{len(keys)}_{direction}" / "matte.####.exr", channels="alpha", pixel_type="float")
    shot = Shot(
        plate=folder / "plate.####.exr",
        key_frames=tuple(KeyFrame(key, folder / f"roto.{key}.exr") for key in keys),
        delivery=delivery,
        settings=Settings(model=model, direction=direction, colorspace="lin_rec709"),
    )
    for _ in penumbra.run(shot):
        pass
    return lambda frame: read_picture(delivery.path(frame), ["A"]).pixels_HWC[..., 0]


def error(folder: Path, mattes: Mattes, frames: Iterable[int]) -> float:
    return mean(
        errors(mattes(frame), read_picture(folder / f"true.{frame}.exr").pixels_HWC[..., 0]).mad for frame in frames
    )


def shown(figures: Iterable[float]) -> Iterable[str]:
    return (f"{figure:.1f}" for figure in figures)


if __name__ == "__main__":
    main()

"""What `--roi mask` is worth where the subject fills about a tenth of the frame: time, and error against the truth.

    .venv/bin/python benchmarks/region.py
    .venv/bin/python benchmarks/region.py --size 1280x720 --frames 12 --filled 0.04

Each pair of rows is the whole plate and the region at one process size, from EXR to EXR in one process, the first look
counted in. At the plate's own height the region is quicker; at a part of it, it is also seen larger, and so sharper.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from pathlib import Path

import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor

import penumbra
from penumbra.codec import Channels, read_picture, write_exr
from penumbra.engine import Notice
from penumbra.evaluation import errors
from penumbra.image import Window
from penumbra.shot import DEFAULT_MODEL, Delivery, KeyFrame, Settings, Shot
from penumbra.training.generator import generate

# Generated subjects that fill so much of their own frames as to fit into a wide one at a tenth of it.
SEEDS = (2**42 + 4, 2**42 + 6, 2**42 + 8)


def main() -> None:
    options = arguments()
    width, height = map(int, options.size.split("x"))
    title = f"{DEFAULT_MODEL}, {options.size}, {options.frames} frames, subjects that fill {options.filled:.0%}"
    table = Table(title=title)
    for head in ("subject", "process size", "roi", "seconds", "share", "MAD", "Grad"):
        table.add_column(head, justify="right")
    for number, seed in enumerate(SEEDS, 1):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make_shot(folder, seed, width, height, options.frames, options.filled)
            for process_size in (height, height // 2):
                whole = None
                for roi in ("none", "mask"):
                    seconds, order = timed(folder, process_size, roi)
                    whole = whole or seconds
                    figures = (f"{seconds:.1f}", f"{seconds / whole:.2f}", *error(order, folder, options.frames))
                    table.add_row(str(number), str(process_size), roi, *figures)
    Console().print(table)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="960x540", help="width x height of the plate")
    parser.add_argument("--frames", type=int, default=16)
    parser.add_argument("--filled", type=float, default=0.1, help="the share of the frame that a subject's alpha fills")
    return parser.parse_args()


def timed(folder: Path, process_size: int, roi: str) -> tuple[float, Shot]:
    shot = Shot(
        plate=folder / "plate.####.exr",
        key_frames=(KeyFrame(1001, folder / "roto.exr"),),
        delivery=Delivery(folder / f"{process_size}_{roi}" / "matte.####.exr", channels="alpha", pixel_type="float"),
        settings=Settings(process_size=process_size, roi=roi, colorspace="srgb"),
    )
    began = time.perf_counter()
    for event in penumbra.run(shot):
        if isinstance(event, Notice) and event.text.startswith("Region"):
            Console().print(event.text)
    return time.perf_counter() - began, shot


def make_shot(folder: Path, seed: int, width: int, height: int, frames: int, filled: float) -> None:
    """A subject of one generated clip before a picture of another."""
    scene = generate(seed + 1, 1, 1, max(width, height)).view[0, 0, :, :height, :width]
    side = min(height, round(math.sqrt(filled * width * height / float(generate(seed, 1, 1, 64).alpha.mean()))))
    clip = generate(seed, 1, frames, side)
    left, top = (width - side) // 2, (height - side) // 2
    window = Window(0, 0, width, height)

    def write(name: str, channels: str, picture_CHW: Tensor) -> None:
        pixels_HWC = picture_CHW.permute(1, 2, 0).numpy()
        write_exr(folder / name, [Channels(channels, pixels_HWC, "half")], compression="zip", display_window=window)

    for index in range(frames):
        alpha = torch.zeros(1, height, width)
        alpha[:, top : top + side, left : left + side] = clip.alpha[0, index]
        subject = torch.zeros(3, height, width)
        subject[:, top : top + side, left : left + side] = clip.view[0, index]
        write(f"plate.{1001 + index}.exr", "RGB", subject * alpha + scene * (1 - alpha))
        write(f"true.{1001 + index}.exr", "A", alpha)
    mask = torch.zeros(1, height, width)
    mask[:, top : top + side, left : left + side] = clip.mask[0]
    write("roto.exr", "A", mask)


def error(shot: Shot, folder: Path, frames: int) -> tuple[str, str]:
    found = []
    for frame in range(1001, 1001 + frames):
        ours = read_picture(shot.delivery.path(frame), ["A"]).pixels_HWC[..., 0]
        found.append(errors(ours, read_picture(folder / f"true.{frame}.exr").pixels_HWC[..., 0]))
    return f"{sum(each.mad for each in found) / frames:.2f}", f"{sum(each.grad for each in found) / frames:.2f}"


if __name__ == "__main__":
    main()

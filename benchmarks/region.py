"""What `--roi mask` is worth where the subject fills about a tenth of the frame: time, and error against the truth.

    .venv/bin/python benchmarks/region.py
    .venv/bin/python benchmarks/region.py --size 1920x1080 --frames 24

Each pair of rows is the whole plate and the region at one process size, from EXR to EXR in one process, the first look
counted in. At the plate's own height the region is quicker; at a part of it, it is also seen larger, and so sharper.
"""

from __future__ import annotations

import argparse
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

SEED = 2**42 + 4
# This subject fills 0.22 of its own frame, and this share of the height makes that a tenth of a wide one.
SUBJECT = 0.9


def main() -> None:
    options = arguments()
    width, height = map(int, options.size.split("x"))
    table = Table(title="")
    for head in ("process size", "roi", "seconds", "share", "MAD", "Grad"):
        table.add_column(head, justify="right")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        filled = make_shot(folder, width, height, options.frames)
        table.title = f"{DEFAULT_MODEL}, {options.size}, {options.frames} frames, the subject fills {filled:.0%}"
        for process_size in (height, height // 2):
            whole = None
            for roi in ("none", "mask"):
                seconds, order = timed(folder, process_size, roi)
                whole = whole or seconds
                mad, grad = error(order, folder, options.frames)
                table.add_row(
                    str(process_size), roi, f"{seconds:.1f}", f"{seconds / whole:.2f}", f"{mad:.2f}", f"{grad:.2f}"
                )
    Console().print(table)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="960x540", help="width x height of the plate")
    parser.add_argument("--frames", type=int, default=16)
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


def make_shot(folder: Path, width: int, height: int, frames: int) -> float:
    """A subject of one generated clip before a picture of another; gives the share of the frame that it fills."""
    scene = generate(SEED + 1, 1, 1, max(width, height)).view[0, 0, :, :height, :width]
    side = round(SUBJECT * height)
    clip = generate(SEED, 1, frames, side)
    left, top = (width - side) // 2, (height - side) // 2
    window = Window(0, 0, width, height)

    def write(name: str, channels: str, picture_CHW: Tensor) -> None:
        pixels_HWC = picture_CHW.permute(1, 2, 0).numpy()
        write_exr(folder / name, [Channels(channels, pixels_HWC, "half")], compression="zip", display_window=window)

    filled = 0.0
    for index in range(frames):
        alpha = torch.zeros(1, height, width)
        alpha[:, top : top + side, left : left + side] = clip.alpha[0, index]
        subject = torch.zeros(3, height, width)
        subject[:, top : top + side, left : left + side] = clip.view[0, index]
        write(f"plate.{1001 + index}.exr", "RGB", subject * alpha + scene * (1 - alpha))
        write(f"true.{1001 + index}.exr", "A", alpha)
        filled += float(alpha.mean()) / frames
    mask = torch.zeros(1, height, width)
    mask[:, top : top + side, left : left + side] = clip.mask[0]
    write("roto.exr", "A", mask)
    return filled


def error(shot: Shot, folder: Path, frames: int) -> tuple[float, float]:
    found = []
    for frame in range(1001, 1001 + frames):
        ours = read_picture(shot.delivery.path(frame), ["A"]).pixels_HWC[..., 0]
        found.append(errors(ours, read_picture(folder / f"true.{frame}.exr").pixels_HWC[..., 0]))
    return sum(each.mad for each in found) / frames, sum(each.grad for each in found) / frames


if __name__ == "__main__":
    main()

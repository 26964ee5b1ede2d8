"""What a long timeline costs: memory against its length, a key frame that changes, a frame that is sought.

    .venv/bin/python benchmarks/timeline.py
    .venv/bin/python benchmarks/timeline.py --lengths 50 200 800 --size 320x180

Every length is run in a process of its own, for its peak of memory. Key frames stand every 25 frames; then the mask of
the one in the middle changes, and the same order runs again. Frames are sought at random by `Timeline`, after the run.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import penumbra
from penumbra.codec import Channels, write_exr
from penumbra.engine import FrameDone, Timeline
from penumbra.image import Window
from penumbra.shot import DEFAULT_MODEL, Delivery, FrameRange, KeyFrame, Settings, Shot

FIRST = 1001
KEY_EVERY = 25
SOUGHT = 8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lengths", type=int, nargs="+", default=[50, 200, 800])
    parser.add_argument("--size", default="320x180", help="width x height of the plate")
    parser.add_argument("--one", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    size = tuple(map(int, options.size.split("x")))
    if options.one:
        print(json.dumps(measured(Path(options.one), options.lengths[0], (size[0], size[1]))))
        return
    table = Table(title=f"{DEFAULT_MODEL}, {options.size}, a key frame every {KEY_EVERY} frames")
    heads = ("frames", "peak MB", "run s", "one key frame changed s", "share", "frames again", "seek s", "snapshots MB")
    for head in heads:
        table.add_column(head, justify="right")
    for length in options.lengths:
        with tempfile.TemporaryDirectory() as name:
            line = [sys.executable, __file__, "--lengths", str(length), "--size", options.size, "--one", name]
            found = json.loads(subprocess.run(line, check=True, capture_output=True, text=True).stdout)
        table.add_row(str(length), *(found[head] for head in heads[1:]))
    Console().print(table)


def measured(folder: Path, length: int, size: tuple[int, int]) -> dict[str, str]:
    """The row of one length."""
    shot = make_shot(folder, length, size)
    began = time.perf_counter()
    list(penumbra.run(shot))
    whole = time.perf_counter() - began
    peak = peak_mb()
    middle = shot.key_frames[len(shot.key_frames) // 2]
    write_mask(middle.path, size, 0.9)
    began = time.perf_counter()
    again = [event.frame for event in penumbra.run(shot) if isinstance(event, FrameDone)]
    change = time.perf_counter() - began
    timeline = Timeline(shot)
    sought = random.Random(0).sample(range(FIRST, FIRST + length), SOUGHT)
    began = time.perf_counter()
    for frame in sought:
        timeline.matte(frame)
    seek = (time.perf_counter() - began) / SOUGHT
    snapshots = sum(path.stat().st_size for path in folder.rglob("*.safetensors")) / 1e6
    return {
        "peak MB": f"{peak:.0f}",
        "run s": f"{whole:.1f}",
        "one key frame changed s": f"{change:.1f}",
        "share": f"{change / whole:.2f}",
        "frames again": f"{len(again)}",
        "seek s": f"{seek:.2f}",
        "snapshots MB": f"{snapshots:.0f}",
    }


def peak_mb() -> float:
    """The most memory that this process had, on Linux."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    return int(found[1]) / 1024 if found else float("nan")


def make_shot(folder: Path, length: int, size: tuple[int, int]) -> Shot:
    """Grain, the same ten frames again and again, and boxes as masks."""
    window = Window(0, 0, *size)
    dice = np.random.default_rng(0)
    for index in range(length):
        path = folder / f"plate.{FIRST + index}.exr"
        if index < 10:
            pixels = dice.random((size[1], size[0], 3), np.float32)
            write_exr(path, [Channels("RGB", pixels, "half")], compression="zip", display_window=window)
        else:
            path.symlink_to(folder / f"plate.{FIRST + index % 10}.exr")
    keys = [KeyFrame(frame, folder / f"roto.{frame}.exr") for frame in range(FIRST, FIRST + length, KEY_EVERY)]
    for key in keys:
        write_mask(key.path, size, 0.6)
    return Shot(
        plate=folder / "plate.####.exr",
        key_frames=tuple(keys),
        delivery=Delivery(folder / "out" / "matte.####.exr"),
        frames=FrameRange(FIRST, FIRST + length - 1),
        settings=replace(Settings(), process_size=size[1]),
    )


def write_mask(path: Path, size: tuple[int, int], share: float) -> None:
    mask = np.zeros((size[1], size[0], 1), np.float32)
    mask[size[1] // 4 : round(size[1] * share), size[0] // 4 : round(size[0] * share)] = 1
    write_exr(path, [Channels("A", mask, "half")], compression="zip", display_window=Window(0, 0, *size))


if __name__ == "__main__":
    main()

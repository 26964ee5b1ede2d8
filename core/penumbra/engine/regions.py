"""Which region of the plate a pass sees: all of it, a box that was asked for, or where the subject goes.

Where the subject goes is found by a quick first look at the whole pass, small. It is decided once for each pass, from
the order and the plates alone, so that every machine decides the same, and kept beside the mattes.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from dataclasses import astuple
from pathlib import Path

import torch
from torch import Tensor

from penumbra.aside import written_aside
from penumbra.engine.bench import Bench
from penumbra.engine.clock import Clock
from penumbra.engine.events import Event, Notice
from penumbra.engine.fingerprints import PlateHashes
from penumbra.engine.opened import OpenedShot
from penumbra.engine.plan import Pass
from penumbra.image import Window
from penumbra.plates import ReadAhead
from penumbra.propagation import Propagator, Region

# The short side, in pixels, at which the first look sees the plate: a quarter of what the network will see, so that it
# costs little beside that, but no less than a subject can be told at, and no more than it takes.
LOOK_SHARE, LEAST_LOOK, MOST_LOOK = 4, 128, 256
# The least alpha that counts as the subject. Low, because what is left out of the region is lost.
SEEN = 0.05
# What is added on every side, as a share of the box's longer side, and the least of it in plate pixels. The first look
# is too small for hair.
MARGIN = 0.1
LEAST_MARGIN = 24


def region_of(opened: OpenedShot, run: Pass, hashes: PlateHashes, folder: Path) -> Generator[Event, None, Region]:
    """The region of one pass. `folder` is where it is kept."""
    if opened.shot.settings.roi != "mask":
        return opened.region(opened.roi or opened.canvas)
    kept = folder / f"region.{run.direction}.json"
    frames = (run.key, *(frame for frame in run.frames if frame != run.key))
    made_from = hashes.of_all(opened.digest, frames) if kept.exists() else None
    box = _kept(kept, made_from)
    if box is None:
        box = yield from _followed(opened, frames, hashes)
        _keep(kept, box, hashes.of_all(opened.digest, frames))
    share = box.width * box.height / (opened.canvas.width * opened.canvas.height)
    yield Notice(f"Region of interest, {run.direction}: {box}, {share:.0%} of the plate.")
    return opened.region(box)


def _followed(opened: OpenedShot, frames: tuple[int, ...], hashes: PlateHashes) -> Generator[Event, None, Window]:
    """The box that the subject stays in, by following it at a small size."""
    look = min(max(opened.shot.settings.process_size // LOOK_SHARE, LEAST_LOOK), MOST_LOOK)
    bench = Bench(opened, opened.region(opened.canvas, look), hashes)
    propagator = Propagator(opened.model, opened.warmup)
    clock = Clock(len(frames), looking=True)
    yield clock.told()
    box = _box(bench.masks_Ohw > 0, opened.canvas)
    with ReadAhead(frames, bench.load) as ahead:
        for loaded in ahead:
            is_key = loaded.plate.frame == frames[0]
            alpha_Ohw = (
                propagator.start(loaded.view_3hw, bench.masks_Ohw) if is_key else propagator.step(loaded.view_3hw)
            )
            box = box | _box(alpha_Ohw >= SEEN, opened.canvas)
            yield clock.tick()
    margin = max(LEAST_MARGIN, round(MARGIN * max(box.size)))
    wide = Window(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)
    return wide & opened.canvas


def _box(seen_Ohw: Tensor, canvas: Window) -> Window:
    """The smallest window of the canvas that holds all places where anything is seen."""
    seen_hw = seen_Ohw.any(0)
    height, width = seen_hw.shape
    rows, columns = torch.nonzero(seen_hw.any(1)).flatten(), torch.nonzero(seen_hw.any(0)).flatten()
    if not len(rows):
        return Window(canvas.x, canvas.y, 0, 0)
    top, bottom = int(rows[0]) * canvas.height // height, -(-(int(rows[-1]) + 1) * canvas.height // height)
    left, right = int(columns[0]) * canvas.width // width, -(-(int(columns[-1]) + 1) * canvas.width // width)
    return Window.between(canvas.x + left, canvas.y + top, canvas.x + right, canvas.y + bottom)


def _kept(path: Path, made_from: str | None) -> Window | None:
    """What was decided before, if it was from the same order and the same plates."""
    if made_from is None:
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Window(*map(int, kept["box"])) if kept["of"] == made_from else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path: Path, box: Window, made_from: str) -> None:
    with written_aside(path) as aside:
        aside.write_text(json.dumps({"box": astuple(box), "of": made_from}) + "\n", encoding="utf-8")

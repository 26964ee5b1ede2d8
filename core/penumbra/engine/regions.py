"""Which region of the plate the passes of a gap see: all of it, a box that was asked for, or where the subjects go.

Where they go is found by a quick first look at all of the gap, small. It is decided once for each gap, from the order
and the plates alone, so that every machine decides the same, and kept beside the mattes.
"""

from __future__ import annotations

import json
from collections.abc import Generator
from contextlib import suppress
from dataclasses import astuple
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from penumbra.aside import written_aside
from penumbra.engine.bench import Bench
from penumbra.engine.clock import Clock
from penumbra.engine.events import Event, Notice
from penumbra.engine.fingerprints import hash_of
from penumbra.engine.groups import Group
from penumbra.engine.kept.plate_facts import PlateFacts
from penumbra.engine.opened import OpenedShot
from penumbra.engine.plan import Gap, Pass
from penumbra.errors import MachineError
from penumbra.image import Window, around
from penumbra.plates import ReadAhead
from penumbra.propagation import Propagator, Region

# The short side, in pixels, at which the first look sees the plate: a fifth of what the network will see, so that it
# costs little beside that, but no less than a subject can be told at, and no more than it takes.
LOOK_SHARE, LEAST_LOOK, MOST_LOOK = 5, 128, 192
# The least alpha that counts as the subject. Low, because what is left out of the region is lost.
SEEN = 0.05
# A region that leaves out less than this is not worth its first look, and the person should know.
USELESS = 0.9
# What is added on every side, as a share of the box's longer side, and the least of it in plate pixels. The first look
# is too small for hair.
MARGIN = 0.05
LEAST_MARGIN = 16

Flags = NDArray[np.bool_]


def region_of(
    opened: OpenedShot, group: Group, gap: Gap, hashes: PlateFacts, folder: Path
) -> Generator[Event, None, Region]:
    """The region of one gap. `folder` is where it is kept."""
    if opened.shot.settings.roi != "mask":
        return opened.region(opened.roi or opened.canvas)
    names = "".join(f".{hash_of(*group.names)[:8]}" for name in group.names[:1] if name)
    kept = folder / f"region{names}.{gap.frames}.json"
    ends = [frame for frame in (gap.left, gap.right) if frame is not None]
    frames = tuple(dict.fromkeys((*ends, *gap.frames)))
    keys = [f"{key.kind} {opened.masks.digests[key]}" for frame in ends for key in group.keys[frame]]
    order = hash_of(opened.digest, opened.shot.settings.direction, *keys)
    box = _kept(kept, hashes.of_all(order, frames), opened.canvas) if kept.exists() else None
    if box is None:
        box = yield from _followed(opened, group, gap, hashes)
        _keep(kept, box, hashes.of_all(order, frames))
    region = opened.region(box)
    share = box.area / opened.canvas.area
    seen = f"{region.view[1]}x{region.view[0]}"
    text = f"Region of interest, {gap.frames}: {box}, {share:.0%} of the plate, seen at {seen}"
    yield Notice(f"{text}; nothing is gained by it." if share > USELESS else f"{text}.")
    return region


def _followed(opened: OpenedShot, group: Group, gap: Gap, hashes: PlateFacts) -> Generator[Event, None, Window]:
    """The box that the subjects stay in, by following them at a small size, each pass on its own."""
    look = min(max(opened.shot.settings.process_size // LOOK_SHARE, LEAST_LOOK), MOST_LOOK)
    bench = Bench(opened, group, opened.region(opened.canvas, look), hashes)
    runs = gap.passes(opened.shot.settings.direction)
    clock = Clock(sum(len(_looked_at(run)) for run in runs), "subject")
    yield clock.told()
    box: Window | None = None
    for run in runs:
        seen = yield from _pass_followed(bench, run, clock)
        box = seen if box is None else box | seen
    assert box is not None, "a gap has a pass"
    margin = max(LEAST_MARGIN, round(MARGIN * max(box.size)))
    wide = Window(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)
    return wide & opened.canvas


def _pass_followed(bench: Bench, run: Pass, clock: Clock) -> Generator[Event, None, Window]:
    opened, group = bench.opened, bench.group
    propagator = Propagator(opened.model, opened.warmup)
    # A faint haze around a roto does not count; a mask that is faint all over does.
    mask_HW = opened.masks.alpha_OHW(group.keys[run.key]).max(axis=0)
    # An approved matte may be empty: then everything may be the subject.
    box = last = around(mask_HW >= min(SEEN, float(mask_HW.max())), opened.canvas)
    with ReadAhead(_looked_at(run), bench.load) as ahead:
        for loaded in ahead:
            if loaded.frame == run.key:
                alpha_Ohw = propagator.start(
                    loaded.view_3hw, bench.masks_Ohw(run.key), approved=group.is_approved(run.key)
                )
            else:
                alpha_Ohw = propagator.step(loaded.view_3hw)
            seen_hw = alpha_Ohw.amax(0).cpu().numpy() >= SEEN
            last = around(_touching(seen_hw, last, opened.canvas), opened.canvas) or last
            box |= last
            yield clock.tick()
    return box


def _looked_at(run: Pass) -> tuple[int, ...]:
    return tuple(dict.fromkeys((run.key, *run.frames)))


def _touching(seen_hw: Flags, last: Window, canvas: Window) -> Flags:
    """Of what is seen, the parts that reach into the box where the subject was: the others are specks elsewhere."""
    height, width = seen_hw.shape
    rows = slice((last.y - canvas.y) * height // canvas.height, -(-(last.bottom - canvas.y) * height // canvas.height))
    columns = slice((last.x - canvas.x) * width // canvas.width, -(-(last.right - canvas.x) * width // canvas.width))
    parts_hw, _ = ndimage.label(seen_hw, np.ones((3, 3)))
    here = np.unique(parts_hw[rows, columns])
    return np.isin(parts_hw, here[here > 0])


def _kept(path: Path, made_from: str | None, canvas: Window) -> Window | None:
    """What was decided before, if it was from the same order and the same plates."""
    if made_from is None:
        return None
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        box = Window(*map(int, kept["box"]))
        # A person may have edited the file.
        return box if kept["of"] == made_from and box and box & canvas == box else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _keep(path: Path, box: Window, made_from: str) -> None:
    # Without it only time is lost.
    with suppress(MachineError), written_aside(path) as aside:
        aside.write_text(json.dumps({"box": astuple(box), "of": made_from}) + "\n", encoding="utf-8")

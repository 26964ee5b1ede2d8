"""What a snapshot of the memory takes, on disk and in time, and what half precision would save and cost.

    .venv/bin/python -m benchmarks.snapshots
    .venv/bin/python -m benchmarks.snapshots --size 960x540 --repeats 3

The first table is of full memories. Times are those of the disk that the system keeps temporary files on, through its
cache. The second compares alphas after a restored memory whose bank was in half precision with those after the memory
as it was. The published architecture has the weights of a seed: its speed and size are real, its alphas are only alive.
"""

from __future__ import annotations

import argparse
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from penumbra import MemoryState, Propagator, load_model
from penumbra.codec import read_picture
from penumbra.color import View
from penumbra.engine.kept.snapshots import BUDGET
from penumbra.memory import RECENT, MemoryEntry
from penumbra.network import Model
from penumbra.shot import DEFAULT_MODEL
from tests.published import save_seeded, seeded_clip, view

SAMPLE = Path(__file__).parents[1] / "sample"
# How many frames the memory has seen when it is kept.
BEFORE = 16
# Of the reference clips, the one of odd size.
CLIP = {"seed": 4, "height": 107, "width": 150}


def main() -> None:
    options = arguments()
    width, height = map(int, options.size.split("x"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        models = {
            "published": load_model(save_seeded(folder / "seeded.safetensors", CLIP["seed"])),
            DEFAULT_MODEL: load_model(DEFAULT_MODEL),
        }
        sizes = table(
            f"snapshots of {width}x{height}, {platform.machine()}, {torch.get_num_threads()} threads",
            ("model", "objects", "keys", "MB", "in 2 GB", "save ms", "load ms", "half: MB"),
        )
        for title, model in models.items():
            for row in sizes_and_times(model, height, width, folder / "memory", options.repeats):
                sizes.add_row(title, *row)
        Console().print(sizes)
    costs = table(
        f"alphas of the {options.frames} frames after a bank in half precision",
        ("model and shot", "largest difference", "mean", "equal frames"),
    )
    clips = {"reference clip": reference_clip, "sample shot": sample_shot}
    for (title, model), (shot, clip) in zip(models.items(), clips.items(), strict=True):
        costs.add_row(f"{title}, {shot}", *cost_of_half(model, *clip(BEFORE + options.frames)))
    Console().print(costs)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="1920x1080", help="width x height of the view")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--frames", type=int, default=20, help="after the snapshot, in the second table")
    return parser.parse_args()


def table(title: str, heads: tuple[str, ...]) -> Table:
    made = Table(title=title)
    for head in heads:
        made.add_column(head, justify="left" if head == heads[0] else "right")
    return made


def sizes_and_times(model: Model, height: int, width: int, path: Path, repeats: int) -> Iterator[tuple[str, ...]]:
    view_3HW = np.random.default_rng(0).random((3, height, width), np.float32)
    propagator = Propagator(model, warmup=0)
    for objects in (1, 3):
        masks = np.zeros((objects, height, width), np.float32)
        masks[:, height // 4 : -height // 4, width // 3 : -width // 3] = 1
        propagator.start(view_3HW, masks)
        for keys in (1, 2):
            state = full(propagator.state, keys)
            banked(state, torch.float16).save(path)
            half = path.stat().st_size
            saving = seconds(lambda state=state: state.save(path), repeats)
            loading = seconds(lambda: MemoryState.load(path), repeats)
            size = path.stat().st_size
            counts = str(objects), str(keys), f"{size / 1e6:.1f}", str(BUDGET // size)
            yield *counts, f"{saving * 1e3:.0f}", f"{loading * 1e3:.0f}", f"{half / 1e6:.1f}"


def full(state: MemoryState, keys: int) -> MemoryState:
    """A memory of so many key frames and as many frames as it holds besides."""
    (entry,) = state.entries
    for _ in range(keys - 1):
        state = state.holding(state)
    for _ in range(RECENT):
        state = replace(state, entries=state.with_entry(entry))
    return state


def seconds(call: Callable[[], object], repeats: int) -> float:
    times = []
    for _ in range(repeats + 1):  # the first is for warming up
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times[1:])


def cost_of_half(model: Model, views: list[np.ndarray], masks_OHW: np.ndarray) -> tuple[str, ...]:
    propagator = Propagator(model, model.card.warmup)
    propagator.start(views[0], masks_OHW)
    for each in views[1:BEFORE]:
        propagator.step(each)
    state = propagator.state
    half = after(propagator, banked(banked(state, torch.float16), torch.float32), views[BEFORE:])
    whole = after(propagator, state, views[BEFORE:])
    difference = np.abs(half - whole)
    equal = sum(not each.any() for each in difference)
    return f"{difference.max():.1e}", f"{difference.mean():.1e}", f"{equal} of {len(whole)}"


def banked(state: MemoryState, dtype: torch.dtype) -> MemoryState:
    """The memory with its bank in that precision."""
    bank = [MemoryEntry(*(getattr(entry, item.name).to(dtype) for item in fields(entry))) for entry in state.entries]
    return replace(state, entries=tuple(bank))


def after(propagator: Propagator, state: MemoryState, views: list[np.ndarray]) -> np.ndarray:
    propagator.restore(state)
    return np.stack([propagator.step(each) for each in views])


def reference_clip(count: int) -> tuple[list[np.ndarray], np.ndarray]:
    frames, mask_HW = seeded_clip(count=count, **CLIP)
    return [view(frame_HW3) for frame_HW3 in frames], mask_HW[None].astype(np.float32)


def sample_shot(count: int) -> tuple[list[np.ndarray], np.ndarray]:
    def shown(frame: int) -> np.ndarray:
        rgb_HW3 = read_picture(SAMPLE / "plate" / f"plate.{frame}.exr", "RGB").pixels_HWC
        return View()(torch.from_numpy(rgb_HW3).permute(2, 0, 1)).numpy()

    mask_HW = read_picture(SAMPLE / "roto" / "roto.1001.exr", "A").pixels_HWC[..., 0]
    return [shown(1001 + index) for index in range(count)], mask_HW[None].clip(0, 1)


if __name__ == "__main__":
    main()

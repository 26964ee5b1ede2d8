"""A run that is killed again and again at random moments: is its result the undisturbed one, and what was done twice?

    .venv/bin/python benchmarks/chaos.py
    .venv/bin/python benchmarks/chaos.py --kills 200 --frames 120 --seed 7

The shot has three key frames, one of them approved, so that there are passes in both directions and alphas that wait
for the second one. Each attempt is a process of its own that ends by kill -9. Exits with 1 where anything is not as it
should be.
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.table import Table

import penumbra
from penumbra.codec import Channels, write_exr
from penumbra.engine import Progress
from penumbra.engine.kept.snapshots import EVERY
from penumbra.image import Window
from penumbra.shot import DEFAULT_MODEL, Delivery, FrameRange, KeyFrame, Settings, Shot

WIDTH, HEIGHT = 64, 48
FIRST = 1001
POLL_SECONDS = 0.002
# After each frame, so that also a tiny model is killed between any two.
SLOWED_SECONDS = 0.015


@dataclass
class Tally:
    """What was seen.

    Attributes:
        kills: Attempts that were ended.
        rewritten: Files of finished frames that an attempt wrote again. None should be.
        wrong: Files under their final names that were not those of the undisturbed run, byte for byte. None should be.
        repeated: Frames that had to go through the network again although what they gave was on disk.
        most_repeated: The most of these in one attempt: what a kill can cost.
    """

    kills: int = 0
    rewritten: int = 0
    wrong: int = 0
    repeated: int = 0
    most_repeated: int = 0


def main() -> int:
    options = arguments()
    dice = random.Random(options.seed)
    # The children of this server have everything imported already: what is killed is the work, not its beginning.
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["penumbra.engine.run"])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shot = make_shot(folder, options.frames, options.model)
        undisturbed = elsewhere(shot, folder / "undisturbed")
        list(penumbra.run(undisturbed))
        expected = contents(undisturbed)
        tally = Tally()
        ended = False
        while not ended and tally.kills < options.kills:
            ended = attempt(processes, shot, dice, tally, expected)
        if not ended:
            list(penumbra.run(shot))
        equal = contents(shot) == expected
    title = f"{options.frames} frames, seed {options.seed}, snapshots every {EVERY} frames"
    table = Table(title=title)
    for head in ("kills", "frames written twice", "wrong files", "frames repeated", "most at once", "bytes at the end"):
        table.add_column(head, justify="right")
    figures = (tally.kills, tally.rewritten, tally.wrong, tally.repeated, tally.most_repeated)
    table.add_row(*map(str, figures), "equal" if equal else "NOT EQUAL")
    Console().print(table)
    if tally.kills < options.kills:
        Console().print(f"The run was over after {tally.kills} kills: give more --frames.")
    good = equal and not tally.rewritten and not tally.wrong and tally.most_repeated < EVERY
    return 0 if good and tally.kills == options.kills else 1


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--frames", type=int, default=48)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--model", default=DEFAULT_MODEL)
    return parser.parse_args()


def attempt(
    processes: multiprocessing.context.ForkServerContext,
    shot: Shot,
    dice: random.Random,
    tally: Tally,
    expected: dict[str, bytes],
) -> bool:
    """Run until a random moment. Returns whether the run came to its end before that."""
    before, there = stamps(shot), finished(shot)
    ours, theirs = processes.Pipe()
    process = processes.Process(target=work, args=(shot, theirs))
    process.start()
    theirs.close()
    wait(process, shot, there + dice.randint(0, 3), dice)
    ended = not process.is_alive()
    process.kill()
    process.join()
    after = stamps(shot)
    tally.kills += not ended
    tally.rewritten += sum(after.get(name) != stamp for name, stamp in before.items())
    tally.wrong += sum(expected[name] != content for name, content in contents(shot).items())
    if (total := told(ours)) is not None:
        repeated = total - (everything(shot) - there)
        tally.repeated += repeated
        tally.most_repeated = max(tally.most_repeated, repeated)
    return ended


def work(shot: Shot, tell: Connection) -> None:
    """What a process does: run, and tell how many frames have to go through the network."""
    torch.set_num_threads(1)
    for event in penumbra.run(shot):
        if isinstance(event, Progress) and event.stage == "matting":
            if event.done == 0:
                tell.send(event.total)
            time.sleep(SLOWED_SECONDS)


def wait(process: BaseProcess, shot: Shot, units: int, dice: random.Random) -> None:
    """Until so much is finished, and then a moment longer: also before the first frame, while the shot is opened."""
    began = time.monotonic()
    longer = dice.uniform(0, 0.03)
    if dice.random() < 0.15:
        units, longer = 0, dice.uniform(0, 0.5)
    while process.is_alive() and finished(shot) < units:
        time.sleep(POLL_SECONDS)
    ends = (began if not units else time.monotonic()) + longer
    while process.is_alive() and time.monotonic() < ends:
        time.sleep(POLL_SECONDS)


def told(ours: Connection) -> int | None:
    """How many frames a process had to go through; None where it was killed before it knew."""
    try:
        total: int = ours.recv()
        return total
    except EOFError:
        return None


def finished(shot: Shot) -> int:
    """What is on disk of `everything`. A matte between two key frames counts for both of its passes."""
    held = len(list(shot.delivery.out.parent.glob(".penumbra/*/held/*.exr")))
    return held + sum(1 + is_between(shot, int(name.split(".")[1])) for name in stamps(shot))


def everything(shot: Shot) -> int:
    """How many alphas have to be made: one for each frame, and two between two key frames."""
    assert shot.frames is not None
    return sum(1 + is_between(shot, frame) for frame in shot.frames)


def is_between(shot: Shot, frame: int) -> bool:
    keys = [key.frame for key in shot.key_frames]
    return min(keys) < frame < max(keys) and frame not in keys


def stamps(shot: Shot) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in shot.delivery.out.parent.glob("*.exr")}


def contents(shot: Shot) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in shot.delivery.out.parent.glob("*.exr")}


def elsewhere(shot: Shot, folder: Path) -> Shot:
    return replace(shot, delivery=replace(shot.delivery, out=folder / "matte.####.exr"))


def make_shot(folder: Path, count: int, model: str) -> Shot:
    """A grainy plate, and a box that moves: two guides, and an approved matte between them."""
    window = Window(0, 0, WIDTH, HEIGHT)
    frames = FrameRange(FIRST, FIRST + count - 1)
    dice = np.random.default_rng(0)
    for frame in frames:
        pixels = dice.random((HEIGHT, WIDTH, 3), np.float32)
        write_exr(folder / f"plate.{frame}.exr", [Channels("RGB", pixels, "half")], compression="zip",
                  display_window=window)  # fmt: skip
    keys = []
    for place, kind in ((0.2, "guide"), (0.5, "approved"), (0.8, "guide")):
        frame = frames.first + round(place * (count - 1))
        mask = np.zeros((HEIGHT, WIDTH, 1), np.float32)
        left = 4 + round(place * WIDTH / 2)
        mask[12:36, left : left + 24] = 1
        path = folder / f"roto.{frame}.exr"
        write_exr(path, [Channels("A", mask, "half")], compression="zip", display_window=window)
        keys.append(KeyFrame(frame, path, kind=kind))
    return Shot(
        plate=folder / "plate.####.exr",
        key_frames=tuple(keys),
        delivery=Delivery(folder / "out" / "matte.####.exr"),
        frames=frames,
        settings=Settings(model=model, across_cuts=True),
    )


if __name__ == "__main__":
    sys.exit(main())

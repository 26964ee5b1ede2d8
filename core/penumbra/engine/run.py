"""A shot from order to files: open, plan, and send its frames on their journeys."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import torch

from penumbra.aside import sweep
from penumbra.delivery import read_fingerprint
from penumbra.engine.bench import Bench
from penumbra.engine.clock import Clock
from penumbra.engine.events import Event, Notice, Opened
from penumbra.engine.fingerprints import Fingerprints, PlateHashes
from penumbra.engine.journey import Journey
from penumbra.engine.opened import OpenedShot, open_shot
from penumbra.engine.plan import Pass, passes, remaining
from penumbra.engine.regions import region_of
from penumbra.engine.snapshots import Snapshot, Snapshots
from penumbra.errors import MachineError
from penumbra.memory import MemoryState
from penumbra.propagation import Propagator, Region
from penumbra.shot import Shot


def run(shot: Shot, *, device: str = "cpu") -> Generator[Event, None, None]:
    """Make a shot's mattes.

    Closing the iterator stops the run after the frame in hand: what is written stays complete, and the memory is kept,
    so that the next run of the same shot goes on from there with the same bits. Frames that are on disk and up to date
    are not made again.

    Args:
        shot: The order.
        device: Where the network runs; it does not belong to the order.

    Yields:
        What happens, as it happens.

    Raises:
        PenumbraError: What stops it. All that can be found before the first frame is told at once.
    """
    opened = open_shot(shot, device)
    # With the names as they were ordered: a %V in them is good for the other view, too.
    yield Opened(replace(shot, settings=opened.shot.settings))
    yield from opened.notices
    with _memory_watched():
        journeys = yield from _planned(opened)
        if journeys:
            yield from _travel(journeys, opened)


def _planned(opened: OpenedShot) -> Generator[Event, None, list[Journey]]:
    """What is left to do."""
    shot, frames = opened.shot, opened.source.frames
    sweep(shot.delivery.out.parent, {shot.delivery.path(frame).name for frame in frames})
    hashes = PlateHashes(opened.source.path)
    snapshots = Snapshots.beside(shot.delivery)
    journeys = []
    for each in passes(opened.key, frames):
        region = yield from region_of(opened, each, hashes, snapshots.folder)
        fingerprints = Fingerprints(opened.digest_of(region), opened.key, hashes)
        snapshot = _valid(snapshots.latest(each.direction), each, fingerprints)
        work = remaining(each, partial(_is_done, shot, fingerprints), None if snapshot is None else snapshot.frame)
        if work is not None:
            state = snapshot.state if snapshot is not None and work.start is not None else None
            journeys.append(Journey(Bench(opened, region, hashes), work, state, fingerprints, snapshots))
    to_write = sum(len(journey.work.to_write) for journey in journeys)
    if to_write < len(frames):
        yield Notice(f"{len(frames) - to_write} of {len(frames)} frames are there already and up to date.")
    return journeys


def _travel(journeys: list[Journey], opened: OpenedShot) -> Iterator[Event]:
    clock = Clock(sum(len(journey.work.through) for journey in journeys))
    yield clock.told()
    propagator = Propagator(opened.model, opened.warmup)
    # Passes that see the same region share the key frame's memory.
    at_key: dict[Region, MemoryState | None] = {}
    for journey in journeys:
        region = journey.bench.region
        at_key[region] = yield from journey.travel(propagator, at_key.get(region), clock)


@contextmanager
def _memory_watched() -> Iterator[None]:
    """Tell a lack of memory from a bug: torch raises RuntimeError for both, and on the CPU only its words differ."""
    try:
        yield
    except (MemoryError, RuntimeError) as fault:
        lacking = isinstance(fault, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(fault)
        if not lacking:
            raise
        raise MachineError("The machine has no memory left.", "Use a smaller --process-size.") from fault


def _valid(snapshot: Snapshot | None, run: Pass, fingerprints: Fingerprints) -> Snapshot | None:
    """The snapshot, if it is of this very shot."""
    if snapshot is None or snapshot.frame not in run.frames:
        return None
    return snapshot if fingerprints.of(snapshot.frame).startswith(snapshot.fingerprint) else None


def _is_done(shot: Shot, fingerprints: Fingerprints, frame: int) -> bool:
    there = read_fingerprint(shot.delivery.path(frame))
    return there is not None and there == fingerprints.of(frame)

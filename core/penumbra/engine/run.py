"""A shot from order to files: open, plan, and send its frames on their journeys."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import contextmanager

import torch

from penumbra.delivery import read_fingerprint
from penumbra.engine.events import Event, Notice
from penumbra.engine.journey import Clock, Journey
from penumbra.engine.opened import OpenedShot, open_shot
from penumbra.engine.plan import Fingerprints, Pass, passes, remaining
from penumbra.engine.snapshots import Snapshot, Snapshots
from penumbra.errors import MachineError
from penumbra.memory import MemoryState
from penumbra.propagation import Propagator
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
    yield from opened.notices
    frames = opened.source.frames
    fingerprints = Fingerprints(opened.digest, opened.key.frame, opened.source.path)
    snapshots = Snapshots.beside(shot.delivery)
    journeys = []
    for each in passes(opened.key.frame, frames):
        snapshot = _valid(snapshots.latest(each.direction), each, fingerprints)
        remembered = None if snapshot is None else snapshot.frame
        work = remaining(each, lambda frame: _is_done(shot, fingerprints, frame), remembered)
        if work is not None:
            state = snapshot.state if snapshot is not None and work.start is not None else None
            journeys.append(Journey(opened, work, state, fingerprints, snapshots))
    to_write = sum(len(journey.work.to_write) for journey in journeys)
    if to_write < len(frames):
        yield Notice(f"{len(frames) - to_write} of {len(frames)} frames are there already and up to date.")
    if journeys:
        with _memory_watched():
            yield from _travel(journeys, opened)


def _travel(journeys: list[Journey], opened: OpenedShot) -> Iterator[Event]:
    clock = Clock(sum(len(journey.work.through) for journey in journeys))
    yield clock.told()
    propagator = Propagator(opened.model, opened.warmup)
    at_key: MemoryState | None = None
    for journey in journeys:
        at_key = yield from journey.travel(propagator, at_key, clock)


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

"""A shot from order to files: open, prepare, and travel."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator
from contextlib import closing
from dataclasses import replace

from penumbra.aside import sweep
from penumbra.engine.device import memory_watched
from penumbra.engine.disagreement import said_of_disagreement
from penumbra.engine.events import Event, FrameDone, Notice, Opened
from penumbra.engine.journey import Journey, journey_of
from penumbra.engine.kept.lock import OutputLock
from penumbra.engine.kept.snapshots import BUDGET, Snapshots
from penumbra.engine.key_states import KeyStates
from penumbra.engine.opened import OpenedShot, open_shot
from penumbra.engine.output import Output
from penumbra.engine.prepare import plate_facts, prepared
from penumbra.engine.steps import Steps
from penumbra.engine.warm import Load
from penumbra.errors import InputError
from penumbra.network import load_model
from penumbra.propagation import Propagator
from penumbra.shot import FrameRange, Shot


def run(
    shot: Shot,
    *,
    device: str = "cpu",
    only: FrameRange | None = None,
    snapshots: int = BUDGET,
    wait: bool = False,
    load: Load = load_model,
) -> Generator[Event, None, None]:
    """Make a shot's mattes.

    Closing the iterator stops the run after the frame in hand: what is written stays complete, and the memory is kept,
    so that the next run of the same shot goes on from there with the same bits. Frames that are on disk and up to date
    are not made again.

    Args:
        shot: The order.
        device: Where the network runs. It does not belong to the order; CPU and GPU agree within a tolerance.
        only: The frames to make now; None: all. This and what follows change no pixel.
        snapshots: Bytes that memory beside the mattes may take.
        wait: Whether to wait where another run makes the same mattes.
        load: Loads the model; `WarmModels` keeps it for the next run.

    Yields:
        What happens, as it happens.

    Raises:
        PenumbraError: What stops it. All that can be found before the first frame is told at once.
    """
    opened = open_shot(shot, device, load)
    wanted = _wanted(opened, only)
    # With the names as they were ordered: a %V in them is good for the other view, too.
    yield Opened(replace(shot, settings=opened.shot.settings))
    yield from opened.notices
    delivery = opened.shot.delivery
    kept = Snapshots.beside(delivery, snapshots)
    with OutputLock(kept.folder, str(delivery.out)) as lock, memory_watched():
        yield from lock.take(wait=wait)
        sweep(delivery.out.parent, {delivery.path(frame).name for frame in wanted})
        with plate_facts(opened, kept.folder) as facts:
            itinerary = yield from prepared(opened, facts, kept.folder, wanted)
            output = Output.of(itinerary, kept)
            done = {frame for frame in wanted if output.stands(frame) == "done"}
            output.held.keep_only(itinerary.places, set(itinerary.frames) - done)
            journey = journey_of(output, [frame for frame in wanted if frame not in done])
            if done:
                yield Notice(f"{len(done)} of {len(wanted)} frames are there already and up to date.")
            yield from _traveled(journey, done)


def _wanted(opened: OpenedShot, only: FrameRange | None) -> FrameRange:
    frames = opened.source.frames
    if only is not None and (only.first not in frames or only.last not in frames):
        raise InputError(f"The frames {only} are not all in the shot, which is {frames}.", "Ask for some of these.")
    return only or frames


def _traveled(journey: Journey, done: Collection[int]) -> Iterator[Event]:
    """The journey, and at its end where two passes disagree, in this run and in those before it."""
    itinerary = journey.output.itinerary
    disagreements: dict[int, float | None] = {}
    if journey.length:
        propagator = Propagator(itinerary.opened.model, itinerary.opened.warmup)
        steps = Steps(propagator, KeyStates(propagator), journey.output.snapshots)
        with closing(journey.travel(steps)) as events:
            for event in events:
                if isinstance(event, FrameDone):
                    disagreements[event.frame] = event.disagreement
                yield event
    for frame in (frame for frame in done if len(itinerary.courses_of(frame)) > 1):
        disagreements[frame] = journey.output.disagreement(frame)
    yield from said_of_disagreement({frame: share for frame, share in disagreements.items() if share is not None})

"""What is left of a shot, course by course: `travel` reads like the list of a frame's stations."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from penumbra.engine.clock import Clock
from penumbra.engine.course import Course
from penumbra.engine.events import Event, FrameDone, Notice
from penumbra.engine.output import Output, job_writer
from penumbra.engine.plan import Leg
from penumbra.engine.steps import Arrived, Steps
from penumbra.errors import PenumbraError
from penumbra.image import Plate
from penumbra.plates import ReadAhead


@dataclass(frozen=True)
class Errand:
    """What is left of one course.

    Attributes:
        course: The pass.
        legs: The way to its frames.
        held: Its frames whose alphas wait for a later course.
        delivered: Its frames whose mattes can be made with it, as all other courses were there before.
    """

    course: Course
    legs: tuple[Leg, ...]
    held: frozenset[int]
    delivered: frozenset[int]


@dataclass(frozen=True)
class Journey:
    """All that is left of a shot.

    Attributes:
        errands: What is left of its courses, in the order of work.
        given: Frames that are left and need no network.
        output: What is on disk.
    """

    errands: tuple[Errand, ...]
    given: tuple[int, ...]
    output: Output

    @property
    def length(self) -> int:
        """How many frames have to be gone through."""
        return len(self.given) + sum(len(leg.frames) for errand in self.errands for leg in errand.legs)

    def travel(self, steps: Steps) -> Generator[Event, None, None]:
        """Make it."""
        if twice := sum(len(errand.held) for errand in self.errands):
            are = f"{twice} frames lie" if twice > 1 else "1 frame lies"
            yield Notice(f"{are} between key frames, or have objects with other ones, and are gone through again.")
        clock = Clock(self.length)
        yield clock.told()
        yield from self._give(clock)
        for errand in self.errands:
            yield from self._travel(errand, steps, clock)

    def _give(self, clock: Clock) -> Iterator[Event]:
        itinerary = self.output.itinerary

        def load(frame: int) -> Plate:
            # What was read is at least as new as the hash: else an old picture could count as up to date.
            itinerary.hashes.of(frame)
            return itinerary.opened.linear_plate(frame)

        with ReadAhead(self.given, load) as ahead, job_writer() as writer:
            for plate in ahead:
                yield from _said_of(plate)
                writer.put(self.output.delivery(plate.frame, itinerary.joined(plate.frame, plate, {})))
                yield clock.tick()
                yield from _told(writer.finished())
            yield from _told(writer.rest())

    def _travel(self, errand: Errand, steps: Steps, clock: Clock) -> Iterator[Event]:
        course, output = errand.course, self.output
        latest: Arrived | None = None
        thrift = steps.propagator.thrift
        try:
            with closing(steps.through(course, errand.legs)) as arriving, job_writer() as writer:
                for arrived in arriving:
                    latest = arrived
                    frame = arrived.frame
                    if steps.propagator.thrift != thrift:
                        thrift = steps.propagator.thrift
                        yield Notice(f"The device's memory is short: from frame {frame} on {thrift}.")
                    if frame in errand.delivered:
                        yield from _said_of(arrived.loaded.plate)
                        writer.put(output.delivery(frame, output.joined(course, arrived)))
                    elif frame in errand.held:
                        writer.put(output.holding(course, frame, arrived.alpha_Ohw))
                    yield clock.tick()
                    yield from _told(writer.finished())
                    if course.is_kept(frame):
                        # Memory is kept only when every frame before it is on disk.
                        yield from _told(writer.rest())
                        yield from output.keep(course, arrived)
                yield from _told(writer.rest())
        except (GeneratorExit, PenumbraError):
            if latest is not None and not course.is_over(latest.frame):
                # What went wrong is told already, and whoever stops does not listen any more.
                list(output.keep(course, latest))
            raise


def journey_of(output: Output, left: Sequence[int]) -> Journey:
    """The shortest way to some frames.

    Args:
        output: What is on disk, and how frames come about.
        left: The frames.
    """
    itinerary, held = output.itinerary, output.held
    delivered: dict[Course, set[int]] = {}
    to_hold: dict[Course, set[int]] = {}
    for frame in left:
        # The last of the courses that make a frame delivers it, and what the others found waits for it.
        for course in (courses := itinerary.courses_of(frame))[:-1]:
            if not held.has(course.chain.name, frame, course.chain.alpha(frame)):
                to_hold.setdefault(course, set()).add(frame)
        for course in courses[-1:]:
            delivered.setdefault(course, set()).add(frame)
    errands = tuple(_errands(output, delivered, to_hold))
    return Journey(errands, tuple(frame for frame in left if not itinerary.courses_of(frame)), output)


def _errands(
    output: Output, delivered: Mapping[Course, Collection[int]], to_hold: Mapping[Course, Collection[int]]
) -> Iterator[Errand]:
    for course in output.itinerary.courses:
        here, later = frozenset(delivered.get(course, ())), frozenset(to_hold.get(course, ()))
        if wanted := here | later:
            yield Errand(course, course.legs(wanted, output.snapshots), later, here)


def _told(results: Iterator[tuple[FrameDone, ...]]) -> Iterator[Event]:
    for events in results:
        yield from events


def _said_of(plate: Plate) -> Iterator[Notice]:
    """What the person should know of one frame."""
    if count := int((~np.isfinite(plate.rgb_HW3).all(axis=2)).sum()):
        are = "pixels are" if count > 1 else "pixel is"
        yield Notice(f"Frame {plate.frame}: {count} {are} NaN or infinite in the plate, and 0 in the matte.")
    if not plate.data_window & plate.window:
        yield Notice(
            f"Frame {plate.frame}: the plate has no pixels in its display window {plate.display_window}, only in "
            f"{plate.data_window}; the network sees black."
        )

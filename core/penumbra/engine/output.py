"""What a shot has on disk: its mattes, the alphas that wait for another pass, and memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from penumbra.delivery import WriteBehind, deliver, read_disagreement, read_fingerprint
from penumbra.engine.course import Course
from penumbra.engine.events import FrameDone, Notice
from penumbra.engine.itinerary import Itinerary, Joined
from penumbra.engine.kept.held import Held
from penumbra.engine.kept.snapshots import Snapshots
from penumbra.engine.steps import Arrived
from penumbra.errors import FileError, MachineError

Standing = Literal["done", "stale", "missing"]

# Writes something, and gives what is to be told of it.
Job = Callable[[], tuple[FrameDone, ...]]


def job_writer() -> WriteBehind[Job, tuple[FrameDone, ...]]:
    """Does jobs while the next frame is worked on."""
    return WriteBehind(lambda job: job())


@dataclass(frozen=True)
class Output:
    """The output of a shot.

    Attributes:
        itinerary: How its frames come about.
        held: Alphas that wait.
        snapshots: Memory.
    """

    itinerary: Itinerary
    held: Held
    snapshots: Snapshots

    @classmethod
    def of(cls, itinerary: Itinerary, snapshots: Snapshots) -> Output:
        """That beside some snapshots."""
        return cls(itinerary, Held(snapshots.folder / "held"), snapshots)

    @property
    def is_there(self) -> bool:
        """Whether its folder is: its disk may have gone."""
        return self.snapshots.folder.is_dir()

    def stands(self, frame: int) -> Standing:
        """Whether a frame's matte is there: `done`; `stale`, of an older order; or `missing`."""
        there = read_fingerprint(self.itinerary.opened.shot.delivery.path(frame))
        if there is None:
            return "missing"
        return "done" if there == self.itinerary.fingerprint(frame) else "stale"

    def disagreement(self, frame: int) -> float | None:
        """What a frame's matte that is there says of the passes that made it; None where one did."""
        return read_disagreement(self.itinerary.opened.shot.delivery.path(frame))

    def joined(self, course: Course, arrived: Arrived) -> Joined:
        """A frame's matte, now that the last of its courses has made it.

        Raises:
            FileError: An alpha that waited is gone.
            MachineError: So is the folder.
        """
        frame = arrived.frame
        others = [other for other in self.itinerary.courses_of(frame) if other is not course]
        try:
            alphas = {other: self.held.load(other.chain.name, frame).to(arrived.alpha_Ohw.device) for other in others}
        except FileError as fault:
            if not self.is_there:
                raise self._gone(frame) from fault
            raise FileError(
                f"What waited of frame {frame} for the second pass cannot be read any more.",
                "Run again: what is done stays, and the rest is made.",
                frame=frame,
                path=fault.path,
            ) from fault
        return self.itinerary.joined(frame, arrived.loaded, {**alphas, course: arrived.alpha_Ohw})

    def delivery(self, frame: int, joined: Joined) -> Job:
        """To write a matte. It raises MachineError where that cannot be done."""

        def job() -> tuple[FrameDone, ...]:
            delivery = self.itinerary.opened.shot.delivery
            with self._not_anew(frame):
                path = deliver(joined.matte, delivery, self.itinerary.provenance(frame, joined.disagreement))
            for course in self.itinerary.courses_of(frame)[:-1]:
                self.held.drop(course.chain.name, frame)
            return (FrameDone(frame, path, joined.disagreement),)

        return job

    def holding(self, course: Course, frame: int, alpha_Ohw: Tensor) -> Job:
        """To let an alpha wait. It raises MachineError where it cannot be written."""

        def job() -> tuple[FrameDone, ...]:
            with self._not_anew(frame):
                self.held.save(course.chain.name, frame, course.chain.alpha(frame), alpha_Ohw)
            return ()

        return job

    def keep(self, course: Course, arrived: Arrived) -> Iterator[Notice]:
        """Keep the memory after a frame. Without it only time is lost, so that a lack of room does not end the run."""
        chain, frame = course.chain, arrived.frame
        if not self.is_there:
            return  # and not made anew; the next matte tells of it
        try:
            self.snapshots.save(chain.name, frame, chain.memory(frame), arrived.state, self.itinerary.places)
        except MachineError as fault:
            yield Notice(f"The memory after frame {frame} is not kept: {fault.problem} A stop now costs more frames.")

    @contextmanager
    def _not_anew(self, frame: int) -> Iterator[None]:
        """In it the folder is not made anew where it is gone: its disk may be, and then mattes would be lost."""
        if not self.is_there:
            raise self._gone(frame)
        try:
            yield
        except MachineError as fault:
            if not self.is_there:
                raise self._gone(frame) from fault
            raise

    def _gone(self, frame: int) -> MachineError:
        folder = self.itinerary.opened.shot.delivery.out.parent
        return MachineError(
            f"The folder {folder}, or .penumbra in it, is gone since the run began.",
            "Bring it or its disk back, then run again: what is there stays, and the rest is made.",
            frame=frame,
            path=folder,
        )

"""A shot as a timeline: any frame of it, and how every frame stands."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from torch import Tensor

from penumbra.engine.course import Course
from penumbra.engine.device import memory_watched
from penumbra.engine.events import Event, outcome
from penumbra.engine.kept.snapshots import BUDGET, Snapshots
from penumbra.engine.key_states import KeyStates
from penumbra.engine.opened import open_shot
from penumbra.engine.output import Output, Standing
from penumbra.engine.prepare import plate_facts, prepared
from penumbra.engine.steps import Steps
from penumbra.engine.warm import Load
from penumbra.errors import InputError
from penumbra.image import Matte
from penumbra.network import load_model
from penumbra.propagation import Propagator
from penumbra.shot import Shot


@dataclass(frozen=True)
class FrameState:
    """How a frame stands.

    Attributes:
        frame: Its number.
        keys: The kind (`guide`, `approved`) of the key frame of each object that has one here.
        matte: `done`, `stale` (of an older order), or `missing`.
        disagreement: The share of the frame, 0..1, over which the passes that made its matte disagree strongly; None
            where one pass made it, or nothing is there.
    """

    frame: int
    keys: Mapping[str | None, str]
    matte: Standing
    disagreement: float | None


class Timeline:
    """Any frame of a shot, in any order, with the same bits as the whole run gives it.

    A frame costs the steps from the nearest memory before it in each of its passes: from a snapshot, where the shot or
    another frame was made before, and otherwise from the key frame. Memory is kept on the way.

    Args:
        shot: The order.
        device: Where the network runs.
        snapshots: Bytes that memory beside the mattes may take.
        load: Loads the model; `WarmModels` keeps it for others.

    Raises:
        PenumbraError: What is wrong with the order.
    """

    def __init__(self, shot: Shot, *, device: str = "cpu", snapshots: int = BUDGET, load: Load = load_model) -> None:
        outcome(self._open(shot, device, snapshots, load))

    @classmethod
    def opening(
        cls, shot: Shot, *, device: str = "cpu", snapshots: int = BUDGET, load: Load = load_model
    ) -> Generator[Event, None, Timeline]:
        """The same, for a door that tells what happens meanwhile, and may close it: plates may be looked through."""
        timeline = cls.__new__(cls)
        yield from timeline._open(shot, device, snapshots, load)
        return timeline

    def _open(self, shot: Shot, device: str, snapshots: int, load: Load) -> Generator[Event, None, None]:
        opened = open_shot(shot, device, load)
        kept = Snapshots.beside(opened.shot.delivery, snapshots)
        with plate_facts(opened, kept.folder) as self._facts:
            self._itinerary = yield from prepared(opened, self._facts, kept.folder, opened.source.frames)
        self._output = Output.of(self._itinerary, kept)
        propagator = Propagator(opened.model, opened.warmup)
        self._steps = Steps(propagator, KeyStates(propagator), kept)

    def matte(self, frame: int) -> Matte:
        """A frame's matte, made now. No matte on disk is read or written; memory is.

        Raises:
            InputError: The shot does not have the frame.
            FileError: A plate cannot be read.
            MachineError: There is too little memory.
        """
        itinerary = self._itinerary
        if frame not in itinerary.frames:
            raise InputError(f"The shot has no frame {frame}.", f"Its frames are {itinerary.frames}.", frame=frame)
        with memory_watched():
            plate = itinerary.opened.linear_plate(frame)
            alphas = {course: self._alpha(course, frame) for course in itinerary.courses_of(frame)}
            matte = itinerary.joined(frame, plate, alphas).matte
        self._keep_facts()
        return matte

    def states(self) -> tuple[FrameState, ...]:
        """How every frame stands on disk."""
        return tuple(self.each_state())

    def each_state(self) -> Iterator[FrameState]:
        """The same, frame by frame, for a door that may stop it: plates may have to be looked into."""
        try:
            yield from map(self._state, self._itinerary.frames)
        finally:
            self._keep_facts()

    def _state(self, frame: int) -> FrameState:
        keys = {key.object: key.kind for key in self._itinerary.opened.shot.key_frames if key.frame == frame}
        matte = self._output.stands(frame)
        return FrameState(frame, keys, matte, None if matte == "missing" else self._output.disagreement(frame))

    def _keep_facts(self) -> None:
        if self._output.is_there:
            self._facts.keep()

    def _alpha(self, course: Course, frame: int) -> Tensor:
        with closing(self._steps.through(course, course.legs([frame], self._output.snapshots))) as arriving:
            for arrived in arriving:
                if course.is_kept(arrived.frame):
                    list(self._output.keep(course, arrived))
        return arrived.alpha_Ohw

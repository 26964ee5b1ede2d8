"""A course, frame by frame through the network."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace

from torch import Tensor

from penumbra.engine.bench import Loaded
from penumbra.engine.course import Course
from penumbra.engine.kept.snapshots import Snapshots
from penumbra.engine.key_states import Begun, KeyStates
from penumbra.engine.plan import Leg
from penumbra.memory import MemoryState
from penumbra.plates import ReadAhead
from penumbra.propagation import Propagates


@dataclass(frozen=True)
class Arrived:
    """A frame that went through the network: its plate, its alpha `[O,h,w]`, and the memory after it."""

    loaded: Loaded
    alpha_Ohw: Tensor
    state: MemoryState

    @property
    def frame(self) -> int:
        """Its number."""
        return self.loaded.frame


@dataclass(frozen=True)
class Steps:
    """Puts the frames of a course through the network.

    Attributes:
        propagator: The network.
        keys: The key frames.
        snapshots: Memory on disk.
    """

    propagator: Propagates
    keys: KeyStates
    snapshots: Snapshots

    def through(self, course: Course, legs: Sequence[Leg]) -> Generator[Arrived, None, None]:
        """The frames of some legs, in order.

        Where memory that a leg would take up is damaged, or gone by now, the way to it is gone through as well.
        Close it when it is left early: its threads read ahead.

        Raises:
            FileError: A plate cannot be read any more.
        """
        for leg in legs:
            begun = self._begun(course) if leg.start is None else None
            start = begun.state if begun else self._remembered(course, leg.start)
            if start is None:
                yield from self.through(course, course.legs(leg.frames, self.snapshots))
                continue
            self.propagator.restore(start)
            with ReadAhead(leg.frames, course.bench.load) as ahead:
                for loaded in ahead:
                    if begun is not None and loaded.frame == course.run.key:
                        yield Arrived(loaded, begun.alpha_Ohw, begun.state)
                        continue
                    alpha_Ohw = self.propagator.step(loaded.view_3hw)
                    yield Arrived(loaded, alpha_Ohw, self.propagator.state)

    def _remembered(self, course: Course, frame: int | None) -> MemoryState | None:
        assert frame is not None
        return self.snapshots.load(course.chain.name, frame, course.chain.memory(frame))

    def _begun(self, course: Course) -> Begun:
        """The pass's key frame, with the memory that the pass begins with: it holds the other one as well."""
        own = self.keys.at(course.bench, course.run.key)
        if course.run.other is None:
            return own
        return replace(own, state=own.state.holding(self.keys.at(course.bench, course.run.other).state))

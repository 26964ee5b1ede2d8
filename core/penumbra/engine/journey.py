"""One pass through the house: `travel` reads like the list of its stations."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

from torch import Tensor

from penumbra.delivery import WriteBehind, deliver
from penumbra.engine.bench import Bench, Loaded
from penumbra.engine.clock import Clock
from penumbra.engine.events import Event, FrameDone, Notice
from penumbra.engine.fingerprints import Fingerprints
from penumbra.engine.plan import Work
from penumbra.engine.snapshots import EVERY, Snapshots
from penumbra.image import Matte
from penumbra.memory import MemoryState
from penumbra.plates import ReadAhead
from penumbra.propagation import Propagates


@dataclass(frozen=True)
class Journey:
    """What is left of one pass. `state` is the memory that it takes up, if any."""

    bench: Bench
    work: Work
    state: MemoryState | None
    fingerprints: Fingerprints
    snapshots: Snapshots

    def travel(
        self, propagator: Propagates, at_key: MemoryState | None, clock: Clock
    ) -> Generator[Event, None, MemoryState | None]:
        """Make it. Takes and returns the memory after the key frame, which both directions begin with."""
        key, through = self.work.run.key, self.work.through
        if through[0] != key:
            begin = self.state or at_key
            if begin is None:
                self._start(propagator, self.bench.load(key))
                begin = at_key = propagator.state
            propagator.restore(begin)
        latest: int | None = None
        try:
            with ReadAhead(through, self.bench.load) as ahead, WriteBehind(self._write) as writer:
                for loaded in ahead:
                    yield from _said_of(loaded)
                    is_key = loaded.frame == key
                    alpha_Ohw = self._start(propagator, loaded) if is_key else propagator.step(loaded.view_3hw)
                    latest = loaded.frame
                    at_key = propagator.state if is_key else at_key
                    if latest in self.work.to_write:
                        writer.put(self.bench.finished(loaded, alpha_Ohw))
                    yield clock.tick()
                    yield from writer.finished()
                    if latest == through[-1] or (through.index(latest) + 1) % EVERY == 0:
                        # Memory is kept only when every frame before it is on disk.
                        yield from writer.rest()
                        self._keep(latest, propagator.state)
        except GeneratorExit:
            if latest is not None:
                self._keep(latest, propagator.state)
            raise
        return at_key

    def _start(self, propagator: Propagates, loaded: Loaded) -> Tensor:
        return propagator.start(loaded.view_3hw, self.bench.masks_Ohw)

    def _write(self, matte: Matte) -> FrameDone:
        frame, opened = matte.plate.frame, self.bench.opened
        provenance = opened.provenance(self.bench.region, self.fingerprints.of(frame))
        return FrameDone(frame, deliver(matte, opened.shot.delivery, provenance))

    def _keep(self, frame: int, state: MemoryState) -> None:
        self.snapshots.save(self.work.run.direction, frame, self.fingerprints.of(frame), state)


def _said_of(loaded: Loaded) -> Iterator[Notice]:
    """What the person should know of one frame."""
    if count := loaded.broken_pixels:
        are = "pixels are" if count > 1 else "pixel is"
        yield Notice(f"Frame {loaded.frame}: {count} {are} NaN or infinite in the plate, and 0 in the matte.")
    plate = loaded.plate
    if not plate.data_window & plate.window:
        yield Notice(
            f"Frame {loaded.frame}: the plate has no pixels in its display window {plate.display_window}, only in "
            f"{plate.data_window}; the network sees black."
        )

"""One pass as it is traveled: what it sees, what it is called, and what is left of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from penumbra.engine.bench import Bench
from penumbra.engine.fingerprints import Chain
from penumbra.engine.kept.snapshots import EVERY, Snapshots
from penumbra.engine.plan import Gap, Leg, Pass, legs


@dataclass(frozen=True, eq=False)
class Course:
    """A pass of one group of objects through one gap."""

    bench: Bench
    gap: Gap
    chain: Chain

    @property
    def run(self) -> Pass:
        """The pass."""
        return self.chain.run

    @property
    def places(self) -> tuple[int, ...]:
        """The frames that its memory goes through, the key frame first."""
        run = self.run
        return run.frames if run.frames[:1] == (run.key,) else (run.key, *run.frames)

    def legs(self, wanted: Collection[int], snapshots: Snapshots) -> tuple[Leg, ...]:
        """The shortest way to the frames that are wanted, as far as the snapshots' names tell."""
        remembered = snapshots.there(self.chain.name, self.chain.memory, self.run.frames) if wanted else ()
        return legs(self.run, wanted, remembered)

    def is_over(self, frame: int) -> bool:
        """Whether nothing can come after a frame: what does is another key frame's."""
        return frame == self.run.frames[-1] and self.run.other is not None

    def is_kept(self, frame: int) -> bool:
        """Whether the memory after a frame is worth a snapshot."""
        run = self.run
        return not self.is_over(frame) and (frame == run.frames[-1] or (run.place(frame) + 1) % EVERY == 0)

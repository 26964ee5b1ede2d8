"""Memory on disk beside the mattes, so that a run that was stopped goes on where it was.

One file per pass, whose name says after which frame it is and of what it was made. It may be deleted at any time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from penumbra.engine.plan import Direction
from penumbra.errors import FileError
from penumbra.memory import MemoryState
from penumbra.shot import Delivery, FramePattern

FOLDER = ".penumbra"
# Frames between two snapshots: what a kill can cost at most.
EVERY = 20
SHORT = 16
NAME = re.compile(rf"(forward|backward)\.(-?\d+)\.([0-9a-f]{{{SHORT}}})\.safetensors")


@dataclass(frozen=True)
class Snapshot:
    """The memory after a frame, with the beginning of that frame's fingerprint."""

    frame: int
    fingerprint: str
    state: MemoryState


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one output."""

    folder: Path

    @classmethod
    def beside(cls, delivery: Delivery) -> Snapshots:
        """Those of the mattes of this name."""
        return cls(delivery.out.parent / FOLDER / FramePattern.parse(delivery.out).name)

    def latest(self, direction: Direction) -> Snapshot | None:
        """The pass's snapshot, if there is one that can be read."""
        for path in self._of(direction):
            found = NAME.fullmatch(path.name)
            assert found is not None
            try:
                return Snapshot(int(found[2]), found[3], MemoryState.load(path))
            except FileError:
                continue
        return None

    def save(self, direction: Direction, frame: int, fingerprint: str, state: MemoryState) -> None:
        """Keep the memory after `frame`, instead of the one before.

        Raises:
            MachineError: It cannot be written.
        """
        older = self._of(direction)
        path = self.folder / f"{direction}.{frame}.{fingerprint[:SHORT]}.safetensors"
        state.save(path)
        for file in older:
            if file != path:
                file.unlink(missing_ok=True)

    def _of(self, direction: Direction) -> list[Path]:
        """Newest first; more than one only where a run was killed between writing and deleting."""
        if not self.folder.is_dir():
            return []
        files = [path for path in self.folder.iterdir() if NAME.fullmatch(path.name)]
        mine = [path for path in files if path.name.startswith(f"{direction}.")]
        return sorted(mine, key=_written_at, reverse=True)


def _written_at(path: Path) -> int:
    """In nanoseconds; 0 where another run of the same output has just replaced the file."""
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0

"""Memory on disk beside the mattes, within a budget of bytes: where a run goes on, and where a seek begins.

One file for each snapshot, whose name says of which pass it is, after which frame, and of what it was made. Any of them
may be deleted at any time, by anyone, also while it is looked at: then only time is lost. The mattes matter more: of
the room that the disk would have without them, all snapshots together leave half.
"""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from penumbra.aside import sweep
from penumbra.engine.kept.spread import Place, least_missed_first
from penumbra.errors import FileError, MachineError
from penumbra.memory import MemoryState
from penumbra.shot import Delivery, FramePattern

FOLDER = ".penumbra"
# Frames between two snapshots when they are made: what a kill can cost at most.
EVERY = 20
# Bytes of all snapshots beside one output, unless the person says another.
BUDGET = 2 * 10**9
SHORT = 16
NAME = re.compile(rf"(?P<chain>.+)\.(?P<frame>-?[0-9]+)\.(?P<short>[0-9a-f]{{{SHORT}}})\.safetensors")


@dataclass(frozen=True)
class Kept:
    """A snapshot's file, as it was when the folder was looked at. `written` is in nanoseconds."""

    path: Path
    chain: str
    frame: int
    short: str
    size: int
    written: int


@dataclass(frozen=True)
class Snapshots:
    """The snapshots of one output.

    Attributes:
        folder: Where they lie.
        budget: How many bytes they may take. The newest is kept even if it alone takes more; with 0 none is.
    """

    folder: Path
    budget: int = BUDGET
    # Of plates that have changed since: they go first.
    _useless: set[Path] = field(default_factory=set, repr=False, compare=False)
    # What could neither be loaded nor deleted: whoever asks what is there must not meet it again and again.
    _refused: set[Path] = field(default_factory=set, repr=False, compare=False)

    @classmethod
    def beside(cls, delivery: Delivery, budget: int = BUDGET) -> Snapshots:
        """Those of the mattes of this name."""
        pattern = FramePattern.parse(delivery.out)
        # However the numbers' width is written: two ways may name the same files.
        return cls(delivery.out.parent / FOLDER / f"{pattern.prefix}#{pattern.suffix}", budget)

    def there(self, chain: str, fingerprint: Callable[[int], str], frames: Sequence[int]) -> tuple[int, ...]:
        """The frames of a pass after which there is a snapshot whose name fits, in the pass's order.

        What is in the file shows when it is loaded.

        Args:
            chain: Names the pass.
            fingerprint: Of one of its frames; asked only for frames that have a file, as it may have to hash plates.
            frames: All frames of the pass, in the order in which they are made.

        Raises:
            FileError: From `fingerprint`, where a plate cannot be read.
        """
        here: dict[int, list[Kept]] = {}
        for kept in self._kept():
            if kept.chain == chain:
                here.setdefault(kept.frame, []).append(kept)
        found = []
        for frame in frames:
            if frame not in here:
                continue
            fits = self._path(chain, frame, fingerprint(frame))
            self._useless.update(kept.path for kept in here[frame])
            self._useless.discard(fits)
            if any(kept.path == fits for kept in here[frame]) and fits not in self._refused:
                found.append(frame)
        return tuple(found)

    def load(self, chain: str, frame: int, fingerprint: str) -> MemoryState | None:
        """The memory after a frame; None where it is gone, damaged, or of something else: then it is there no more."""
        path = self._path(chain, frame, fingerprint)
        try:
            return MemoryState.load(path, fingerprint)
        except FileError:
            if not _delete(path):
                self._refused.add(path)
            return None

    def save(
        self, chain: str, frame: int, fingerprint: str, state: MemoryState, places: Mapping[str, Sequence[int]]
    ) -> None:
        """Keep the memory after a frame, and then make room: the least useful goes first, never this one.

        The least useful are those that fit nothing any more, oldest first; then the one whose loss leaves the smallest
        hole. So what stays is spread evenly over the passes.

        Args:
            chain: Names the pass.
            frame: The frame that the memory is of.
            fingerprint: Of the frame.
            state: The memory.
            places: The chains of the shot as it is ordered now, each with all frames of its pass, in the order in which
                they are made, key frame first.

        Raises:
            MachineError: It cannot be written, not even when all others made room for it. Only time is lost if the run
                goes on without it.
        """
        if not self.budget:
            return
        path = self._path(chain, frame, fingerprint)
        while True:
            try:
                state.save(path, fingerprint)
                break
            except MachineError as fault:
                least = next(self._least_useful_first(places, path), None) if _is_full(fault) else None
                # What cannot be deleted makes no room, however often one tries.
                if least is None or not _delete(least.path):
                    raise
        self._useless.discard(path)
        self._refused.discard(path)
        self._make_room(places, path)

    def _make_room(self, places: Mapping[str, Sequence[int]], newest: Path) -> None:
        used = sum(kept.size for kept in self._kept())
        allowed = self._allowed(used)
        leaving = self._least_useful_first(places, newest)
        while used > allowed and (least := next(leaving, None)):
            if _delete(least.path):
                used -= least.size
        with suppress(OSError):
            sweep(self.folder, {entry.name[1:].rsplit(".", 2)[0] for entry in self.folder.glob(".*.part")})

    def _allowed(self, used: int) -> int:
        """How many bytes all may take, of which `used` are taken: the mattes need the disk, too."""
        with suppress(OSError):
            return min(self.budget, (used + shutil.disk_usage(self.folder).free) // 2)
        return self.budget

    def _least_useful_first(self, places: Mapping[str, Sequence[int]], newest: Path) -> Iterator[Kept]:
        """All but the newest."""
        useful: dict[Place, Kept] = {}
        useless: list[Kept] = []
        for kept in sorted(self._kept(), key=lambda kept: kept.written):
            place = kept.chain, kept.frame
            if kept.path in self._useless or kept.frame not in places.get(kept.chain, ()):
                useless.append(kept)
                continue
            if place in useful:
                useless.append(useful[place])
            useful[place] = kept
        yield from (kept for kept in useless if kept.path != newest)
        is_newest = next((place for place, kept in useful.items() if kept.path == newest), None)
        yield from (useful[place] for place in least_missed_first(useful, places, is_newest))

    def _kept(self) -> list[Kept]:
        """What lies there now."""
        found = []
        # Another process may delete a file, or all, between being listed and looked at.
        with suppress(OSError):
            for path in self.folder.iterdir():
                if called := NAME.fullmatch(path.name):
                    with suppress(OSError):
                        facts = path.stat()
                        named = called["chain"], int(called["frame"]), called["short"]
                        found.append(Kept(path, *named, facts.st_size, facts.st_mtime_ns))
        return found

    def _path(self, chain: str, frame: int, fingerprint: str) -> Path:
        return self.folder / f"{chain}.{frame}.{fingerprint[:SHORT]}.safetensors"


def _delete(path: Path) -> bool:
    """Whether it is gone."""
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _is_full(fault: MachineError) -> bool:
    cause = fault.__cause__
    return isinstance(cause, OSError) and cause.errno in (errno.ENOSPC, errno.EDQUOT)

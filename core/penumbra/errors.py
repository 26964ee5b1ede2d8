"""Every way in which Penumbra says no, in one tree.

    PenumbraError
    |-- InputError     2   the person's order: a wrong option, an empty mask, a frame outside the range
    |-- FileError      3   a file: missing, unreadable, of the wrong size
    |-- MachineError   4   the machine: no disk room, no permission, no memory
    |   `-- BusyError  4   another run is at work on the same output
    `-- Faults             several of these at once, so that a shot is mended in one go

The number is the exit code of the command line. 0 is done, and 5 is kept for what is not in this tree: our own bugs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar


class PenumbraError(Exception):
    """Something that the person can act on.

    Args:
        problem: What was received and what was expected, as a sentence.
        next_step: What to do about it, as a sentence.
        frame: The frame number that it concerns, where there is one.
        path: The file or folder that it concerns, where there is one.
        field: The field that it concerns, from the outermost record inward; a list's entry is a number from 0.
    """

    exit_code: ClassVar[int]

    def __init__(
        self,
        problem: str,
        next_step: str = "",
        *,
        frame: int | None = None,
        path: Path | str | None = None,
        field: tuple[str | int, ...] = (),
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.next_step = next_step
        self.frame = frame
        self.path = None if path is None else Path(path)
        self.field = field

    @property
    def each(self) -> tuple[PenumbraError, ...]:
        """The single faults that it is."""
        return (self,)

    def __str__(self) -> str:
        """The problem, and then what to do."""
        return f"{self.problem} {self.next_step}".strip()


class InputError(PenumbraError):
    """The order cannot be carried out as it is given."""

    exit_code = 2


class FileError(PenumbraError):
    """A file is missing, unreadable, or not what it should be."""

    exit_code = 3


class MachineError(PenumbraError):
    """The machine has no room, no right, or no memory for it."""

    exit_code = 4


class BusyError(MachineError):
    """Another run is at work on the same output; its words say whose."""


class Faults(PenumbraError):
    """Several faults that were found before the first frame, each one an error of this tree."""

    def __init__(self, faults: Sequence[PenumbraError]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(str(fault) for fault in self.faults))

    @property
    def each(self) -> tuple[PenumbraError, ...]:
        """The single faults that it is."""
        return self.faults

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        """The code of the first fault: the order comes before its files, and these before the machine."""
        return min(fault.exit_code for fault in self.faults)


def raise_faults(faults: Sequence[PenumbraError]) -> None:
    """Raise what was found: nothing, the one fault itself, or all of them as `Faults`."""
    if len(faults) == 1:
        raise faults[0]
    if faults:
        raise Faults(faults)

"""What a run tells the door that started it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penumbra.shot import Shot


@dataclass(frozen=True)
class Opened:
    """The shot can be run. Told first.

    Attributes:
        shot: The order, as it was named, with all that was decided when it was opened: its color space, the OCIO
            configuration that has it, and its exposure as a number.
    """

    shot: Shot


@dataclass(frozen=True)
class Notice:
    """Something that the person should know; nothing is wrong."""

    text: str


@dataclass(frozen=True)
class FrameDone:
    """The matte of a frame is on disk, complete."""

    frame: int
    path: Path


@dataclass(frozen=True)
class Progress:
    """How far the run is. Told once with `done` = 0 before the first frame.

    Attributes:
        done: Frames that went through the network.
        total: Frames that have to.
        seconds: Since the first one began.
        looking: Whether it only looks where the subject goes, and makes no mattes yet.
    """

    done: int
    total: int
    seconds: float
    looking: bool = False

    @property
    def frames_per_second(self) -> float:
        """The speed so far; 0 before the first frame."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None before the first frame."""
        return (self.total - self.done) / self.frames_per_second if self.done and self.seconds > 0 else None


Event = Opened | Notice | FrameDone | Progress

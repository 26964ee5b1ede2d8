"""What a run tells the door that started it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from penumbra.shot import Shot

T = TypeVar("T")

Stage = Literal["cuts", "subject", "matting"]


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
    """The matte of a frame is on disk, complete.

    Attributes:
        frame: Its number.
        path: The file.
        disagreement: The share of the frame, 0..1, over which the passes from two key frames disagree strongly; None
            where one pass made it.
    """

    frame: int
    path: Path
    disagreement: float | None = None


@dataclass(frozen=True)
class Progress:
    """How far the run is. Told once with `done` = 0 before the first frame.

    Attributes:
        done: Frames that were gone through.
        total: Frames that have to be.
        seconds: Since the first one began.
        stage: What is being done: `matting`, or before it a look at the plates for `cuts`, or at where the `subject`
            goes, which make no mattes yet.
    """

    done: int
    total: int
    seconds: float
    stage: Stage = "matting"

    @property
    def looking(self) -> bool:
        """Whether it makes no mattes yet."""
        return self.stage != "matting"

    @property
    def frames_per_second(self) -> float:
        """The speed so far; 0 before the first frame."""
        return self.done / self.seconds if self.seconds > 0 else 0.0

    @property
    def seconds_left(self) -> float | None:
        """At the speed so far; None before the first frame."""
        return (self.total - self.done) / self.frames_per_second if self.done and self.seconds > 0 else None


@dataclass(frozen=True)
class Waiting:
    """The run still waits for another one of the same output. Told twice a second.

    Attributes:
        seconds: Since it began to.
    """

    seconds: float


Event = Opened | Waiting | Notice | FrameDone | Progress


def outcome(events: Generator[Event, None, T]) -> T:
    """What comes of some work when nobody wants to hear of its events."""
    while True:
        try:
            next(events)
        except StopIteration as end:
            result: T = end.value
            return result

"""Which frames are still to do, in which passes, from which memory. Numbers and fingerprints; no pixels.

A frame's fingerprint chains all that it was made from: the shot's digest, then every plate from the key frame to it. A
matte on disk is done when its header holds the fingerprint that it would get now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from penumbra.errors import FileError
from penumbra.shot import FrameRange

Direction = Literal["forward", "backward"]


@dataclass(frozen=True)
class Pass:
    """A run of frames in one direction. The key frame is the forward pass's first.

    Attributes:
        direction: Where it goes.
        key: The key frame.
        frames: In the order in which they are made.
    """

    direction: Direction
    key: int
    frames: tuple[int, ...]


def passes(key: int, frames: FrameRange) -> tuple[Pass, ...]:
    """Forward from the key frame to the end, and backward from it to the beginning, where there is one."""
    forward = Pass("forward", key, tuple(range(key, frames.last + 1)))
    backward = Pass("backward", key, tuple(range(key - 1, frames.first - 1, -1)))
    return (forward, backward) if backward.frames else (forward,)


@dataclass
class Fingerprints:
    """Fingerprints of frames; each plate's file is read once.

    Attributes:
        digest: The shot's.
        key: The key frame, where the chains begin.
        path: Gives a plate's file.
    """

    digest: str
    key: int
    path: Callable[[int], Path]
    _plates: dict[int, str] = field(default_factory=dict)
    _mattes: dict[int, str] = field(default_factory=dict)

    def plate(self, frame: int) -> str:
        """SHA-256 of a plate's file. May be called from several threads.

        Raises:
            FileError: It cannot be read.
        """
        if frame not in self._plates:
            try:
                with self.path(frame).open("rb") as file:
                    self._plates[frame] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as fault:
                raise FileError(
                    f"Frame {frame} cannot be read any more: {fault.strerror or fault}.",
                    "Check the plate's folder, then run again: what is done stays.",
                    frame=frame,
                    path=self.path(frame),
                ) from fault
        return self._plates[frame]

    def of(self, frame: int) -> str:
        """The fingerprint of a frame's matte."""
        onward = 1 if frame >= self.key else -1
        chain = self.digest
        for since in range(self.key, frame + onward, onward):
            if since not in self._mattes:
                self._mattes[since] = hashlib.sha256(f"{chain} {self.plate(since)}".encode()).hexdigest()
            chain = self._mattes[since]
        return chain


@dataclass(frozen=True)
class Work:
    """What is left of a pass.

    Attributes:
        run: The pass.
        to_write: Frames whose matte is missing or out of date.
        start: The frame whose memory is taken up again; None: from the key frame.
        through: Frames to put through the network, in order, from after `start` to the last one to write.
    """

    run: Pass
    to_write: frozenset[int]
    start: int | None
    through: tuple[int, ...]


def remaining(run: Pass, is_done: Callable[[int], bool], remembered: int | None) -> Work | None:
    """What is left of a pass; None where it is done.

    Args:
        run: The pass.
        is_done: Whether a frame's matte is on disk and up to date.
        remembered: The frame after which memory is on disk and up to date, if there is one.
    """
    to_write = frozenset(frame for frame in run.frames if not is_done(frame))
    if not to_write:
        return None
    places = [index for index, frame in enumerate(run.frames) if frame in to_write]
    # Memory serves only where nothing before it is missing.
    serves = remembered in run.frames and run.frames.index(remembered) < places[0]
    start = remembered if serves else None
    begin = 0 if start is None else run.frames.index(start) + 1
    return Work(run, to_write, start, run.frames[begin : places[-1] + 1])

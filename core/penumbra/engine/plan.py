"""Which frames are still to do, in which passes, from which memory. Numbers only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

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

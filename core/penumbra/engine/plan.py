"""Which passes make which frames, which of them are still to do, and from which memory. Numbers only."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from penumbra.shot import FrameRange

Direction = Literal["forward", "backward"]


@dataclass(frozen=True)
class Pass:
    """A run of frames in one direction from a key frame, which is a forward pass's first.

    Attributes:
        direction: Where it goes.
        key: The key frame that it begins with.
        other: The key frame that it goes toward, and knows as well; None where there is none.
        frames: In the order in which they are made.
    """

    direction: Direction
    key: int
    other: int | None
    frames: tuple[int, ...]

    def place(self, frame: int) -> int:
        """How many frames of the pass come before this one."""
        return abs(frame - self.frames[0])


@dataclass(frozen=True)
class Gap:
    """The frames from a key frame to before the next one, or before the first key frame.

    Attributes:
        left: The key frame that it begins with; None before the first one.
        right: The key frame that follows it; None after the last one.
        frames: Its frames, `left` among them and `right` not.
    """

    left: int | None
    right: int | None
    frames: FrameRange

    def passes(self, direction: str = "both") -> tuple[Pass, ...]:
        """How its frames are made, in the order of work.

        Args:
            direction: Of the passes between two key frames: `forward`, `backward`, or `both`.
        """
        first, last = self.frames.first, self.frames.last
        if self.left is None:
            assert self.right is not None, "a gap lies beside a key frame"
            return (Pass("backward", self.right, None, tuple(range(last, first - 1, -1))),)
        if self.right is None:
            return (Pass("forward", self.left, None, tuple(self.frames)),)
        between = tuple(range(last, first, -1))
        # The key frame's own matte is the forward pass's, also where nothing else of it is wanted.
        forward = Pass("forward", self.left, self.right, (first,) if direction == "backward" else tuple(self.frames))
        backward = Pass("backward", self.right, self.left, between)
        return (forward, backward) if between and direction != "forward" else (forward,)

    def place(self, frame: int) -> float:
        """Where a frame lies between the key frames: 0 at the left one, 1 at the right one."""
        assert self.left is not None
        assert self.right is not None
        return (frame - self.left) / (self.right - self.left)


def scenes(frames: FrameRange, cuts: Collection[int]) -> tuple[FrameRange, ...]:
    """The range, divided after the frames that a cut follows."""
    ends = [frames.first - 1, *sorted(cut for cut in cuts if frames.first <= cut < frames.last), frames.last]
    return tuple(FrameRange(before + 1, last) for before, last in pairwise(ends))


def gaps(keys: Collection[int], scene: FrameRange) -> tuple[Gap, ...]:
    """The gaps of one scene in the order of work, which begins at the first key frame; none where it has none."""
    own = sorted(key for key in keys if key in scene)
    if not own:
        return ()
    before = [Gap(None, own[0], FrameRange(scene.first, own[0] - 1))] if scene.first < own[0] else []
    between = [Gap(left, right, FrameRange(left, right - 1)) for left, right in pairwise(own)]
    return (*between, Gap(own[-1], None, FrameRange(own[-1], scene.last)), *before)


@dataclass(frozen=True)
class Leg:
    """Frames to put through the network one after the other.

    Attributes:
        start: The frame whose memory is taken up; None: the key frame's.
        frames: In order.
    """

    start: int | None
    frames: tuple[int, ...]


def legs(run: Pass, wanted: Collection[int], remembered: Collection[int]) -> tuple[Leg, ...]:
    """The shortest way through a pass to the frames that are wanted.

    Args:
        run: The pass.
        wanted: Frames of it that have to be made.
        remembered: Frames after which memory is on disk.
    """
    return tuple(_legs(run, sorted(map(run.place, wanted)), sorted(map(run.place, remembered))))


def _legs(run: Pass, wanted: Sequence[int], remembered: Sequence[int]) -> Iterator[Leg]:
    start: int | None = None
    begin = end = 0
    for place in wanted:
        before = bisect_left(remembered, place)
        nearest = remembered[before - 1] if before else None
        # Memory that lies behind what is gone through already saves nothing.
        if nearest is not None and nearest >= end:
            if end > begin:
                yield Leg(start, run.frames[begin:end])
            start, begin = run.frames[nearest], nearest + 1
        end = place + 1
    if end > begin:
        yield Leg(start, run.frames[begin:end])

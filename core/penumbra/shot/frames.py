"""Frame ranges as people write them: both ends belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from penumbra.errors import InputError
from penumbra.shot import fields


@dataclass(frozen=True)
class FrameRange:
    """Every frame from `first` to `last`, both included."""

    first: int
    last: int

    def __post_init__(self) -> None:
        """Refuse what is no range."""
        fields.whole_number("The first frame", self.first)
        fields.whole_number("The last frame", self.last)
        if self.last < self.first:
            raise InputError(
                f"The frame range {self.first}-{self.last} ends before it begins.",
                f"Write {self.last}-{self.first}.",
            )

    @classmethod
    def parse(cls, text: str) -> FrameRange:
        """`1001-1048`, or `1001` for one frame.

        Raises:
            InputError: It is no range, or one with a step.
        """
        ends = re.fullmatch(r"(-?\d+)(?:-(-?\d+))?(x\d+)?", text.strip())
        if not ends:
            raise InputError(f"{text!r} is not a frame range.", "Write it as 1001-1048.")
        first, last, step = ends.groups()
        if step:
            raise InputError(
                f"The frame range {text.strip()} leaves frames out.",
                f"Every frame is needed for the next one: write {first}-{last or first}.",
            )
        return cls(int(first), int(last or first))

    def __iter__(self) -> Iterator[int]:
        return iter(range(self.first, self.last + 1))

    def __contains__(self, frame: object) -> bool:
        return isinstance(frame, int) and self.first <= frame <= self.last

    def __len__(self) -> int:
        return self.last - self.first + 1

    def __str__(self) -> str:
        """The reverse of `parse`."""
        return f"{self.first}" if self.first == self.last else f"{self.first}-{self.last}"


def in_ranges(frames: Iterable[int]) -> str:
    """`1011-1012, 1014` for 1011, 1012 and 1014, in any order."""
    ranges: list[FrameRange] = []
    for frame in sorted(set(frames)):
        if ranges and ranges[-1].last == frame - 1:
            ranges[-1] = FrameRange(ranges[-1].first, frame)
        else:
            ranges.append(FrameRange(frame, frame))
    return ", ".join(map(str, ranges))


def named(frames: Iterable[int]) -> str:
    """The beginning of a sentence about frames: `Frame 1014`, `Frames 1011-1012, 1014`."""
    text = in_ranges(frames)
    return f"Frame {text}" if re.fullmatch(r"-?\d+", text) else f"Frames {text}"

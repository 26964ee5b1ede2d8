"""Frame ranges as people write them: both ends belong to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Annotated

from penumbra.errors import InputError
from penumbra.shot.fields import Within, check

# Nine digits are more than any tool counts, and few enough to be counted.
NUMBER = "-?[0-9]{1,9}"
COUNTED = Within(-999_999_999, 999_999_999)
# Eleven hours at 24 a second. A longer range is a slip of the hand, which must not fill the memory.
LONGEST = 1_000_000
# More key frames than anyone gives, likewise.
MOST_AT_ONCE = 100_000


@dataclass(frozen=True)
class FrameRange:
    """Every frame from `first` to `last`, both included."""

    first: Annotated[int, COUNTED]
    last: Annotated[int, COUNTED]

    def __post_init__(self) -> None:
        """Refuse what is no range."""
        check(self, "The {} frame")
        if self.last < self.first:
            raise InputError(
                f"The frame range {self.first}-{self.last} ends before it begins.",
                f"Write {self.last}-{self.first}.",
            )
        if len(self) > LONGEST:
            raise InputError(
                f"The frame range {self.first}-{self.last} has {len(self):,} frames.",
                f"Give a range of {LONGEST:,} at most.",
            )

    @classmethod
    def parse(cls, text: str) -> FrameRange:
        """`1001-1048`, or `1001` for one frame.

        Raises:
            InputError: It is no range, or one with a step.
        """
        ends = re.fullmatch(f"({NUMBER})(?:-({NUMBER}))?(x[0-9]+)?", text.strip())
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


def parse_frames(text: str) -> tuple[int, ...]:
    """`1001`, `1001-1010`, or several with commas: the numbers, each once, in their order.

    Raises:
        InputError: It is none of these, or of very many frames.
    """
    ranges = [FrameRange.parse(part) for part in text.split(",")]
    if sum(map(len, ranges)) > MOST_AT_ONCE:
        raise InputError(f"{text.strip()!r} is of more than {MOST_AT_ONCE} frames.", "Write it as 1001-1010.")
    return tuple(sorted({frame for part in ranges for frame in part}))


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

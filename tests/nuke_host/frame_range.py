"""Frame ranges, inclusive."""

from __future__ import annotations

from collections.abc import Iterator


class FrameRange:
    """`first` to `last` by `increment`."""

    def __init__(self, first: int, last: int, increment: int = 1) -> None:
        self._first, self._last, self._step = int(first), int(last), int(increment)

    def first(self) -> int:
        return self._first

    def last(self) -> int:
        return self._last

    def increment(self) -> int:
        return self._step

    def frames(self) -> int:
        return len(range(self._first, self._last + 1, self._step))

    def __iter__(self) -> Iterator[int]:
        return iter(range(self._first, self._last + 1, self._step))


class FrameRanges:
    """Several ranges, one after another."""

    def __init__(self, ranges: list[FrameRange] | None = None) -> None:
        self._ranges = list(ranges or [])

    def add(self, r: FrameRange) -> None:
        self._ranges.append(r)

    def size(self) -> int:
        return len(self._ranges)

    def __iter__(self) -> Iterator[FrameRange]:
        return iter(self._ranges)

"""Bytes as they come, cut into lines."""

from __future__ import annotations


class Lines:
    """Gathers bytes until a line is whole. No more than one line is ever kept.

    Args:
        longest: Bytes that a line may have. Of a longer one only its beginning is given, once it is over.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._kept = bytearray()
        self._looked = 0

    def feed(self, chunk: bytes) -> None:
        """Add what has come."""
        self._kept += chunk

    def next_line(self) -> bytes | None:
        """The next whole line without its end; None until there is one. What is longer than allowed was too long."""
        end = self._kept.find(b"\n", self._looked)
        if end < 0:
            # One byte more than allowed is enough to tell.
            del self._kept[self._longest + 1 :]
            self._looked = len(self._kept)
            return None
        line = bytes(self._kept[: min(end, self._longest + 1)])
        del self._kept[: end + 1]
        self._looked = 0
        return line

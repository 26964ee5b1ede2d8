"""Fingerprints chain all that a frame was made from: the shot's digest, then every plate from the key frame to it.

A matte on disk is done when its header holds the fingerprint that it would get now.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from penumbra.errors import FileError


@dataclass(frozen=True)
class PlateHashes:
    """SHA-256 of the plates' files, each read once. May be asked from several threads.

    Attributes:
        path: Gives a plate's file.
    """

    path: Callable[[int], Path]
    _known: dict[int, str] = field(default_factory=dict)

    def of(self, frame: int) -> str:
        """One frame's.

        Raises:
            FileError: It cannot be read.
        """
        if frame not in self._known:
            try:
                with self.path(frame).open("rb") as file:
                    self._known[frame] = hashlib.file_digest(file, "sha256").hexdigest()
            except OSError as fault:
                raise FileError(
                    f"Frame {frame} cannot be read any more: {fault.strerror or fault}.",
                    "Check the plate's folder, then run again: what is done stays.",
                    frame=frame,
                    path=self.path(frame),
                ) from fault
        return self._known[frame]

    def of_all(self, digest: str, frames: Iterable[int]) -> str:
        """One hash of a digest and many frames, in their order."""
        chained = hashlib.sha256(digest.encode())
        for frame in frames:
            chained.update(self.of(frame).encode())
        return chained.hexdigest()


@dataclass(frozen=True)
class Fingerprints:
    """Fingerprints of a pass's frames.

    Attributes:
        digest: Of all that every frame depends on.
        key: The key frame, where the chains begin.
        plates: The plates' hashes.
    """

    digest: str
    key: int
    plates: PlateHashes
    _mattes: dict[int, str] = field(default_factory=dict)

    def of(self, frame: int) -> str:
        """The fingerprint of a frame's matte."""
        onward = 1 if frame >= self.key else -1
        chain = self.digest
        for since in range(self.key, frame + onward, onward):
            if since not in self._mattes:
                self._mattes[since] = hashlib.sha256(f"{chain} {self.plates.of(since)}".encode()).hexdigest()
            chain = self._mattes[since]
        return chain

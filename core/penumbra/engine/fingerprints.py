"""Fingerprints chain all that a frame was made from: order, model, masks, and every plate from the key frame to it.

A matte on disk is done when its header holds the fingerprint that it would get now, and so is a held alpha, and a
snapshot. What a pass depends on is in its own chain and no other, so that a change of one key frame concerns only the
gaps beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import astuple, dataclass, field
from typing import Protocol

from penumbra.engine.groups import Group
from penumbra.engine.key_masks import KeyMasks
from penumbra.engine.plan import Pass
from penumbra.propagation import Region


class Hashes(Protocol):
    """Gives the SHA-256 of plates."""

    def of(self, frame: int) -> str:
        """One frame's."""


def hash_of(*parts: object) -> str:
    """The SHA-256 of what the parts say."""
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


@dataclass(frozen=True)
class Seen:
    """What a group's passes of one gap have in common.

    Attributes:
        digest: Of all that every frame of the shot depends on.
        group: The objects.
        region: What the network sees.
        masks: The key frames' masks.
        hashes: The plates' hashes.
    """

    digest: str
    group: Group
    region: Region
    masks: KeyMasks
    hashes: Hashes

    def key(self, frame: int) -> str:
        """The fingerprint of a key frame as the network makes it, which depends on no other."""
        keys = self.group.keys[frame]
        masks = [f"{key.object} {key.kind} {self.masks.digests[key]}" for key in keys]
        return hash_of("key", frame, self.digest, astuple(self.region), self.hashes.of(frame), *masks)


@dataclass(frozen=True)
class Chain:
    """The fingerprints of one pass."""

    seen: Seen
    run: Pass
    _known: dict[int, str] = field(default_factory=dict)

    def begin(self) -> str:
        """The fingerprint of the memory that the pass begins with, after its key frame."""
        if self.run.key not in self._known:
            other = None if self.run.other is None else self.seen.key(self.run.other)
            self._known[self.run.key] = hash_of("pass", self.run.direction, self.seen.key(self.run.key), other)
        return self._known[self.run.key]

    def memory(self, frame: int) -> str:
        """The fingerprint of the memory after a frame, and of its alpha where it is no key frame."""
        self.begin()
        toward_key = 1 if frame < self.run.key else -1
        unknown = []
        while frame not in self._known:
            unknown.append(frame)
            frame += toward_key
        chain = self._known[frame]
        for since in reversed(unknown):
            chain = self._known[since] = hash_of(chain, self.seen.hashes.of(since))
        return chain

    def alpha(self, frame: int) -> str:
        """The fingerprint of a frame's alpha."""
        return self.seen.key(frame) if frame == self.run.key else self.memory(frame)

    @property
    def name(self) -> str:
        """Short, safe in a file's name, and of this pass alone."""
        return f"{self.run.direction}.{self.run.key}.{self.begin()[:8]}"

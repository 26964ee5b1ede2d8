"""The masks of a shot's key frames: looked at when the shot is opened, and read again when they are needed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from penumbra.errors import FileError
from penumbra.shot import KeyFrame

Floats = NDArray[np.float32]

# Masks at the plate's size that stay in memory: those of the two key frames beside a gap, for a few objects.
KEPT = 6


@dataclass(frozen=True)
class KeyMasks:
    """The masks of all key frames.

    Attributes:
        digests: SHA-256 of each one's pixels over the canvas.
        read: Reads one, as float32 `[H,W]`, 0..1, over the canvas.
    """

    digests: Mapping[KeyFrame, str]
    read: Callable[[KeyFrame], Floats]

    def alpha_HW(self, key: KeyFrame) -> Floats:
        """One mask, 0..1, over the canvas.

        Raises:
            FileError: It cannot be read any more, or is another by now.
        """
        return self._kept(key)

    def alpha_OHW(self, keys: tuple[KeyFrame, ...]) -> Floats:
        """Several."""
        return np.stack([self.alpha_HW(key) for key in keys])

    @cached_property
    def _kept(self) -> Callable[[KeyFrame], Floats]:
        return lru_cache(KEPT)(self._same)

    def _same(self, key: KeyFrame) -> Floats:
        alpha_HW = self.read(key)
        if digest_of(alpha_HW) != self.digests[key]:
            raise FileError(
                f"The mask {key.path} has changed since the run began.", "Run again.", frame=key.frame, path=key.path
            )
        return alpha_HW


def digest_of(alpha_HW: Floats) -> str:
    """SHA-256 of a mask's size and pixels."""
    return hashlib.sha256(f"{alpha_HW.shape}".encode() + np.ascontiguousarray(alpha_HW).tobytes()).hexdigest()

"""How far a run is."""

from __future__ import annotations

import time

from penumbra.engine.events import Progress, Stage


class Clock:
    """Counts frames and time."""

    def __init__(self, total: int, stage: Stage = "matting") -> None:
        self._total, self._stage = total, stage
        self._done, self._began = 0, time.monotonic()

    def told(self) -> Progress:
        """How far it is."""
        return Progress(self._done, self._total, time.monotonic() - self._began, self._stage)

    def tick(self) -> Progress:
        """One frame more."""
        self._done += 1
        self._total = max(self._total, self._done)
        return self.told()

"""How far a run is."""

from __future__ import annotations

import time

from penumbra.engine.events import Progress


class Clock:
    """Counts frames and time."""

    def __init__(self, total: int, *, looking: bool = False) -> None:
        self._total, self._looking = total, looking
        self._done, self._began = 0, time.monotonic()

    def told(self) -> Progress:
        """How far it is."""
        return Progress(self._done, self._total, time.monotonic() - self._began, self._looking)

    def tick(self) -> Progress:
        """One frame more."""
        self._done += 1
        return self.told()

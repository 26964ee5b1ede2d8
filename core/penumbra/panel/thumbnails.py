"""Which frame stands for a job in the queue, and its picture."""

from __future__ import annotations

import time
from weakref import WeakKeyDictionary

from PySide6.QtGui import QImage

from penumbra.desk import Job
from penumbra.panel.pictures import Pictures, Wish
from penumbra.panel.queue_model import Entry
from penumbra.panel.timeline import Timeline

# Seconds for which a running job's thumbnail stays.
SETTLED = 2.0


class Thumbnails:
    """The newest matte of each entry, or the plate of an order that has none.

    Args:
        pictures: Where they are asked for.
    """

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._settled: WeakKeyDictionary[Job, tuple[float, int]] = WeakKeyDictionary()
        self._last: dict[object, QImage] = {}

    def of(self, entry: Entry, known: Timeline, height: int, round: int) -> QImage | None:
        """The picture; until a new one is there, the one before.

        Args:
            entry: For which entry.
            known: What is known of its frames.
            height: In pixels of the display.
            round: Grows when everything is looked at again.
        """
        job, look = entry.job, "matte"
        frame = self._newest(job) if job and job.frames else known.newest_matte
        if frame is None and known.frames:
            frame, look = (known.key_frames or [known.first])[0], "plate"
        if frame is None:
            return None
        made_by = job if job and frame in job.frames else None
        shown = self._pictures.get(entry, Wish(entry.order, frame, look, height, made_by, round))
        if isinstance(shown, QImage):
            self._last[entry.order] = shown
        return self._last.get(entry.order) if shown is None else shown if isinstance(shown, QImage) else None

    def keep(self, entries: tuple[Entry, ...]) -> None:
        """Let go of all others' pictures."""
        orders = {entry.order for entry in entries}
        self._last = {order: picture for order, picture in self._last.items() if order in orders}

    def _newest(self, job: Job) -> int:
        """The newest frame of a while ago: a thumbnail that changes with every frame is a flicker, and costs work."""
        newest = next(reversed(job.frames))
        since, frame = self._settled.get(job, (0.0, newest))
        if not job.active or time.monotonic() - since > SETTLED:
            since, frame = time.monotonic(), newest
            self._settled[job] = since, frame
        return frame

"""The queue: mattes one after the other, and what is soon done in between."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from penumbra.protocol import Notification, Request
from penumbra.worker.orders import Order

if TYPE_CHECKING:
    from penumbra.worker.work import Work

# What a job tells after each step, if anything, and what it is answered with.
Steps = Generator[Notification | None, None, dict[str, Any]]
Begin = Callable[["Work"], Steps]
# What a job is answered with that was canceled before it began.
NOTHING_DONE = {"outcome": "stopped", "written": [], "seconds": 0.0}


class StopRequested(Exception):  # noqa: N818 - no error, but a wish; it is thrown into a job's steps
    """The client does not want the job any more. What is finished stays, and the job says what that is."""


@dataclass(eq=False)
class Job:
    """Something that takes a while.

    Attributes:
        request: What it was asked with; its id is the job's.
        order: The shot.
        begin: Begins its steps. They are gone through in the main thread, where all of the network's work is done.
        steps: Once it has begun.
        stopping: Whether it is to stop after the step in hand.
        knows: Whether it has been told to.
    """

    request: Request
    order: Order
    begin: Begin = field(repr=False)
    steps: Steps | None = field(default=None, repr=False)
    stopping: bool = False
    knows: bool = False

    @property
    def is_soon_done(self) -> bool:
        """Whether it goes before mattes, in the middle of one too."""
        return self.request.method != "matte"

    def end(self) -> None:
        """Leave it where it is. What is finished stays."""
        if self.steps is not None:
            self.steps.close()

    def writes_into(self, order: Order) -> bool:
        """Whether it writes the same mattes as another shot's job: then it cannot go in the middle of that."""
        return self.request.method != "states" and self.order.out == order.out


class Jobs:
    """Those that wait, and those that have begun: a matte, and on top of it one that is soon done.

    Any thread may add and cancel; one alone takes its turns.
    """

    def __init__(self) -> None:
        self._waiting: list[Job] = []
        self._begun: list[Job] = []
        self._changed = threading.Condition()
        self._is_leaving = False

    def put(self, job: Job) -> None:
        """Add one at the end."""
        with self._changed:
            self._waiting.append(job)
            self._changed.notify()

    def cancel(self, wanted: Callable[[Job], bool]) -> tuple[list[Job], bool]:
        """Have some stopped after the step in hand.

        Returns:
            Those that had not begun, which are taken out; and whether there was any.
        """
        with self._changed:
            dropped = [job for job in self._waiting if wanted(job)]
            self._waiting = [job for job in self._waiting if job not in dropped]
            begun = [job for job in self._begun if wanted(job)]
            for job in begun:
                job.stopping = True
            return dropped, bool(dropped or begun)

    def turn(self, patience: float | None) -> Job | None:
        """Whose turn it is for one step; None where none comes for so many seconds, and at the end.

        One that is to stop goes first.
        """
        with self._changed:
            self._changed.wait_for(lambda: self._is_leaving or self._waiting or self._begun, patience)
            job = None if self._is_leaving else self._chosen()
            if job in self._waiting:
                self._waiting.remove(job)
                self._begun.append(job)
            return job

    def over(self, job: Job) -> None:
        """It has come to its end."""
        with self._changed:
            self._begun.remove(job)

    def leave(self) -> None:
        """There are no more turns."""
        with self._changed:
            self._is_leaving = True
            self._changed.notify()

    @property
    def is_leaving(self) -> bool:
        """Whether there are no more turns."""
        return self._is_leaving

    @property
    def begun(self) -> list[Job]:
        """Those that have begun, the one on top first."""
        return self._begun[::-1]

    def _chosen(self) -> Job | None:
        to_stop = [job for job in self._begun if job.stopping]
        if to_stop:
            return to_stop[0]
        top = self._begun[-1] if self._begun else None
        if top is not None and top.is_soon_done:
            return top
        soon = (job for job in self._waiting if job.is_soon_done)
        free = [job for job in soon if top is None or not job.writes_into(top.order)]
        rest = [top] if top is not None else self._waiting
        return next(iter([*free, *rest]), None)

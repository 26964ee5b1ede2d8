"""What becomes of each request. All of it is quick: what takes a while becomes a job, or goes beside them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from penumbra.protocol import Answer, Request
from penumbra.shot import FrameRange
from penumbra.worker.answers import Answers
from penumbra.worker.beside import Beside, doctor_says, drawn
from penumbra.worker.jobs import NOTHING_DONE, Begin, Job, Jobs
from penumbra.worker.orders import Order, Orders
from penumbra.worker.params import checked
from penumbra.worker.welcome import welcome

if TYPE_CHECKING:
    from penumbra.engine.picture import Look

Result = dict[str, Any]


class Requests:
    """Takes the client's requests, in one thread.

    Args:
        answers: Where answers go.
        jobs: The queue.
        commands: The names of the command line.

    Attributes:
        needs_libraries: Set once there will be a use for torch.
    """

    def __init__(self, answers: Answers, jobs: Jobs, commands: Sequence[str]) -> None:
        self._answers, self._jobs = answers, jobs
        # The doctor takes seconds, for which no picture should wait. He works where libraries cannot be loaded, too.
        self._examining, self._drawing = Beside(answers), Beside(answers)
        self._examining.begin()
        self._commands = list(commands)
        self._orders = Orders()
        self.needs_libraries = threading.Event()
        self._methods: dict[str, Callable[..., Result | None]] = {
            "hello": self._hello,
            "doctor": self._doctor,
            "open": self._open,
            "matte": self._matte,
            "frame": self._frame,
            "states": self._states,
            "picture": self._picture,
            "cancel": self._cancel,
            "close": self._close,
        }

    def take(self, request: Request) -> None:
        """Answer it, or see to it that it will be."""
        self._answers.answer(request, lambda: self._result(request, checked(request)))

    def libraries_are_there(self) -> None:
        """Pictures may be made from now on. Torch's threads belong to the thread that imported it: the main one."""
        self._drawing.begin()

    def _result(self, request: Request, params: dict[str, Any]) -> Result | None:
        return self._methods[request.method](request, **params)

    def _hello(self, request: Request, protocol: int, version: str, client: str) -> Result:
        return {**welcome(protocol, version, client), "commands": self._commands}

    def _doctor(self, request: Request) -> None:
        self._examining.put(request, doctor_says)

    def _open(self, request: Request, shot: dict[str, Any], folder: str) -> Result:
        order = self._orders.open(shot, folder)
        self.needs_libraries.set()
        frames = order.shot.frames
        return {"shot": order.name, "frames": None if frames is None else str(frames), "out": str(order.out)}

    def _matte(self, request: Request, shot: str, frames: str | None, device: str) -> None:
        order, only = self._orders.get(shot), None if frames is None else FrameRange.parse(frames)
        self._queue(request, order, lambda work: work.matte(request.id, order, only, device))

    def _frame(self, request: Request, shot: str, frame: int, device: str) -> None:
        order, only = self._orders.get(shot), FrameRange(frame, frame)
        self._queue(request, order, lambda work: work.frame(request.id, order, only, device))

    def _states(self, request: Request, shot: str, device: str) -> None:
        order = self._orders.get(shot)
        self._queue(request, order, lambda work: work.states(request.id, order, device))

    def _picture(self, request: Request, shot: str, frame: int, look: Look, height: int) -> None:
        order = self._orders.get(shot)
        self._drawing.put(request, lambda: drawn(order.shot, frame, look, height))

    def _cancel(self, request: Request, job: Any) -> Result:
        return {"stopping": self._stop(lambda each: each.request.id == job)}

    def _close(self, request: Request, shot: str) -> Result:
        order = self._orders.close(shot)
        self._stop(lambda each: each.order is order)
        return {}

    def _queue(self, request: Request, order: Order, begin: Begin) -> None:
        self._jobs.put(Job(request, order, begin))

    def _stop(self, wanted: Callable[[Job], bool]) -> bool:
        dropped, any_there = self._jobs.cancel(wanted)
        for job in dropped:
            self._answers.send(Answer(job.request.id, NOTHING_DONE))
        return any_there

"""What does not wait for jobs: the doctor, and small pictures for the window."""

from __future__ import annotations

import base64
import queue
import struct
import threading
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from penumbra.protocol import Request
from penumbra.shot import Shot
from penumbra.worker.answers import Answers
from penumbra.worker.loading import loading

if TYPE_CHECKING:
    from penumbra.engine.picture import Look

# Where every PNG keeps its width and height: https://www.w3.org/TR/png-3/#11IHDR
PNG_SIZE = slice(16, 24)


class Beside:
    """Does one thing after the other, in a thread of its own, which it needs a `begin` for.

    Args:
        answers: Where answers go.
    """

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._asked: queue.SimpleQueue[tuple[Request, Callable[[], Any]]] = queue.SimpleQueue()

    def put(self, request: Request, work: Callable[[], Any]) -> None:
        """Have some work done for a request."""
        self._asked.put((request, work))

    def begin(self) -> None:
        """Do what is asked for from now on, and what was before."""
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            self._answers.answer(*self._asked.get())


def doctor_says() -> dict[str, Any]:
    """What this machine has, and what is wrong with it."""
    from penumbra.doctor import doctor

    return {"findings": [asdict(finding) for finding in doctor()]}


def drawn(shot: Shot, frame: int, look: Look, height: int) -> dict[str, Any]:
    """A small picture of a frame.

    Raises:
        PenumbraError: There is none.
    """
    with loading():
        from penumbra.engine.picture import picture

    png = picture(shot, frame, look, height)
    width, height = struct.unpack(">II", png[PNG_SIZE])
    return {"png": base64.b64encode(png).decode("ascii"), "width": width, "height": height}

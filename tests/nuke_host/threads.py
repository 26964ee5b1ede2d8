"""Calls across threads, and the progress bar."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.nuke_host.session import session

_BARS: weakref.WeakSet[ProgressTask] = weakref.WeakSet()


def _call(call: Callable[..., Any], args: Any, kwargs: Any) -> Callable[[], Any]:
    args = args if isinstance(args, tuple) else (args,)
    return lambda: call(*args, **(kwargs or {}))


def execute_in_main_thread(call: Callable[..., Any], args: Any = (), kwargs: Any = None) -> None:
    """Asynchronous; served by `Host.run_main_thread_queue`. A terminal Nuke never serves it."""
    session().queue.append(_call(call, args, kwargs))


def execute_in_main_thread_with_result(call: Callable[..., Any], args: Any = (), kwargs: Any = None) -> Any:
    """Waits. If the call raises, its traceback goes to the log and None comes back.

    Raises:
        RuntimeError: from the main thread, or where no event loop will ever answer.
    """
    host = session()
    if threading.get_ident() == host.main_thread:
        host.violate("executeInMainThreadWithResult: You cannot call this from the main thread")
    if not host.gui:
        host.violate("executeInMainThreadWithResult waits for ever without a GUI")
    answered = threading.Event()
    answers: list[Any] = []

    def answer() -> None:
        try:
            answers.append(_call(call, args, kwargs)())
        finally:
            answered.set()

    host.queue.append(answer)
    if not answered.wait(30):
        host.violate("executeInMainThreadWithResult: the main thread did not answer in 30 seconds")
    return answers[0] if answers else None


class ProgressTask:
    """The bar is closed when the object is gone; it may be told from any thread."""

    def __init__(self, title: str = "") -> None:
        host = session()
        if not host.gui:
            host.violate("ProgressTask without a GUI")
        if not isinstance(title, str):
            raise TypeError(f"ProgressTask: expected a str, not {title!r}")
        self._title, self._message, self._percent = title, "", 0
        _BARS.add(self)

    def setMessage(self, message: str) -> None:
        if not isinstance(message, str):
            raise TypeError(f"setMessage: expected a str, not {message!r}")
        self._message = message

    def setProgress(self, percent: Any) -> None:
        if not isinstance(percent, int) or not 0 <= percent <= 100:
            raise TypeError(f"setProgress: expected an int from 0 to 100, not {percent!r}")
        self._percent = percent

    def isCancelled(self) -> bool:
        return session().bars_canceled


class Bar(NamedTuple):
    """What a person sees of a progress bar."""

    title: str
    message: str
    progress: int


def open_bars() -> list[Bar]:
    return [Bar(task._title, task._message, task._percent) for task in _BARS]

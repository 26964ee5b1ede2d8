"""Nuke as a program: its timer, its end, its progress bars, its clipboard."""

from __future__ import annotations

import atexit
import sys
from typing import Any, Callable

import nuke

from penumbra_nuke import environment
from penumbra_nuke.host.qt import QtCore, QtGui, QtWidgets


def every(milliseconds: int, call: Callable[[], None]) -> Any:
    """Call something on the main thread, again and again; gives the timer, which has `stop()`."""
    timer = QtCore.QTimer()
    timer.setInterval(milliseconds)
    timer.timeout.connect(call)
    timer.start()
    return timer


def at_end(call: Callable[[], None]) -> None:
    """Call something when Nuke ends. Should Nuke be killed, the worker sees that nobody is there any more."""
    application = QtCore.QCoreApplication.instance()
    if application is not None:
        application.aboutToQuit.connect(call)
    atexit.register(call)


def is_rendering() -> bool:
    """Whether Nuke renders: then nobody may change its script."""
    return bool(nuke.executing())


def name() -> str:
    """`Nuke 16.0v4`."""
    return f"Nuke {nuke.NUKE_VERSION_STRING}"


def folder() -> str:
    """Where this Nuke lies."""
    return environment.nuke_folder(str(nuke.EXE_PATH), sys.platform)


def copy(text: str) -> None:
    """Put text on the clipboard."""
    QtWidgets.QApplication.clipboard().setText(text)


def reveal(path: str) -> None:
    """Open a folder as the system does."""
    QtGui.QDesktopServices.openUrl(QtCore.QUrl.fromLocalFile(path))


class Bar:
    """A progress bar of Nuke's. It is there until `close`: Nuke takes it away when nobody holds it any more."""

    def __init__(self, title: str) -> None:
        self._task = nuke.ProgressTask(title) if nuke.GUI else None

    def show(self, percent: int, text: str) -> None:
        """How far it is."""
        if self._task is not None:
            self._task.setProgress(percent)
            self._task.setMessage(text)

    @property
    def is_cancelled(self) -> bool:
        """Whether the artist pressed its Cancel."""
        return self._task is not None and bool(self._task.isCancelled())

    def close(self) -> None:
        """Take it away."""
        self._task = None

"""One running Nuke: what all parts of the fake share, and the rules that a real one keeps by crashing."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

NO_NODE = "A PythonObject is not attached to a node"
BUSY = "I'm already executing something else"


class HostError(RuntimeError):
    """What Nuke itself would say when a script, an image or a call is wrong."""


class Session:
    """State without behavior of its own; `Host` is the door for tests, the `nuke` module the one for plugins."""

    def __init__(self, folder: Path, *, gui: bool, version: tuple[int, int, int], inside: bool) -> None:
        self.folder = folder
        self.gui = gui
        self.version = version
        self.inside = inside
        self.main_thread = threading.get_ident()
        self.violations: list[str] = []
        self.log: list[str] = []
        self.messages: list[str] = []
        self.answers: list[bool] = []
        self.executions: list[Any] = []
        self.clipboard = ""
        self.at: float | None = None
        self.view = "main"
        self.rendering: float | None = None
        self.callbacks_running: list[str] = []
        self.context: list[tuple[Any, Any, Any]] = []
        self.groups: list[Any] = []
        self.queue: list[Callable[[], None]] = []
        self.layers = {"rgba", "rgb", "alpha", "depth", "forward", "backward", "motion", "mask", "disparityL"}
        self.modified = False
        self.quiet = 0
        self.cancel_after: int | None = None
        self.depth = 0
        self.formats: dict[str, Any] = {}
        self.root: Any = None
        self.undo: Any = None
        self.callbacks: Any = None
        self.always_told = False
        self.plugin_path: list[str] = []
        self.code_folders: list[str] = []
        self.menus: dict[str, Any] = {}
        self.panels: dict[str, tuple[str, str]] = {}
        self.bars_canceled = False
        self.viewer_open = True
        self.known_missing: set[tuple[Any, int, str]] = set()
        self.shown_panels: list[str] = []
        self.loads_plugins = ""

    @property
    def frame(self) -> float:
        """The frame of the timeline."""
        return float(self.root._knobs["frame"]._fields[0].value) if self.root is not None else 1.0

    def now(self) -> float:
        """The frame that is looked at: of a picture that is being made, else the timeline's."""
        return self.frame if self.at is None else self.at

    def violate(self, text: str) -> NoReturn:
        """A call that a Nuke punishes; kept, so that a plugin that swallows the exception fails its test too."""
        self.violations.append(text)
        raise RuntimeError(text)

    def assert_main(self, call: str) -> None:
        if threading.get_ident() != self.main_thread:
            self.violate(f"{call} was called from thread {threading.current_thread().name!r}, not from the main thread")

    def assert_idle(self, call: str) -> None:
        if self.rendering is not None or self.callbacks_running:
            why = self.callbacks_running[-1] if self.callbacks_running else "a render"
            self.violations.append(f"{call} within {why}")
            raise RuntimeError(BUSY)

    @contextmanager
    def within(self, node: Any, knob: Any = None, group: Any = None) -> Iterator[None]:
        """What `thisNode`, `thisKnob` and `thisGroup` give."""
        self.context.append((node, knob, group))
        depth = len(self.groups)
        if group is not None:
            self.groups.append(group)
        try:
            yield
        finally:
            self.context.pop()
            del self.groups[depth:]

    @contextmanager
    def callback(self, name: str, node: Any, knob: Any = None) -> Iterator[None]:
        self.callbacks_running.append(f"{name} of {node._name if node is not None else 'Nuke'}")
        try:
            with self.within(node, knob, node._home() if node is not None else None):
                yield
        finally:
            self.callbacks_running.pop()

    @contextmanager
    def quietly(self) -> Iterator[None]:
        """While a script is read, or undone: no knobChanged, no undo, nothing modified."""
        self.quiet += 1
        try:
            yield
        finally:
            self.quiet -= 1

    @contextmanager
    def quietly_recorded(self) -> Iterator[None]:
        """While a script is opened: callbacks run, and nothing of it can be undone."""
        self.undo.disabled += 1
        try:
            yield
        finally:
            self.undo.disabled -= 1


_RUNNING: list[Session] = []


def session() -> Session:
    """The Nuke that runs; knobs are made without naming it."""
    if not _RUNNING:
        raise HostError("No fake Nuke is installed: use `with Host(folder) as host`")
    return _RUNNING[-1]


def begin(started: Session) -> None:
    if _RUNNING:
        raise HostError("A fake Nuke is installed already")
    _RUNNING.append(started)


def end(ended: Session) -> None:
    _RUNNING.remove(ended)


_DOORS = ("__getitem__", "__enter__", "__len__")


def guarded(cls: type) -> Any:
    """Every public method only on the main thread, and only of what is still there."""
    for name, member in list(vars(cls).items()):
        if callable(member) and not isinstance(member, type) and (not name.startswith("_") or name in _DOORS):
            setattr(cls, name, _guard(f"{cls.__name__}.{name}", member))
    return cls


def _guard(title: str, method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        session().assert_main(title)
        self._assert_alive()
        return method(self, *args, **kwargs)

    return call

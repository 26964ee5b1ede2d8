"""The door for tests: a Nuke to start, to click in, and to look at."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any

import numpy as np

from tests.nuke_host import images, plugins, render, scripts, threads
from tests.nuke_host.callbacks import Registry
from tests.nuke_host.check import gizmo_faults
from tests.nuke_host.module import make_module
from tests.nuke_host.panels import make_nukescripts
from tests.nuke_host.session import HostError, Session, begin, end
from tests.nuke_host.tcl import quoted, split
from tests.nuke_host.undo import UndoStack
from tests.nuke_host.write_script import script_text

_MODULES = ("nuke", "nukescripts", "nukescripts.panels", "nuke.callbacks")


class Host:
    """A strict fake Nuke; as a context manager it stands in `sys.modules`, and asserts at its end that rules were kept.

    Args:
        folder: a folder of the test, for what the fake says of its own place.
        gui: with menus, dialogs and an undo stack; without, as `nuke -t` and `-x`.
        version: major, minor, release.
        inside: whether the code of a group's button runs with that group as the current one [?]; a plugin has to
            stand both.
    """

    def __init__(
        self, folder: Path, *, gui: bool = True, version: tuple[int, int, int] = (16, 0, 4), inside: bool = True
    ) -> None:
        self.state = Session(Path(folder), gui=gui, version=version, inside=inside)
        self.state.callbacks = Registry()
        self.state.undo = UndoStack()
        self._kept: dict[str, ModuleType | None] = {}
        self._paths: list[str] = []
        package, panels = make_nukescripts()
        callbacks = ModuleType("nuke.callbacks")
        self.nuke: Any = make_module(self.state, callbacks)
        self._made = dict(zip(_MODULES, (self.nuke, package, panels, callbacks), strict=True))
        begin(self.state)
        try:
            scripts.fresh_root()
        finally:
            end(self.state)

    def __enter__(self) -> Host:
        begin(self.state)
        self._kept = {name: sys.modules.get(name) for name in _MODULES}
        self._paths = list(sys.path)
        sys.modules.update(self._made)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, module in self._kept.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
        sys.path[:] = self._paths
        end(self.state)
        if kind is None:
            assert not self.violations, self.violations
            assert not self.state.undo.disabled, "nuke.Undo was disabled and never enabled again"
            assert not self.state.groups, f"a group was begun and never ended: {self.state.groups}"

    # What the test looks at

    @property
    def violations(self) -> list[str]:
        """Calls that a Nuke punishes, also those whose exception was swallowed. A test that provokes one clears it."""
        return self.state.violations

    @property
    def messages(self) -> list[str]:
        """What dialogs said."""
        return self.state.messages

    @property
    def answers(self) -> list[bool]:
        """What the person will answer to `nuke.ask`, the next one first."""
        return self.state.answers

    @property
    def log(self) -> list[str]:
        return self.state.log

    @property
    def executions(self) -> list[render.Execution]:
        """Every `nuke.execute`."""
        return self.state.executions

    @property
    def panels(self) -> dict[str, tuple[str, str]]:
        """Registered panels: id to expression and name."""
        return self.state.panels

    @property
    def bars(self) -> list[threads.Bar]:
        """Progress bars that are open."""
        return threads.open_bars()

    @property
    def clipboard(self) -> str:
        return self.state.clipboard

    @property
    def shown_panels(self) -> list[str]:
        """Ids of panels that were put into a pane."""
        return self.state.shown_panels

    @property
    def missing_icons(self) -> list[str]:
        """Icons of menus that are in no folder of the plugin path."""
        icons = [icon for menu in self.state.menus.values() for icon in menu._icons()]
        return [icon for icon in icons if not any((Path(at) / icon).is_file() for at in self.state.plugin_path)]

    def callback_count(self, kind: str) -> int:
        """How many callbacks are registered, such as of `OnCreate`."""
        return int(self.state.callbacks.count(kind))

    def image(self, node: Any, frame: float, view: str = "main") -> np.ndarray:
        """What the viewer shows: RGBA float32 `[H,W,4]` over the format.

        Raises:
            HostError: the node, or one above it, has a fault.
        """
        return images.shown(node, frame, view)

    def standing(self) -> dict[str, Any]:
        """What a render must leave as it was: compare before and after."""
        root = self.state.root
        knobs = {
            name: root._knobs[name]._script() for name in ("proxy", "first_frame", "last_frame", "frame", "format")
        }
        return knobs | {
            "view": self.state.view,
            "modified": self.state.modified,
            "undo steps": len(self.state.undo.steps),
            "undo disabled": self.state.undo.disabled,
            "nodes": [node._full_name() for node in self.nuke.allNodes(recurseGroups=True)],
            "selected": [node._name for node in self.nuke.selectedNodes()],
            "group": [group._full_name() for group in self.state.groups],
        }

    def gizmo_faults(self, path: Path) -> list[str]:
        """What is wrong with a gizmo's text: wiring, knobs, names, links, expressions, code that does not compile."""
        return gizmo_faults(Path(path).read_text(encoding="utf-8"))

    def text(self) -> str:
        """The script as it would be saved now."""
        return script_text()

    # What a person does

    def start(self, *folders: Path) -> None:
        """Nuke's start with these folders as NUKE_PATH."""
        sys.path[:0] = [str(folder) for folder in folders]
        plugins.start([Path(folder) for folder in folders])

    def press(self, node: Any, knob: str) -> None:
        """A button."""
        node[knob].execute()

    def turn(self, node: Any, knob: str, value: Any) -> None:
        """A person changes a knob in the node's panel: knobChanged fires."""
        shown, node._shown = node._shown, True
        try:
            node[knob].setValue(value)
        finally:
            node._shown = shown

    def always_tell(self, always: bool = True) -> None:
        """knobChanged also where Python changes a knob whose panel is closed: it does in some Nukes [?]."""
        self.state.always_told = always

    def click(self, menu: str, path: str) -> None:
        """A menu's command, such as `("Nodes", "Penumbra/Penumbra")`."""
        found = self.state.menus[menu].findItem(path) if menu in self.state.menus else None
        if found is None:
            raise HostError(f"There is no {path!r} in menu {menu!r}")
        found.invoke()

    def draw(self, roto: Any, frame: int, path: Path | None) -> None:
        """A shape from `frame` on, as the alpha of a picture file; None draws nothing from there on."""
        shapes = split(roto["curves"].value(), "curves")
        kept = [(at, file) for at, file in zip(shapes[::2], shapes[1::2], strict=True) if int(at) != frame]
        kept.append((str(frame), Path(path).as_posix() if path is not None else ""))
        words = [word for at, file in sorted(kept, key=lambda shape: int(shape[0])) for word in (at, quoted(file))]
        roto["curves"].setValue(" ".join(words))

    def look_through(self, view: str | None) -> None:
        """Chooses the viewer's view; None closes the viewer."""
        self.state.viewer_open = view is not None
        self.state.view = view or self.state.view

    def open_panel(self, identity: str) -> Any:
        """A pane's menu, or a workspace: evaluates the panel's expression in `__main__`, and makes the widget."""
        widget, _ = self.state.panels[identity]
        return eval(widget, vars(sys.modules["__main__"]))()

    def undo(self) -> bool:
        """Ctrl-Z; False where there is nothing to undo."""
        return bool(self.state.undo.back())

    def redo(self) -> bool:
        return bool(self.state.undo.again())

    def save(self, path: Path) -> None:
        scripts.save(Path(path))

    def open(self, path: Path) -> None:
        """File > Open: closes the script that is open."""
        scripts.open_script(path)

    def cancel_after(self, frames: int) -> None:
        """The next `nuke.execute` is canceled after so many frames."""
        self.state.cancel_after = frames

    def cancel_bars(self, canceled: bool = True) -> None:
        """Presses Cancel on every progress bar."""
        self.state.bars_canceled = canceled

    # What Nuke does

    def run_main_thread_queue(self) -> int:
        """Serves `executeInMainThread`; exceptions go to the log. How many calls there were."""
        if not self.state.gui:
            raise HostError("nuke -t has no event loop: nothing serves executeInMainThread")
        served = 0
        while self.state.queue:
            call: Callable[[], None] = self.state.queue.pop(0)
            served += 1
            try:
                call()
            except Exception as error:  # Nuke prints it and goes on  # noqa: BLE001
                self.state.log.append(f"error: {error!r}")
        return served

    def render_all(self, first: int, last: int) -> None:
        """`nuke -x -F first-last`: every active Write, also inside groups.

        Raises:
            HostError: as which Nuke would exit with 1.
        """
        writes = render.active_writes(self.state.root)
        if not writes:
            raise HostError("no active Write operators")
        for node in writes:
            render.execute(node, first, last, 1)

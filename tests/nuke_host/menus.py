"""Menus and toolbars: what a plugin put there, and a way to choose it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.nuke_host.session import session

NAMES = ("Nuke", "Nodes", "Pane", "Viewer", "Node Graph", "Properties", "Animation", "Axis")


class MenuItem:
    """A command; `invoke` is an artist's click."""

    def __init__(self, name: str, command: Any = "", shortcut: str = "", icon: str = "") -> None:
        if not isinstance(command, str) and not callable(command):
            raise TypeError(f"{name}: a command is a str or a callable, not {command!r}")
        self._name, self._command, self._shortcut, self._icon = name, command, shortcut, icon

    def name(self) -> str:
        return self._name

    def icon(self) -> str:
        return self._icon

    def shortcut(self) -> str:
        return self._shortcut

    def script(self) -> str:
        return self._command if isinstance(self._command, str) else ""

    def setEnabled(self, enabled: bool, recursive: bool = False) -> None:
        pass

    def invoke(self) -> None:
        from tests.nuke_host.callbacks import run_code

        command: str | Callable[[], Any] = self._command
        with session().undo.group(self._name):
            run_code(command, self._name) if isinstance(command, str) else command()


class Menu(MenuItem):
    """Names with slashes make menus within menus; the same path replaces what is there."""

    def __init__(self, name: str, icon: str = "") -> None:
        super().__init__(name, "", "", icon)
        self._items: dict[str, MenuItem] = {}

    def _down(self, path: str) -> tuple[Menu, str]:
        *above, last = path.split("/")
        menu = self
        for word in above:
            menu = menu.addMenu(word)
        return menu, last

    def addCommand(
        self,
        name: str,
        command: Any = "",
        shortcut: str | None = None,
        icon: str | None = None,
        tooltip: str | None = None,
        index: int | None = None,
        readonly: bool | None = None,
        shortcutContext: int | None = None,
    ) -> MenuItem:
        session().assert_main("Menu.addCommand")
        menu, last = self._down(name)
        menu._items[last] = MenuItem(last, command, shortcut or "", icon or "")
        return menu._items[last]

    def addMenu(self, name: str, icon: str | None = None, tooltip: str | None = None, index: int | None = None) -> Menu:
        session().assert_main("Menu.addMenu")
        menu, last = self._down(name)
        there = menu._items.get(last)
        if not isinstance(there, Menu):
            menu._items[last] = there = Menu(last, icon or "")
        return there

    def addSeparator(self, index: int | None = None) -> None:
        self._items[f"-{len(self._items)}"] = MenuItem("")

    def _icons(self) -> list[str]:
        own = [self._icon] if self._icon else []
        inner = [item._icons() if isinstance(item, Menu) else [item._icon] for item in self._items.values()]
        return own + [icon for icons in inner for icon in icons if icon]

    def findItem(self, name: str) -> Any:
        found: Any = self
        for word in name.split("/"):
            found = found._items.get(word) if isinstance(found, Menu) else None
        return found

    def menu(self, name: str) -> Any:
        found = self.findItem(name)
        return found if isinstance(found, Menu) else None

    def items(self) -> list[MenuItem]:
        return list(self._items.values())

    def removeItem(self, name: str) -> bool:
        menu, last = self._down(name)
        return menu._items.pop(last, None) is not None

    def clearMenu(self) -> None:
        self._items.clear()


class ToolBar(Menu):
    """`nuke.toolbar("Nodes")` is `nuke.menu("Nodes")`."""

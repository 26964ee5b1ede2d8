"""`nukescripts.panels`: panels are registered; opening one evaluates its expression in `__main__`, as Nuke does."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from tests.nuke_host.functions import menu
from tests.nuke_host.session import session


class PythonPanel:
    """What `registerWidgetAsPanel(create=True)` gives."""

    def __init__(self, identity: str) -> None:
        self.id = identity

    def addToPane(self, pane: Any = None) -> PythonPanel:
        session().assert_main("PythonPanel.addToPane")
        session().shown_panels.append(self.id)
        return self


def register(widget: str, name: str, id: str, create: bool = False) -> PythonPanel | None:
    host = session()
    host.assert_main("registerWidgetAsPanel")
    if not all(isinstance(text, str) for text in (widget, name, id)):
        raise TypeError("registerWidgetAsPanel: the widget is an expression, a str")
    host.panels[id] = (widget, name)
    panel = PythonPanel(id)
    menu("Pane").addCommand(name, panel.addToPane)
    return panel if create else None


def make_nukescripts() -> tuple[ModuleType, ModuleType]:
    package, panels = ModuleType("nukescripts"), ModuleType("nukescripts.panels")
    panels.registerWidgetAsPanel = register  # type: ignore[attr-defined]
    panels.PythonPanel = PythonPanel  # type: ignore[attr-defined]
    package.panels = panels  # type: ignore[attr-defined]
    package.__path__ = []
    return package, panels

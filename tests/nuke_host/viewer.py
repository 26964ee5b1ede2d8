"""The viewer in front of the person."""

from __future__ import annotations

from typing import Any

from tests.nuke_host.session import session


class ViewerWindow:
    """`nuke.activeViewer()`: which view is looked at, and through which node."""

    def view(self) -> str:
        host = session()
        views = host.root._views()
        return host.view if host.view in views else views[0]

    def setView(self, name: str) -> None:
        session().view = name

    def node(self) -> Any:
        return next((node for node in session().root._inner if node._class == "Viewer"), None)


def active_viewer() -> ViewerWindow | None:
    """None without a GUI, and where no viewer is open."""
    host = session()
    return ViewerWindow() if host.gui and host.viewer_open else None

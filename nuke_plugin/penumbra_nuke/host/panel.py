"""The docked panel: Penumbra's own widget, on this Nuke's desk. Qt 6, so Nuke 16 and later."""

from __future__ import annotations

import weakref

import nuke

from penumbra.desk import Job, Order
from penumbra.panel import Hooks, Panel
from penumbra_nuke import jobs
from penumbra_nuke.host import node
from penumbra_nuke.host.qt import QtWidgets

TITLE, ID = "Penumbra", "penumbra.jobs"
# Text, since Nuke evaluates it where nothing of ours is known.
WIDGET = f"__import__({__name__!r}, fromlist=['NukePanel']).NukePanel"

# Those that are there, as far as Nuke still has them.
_made: weakref.WeakSet[NukePanel] = weakref.WeakSet()


class NukePanel(Panel):
    """Made by Nuke, without arguments, each time the panel is opened or a workspace is restored."""

    def __init__(self) -> None:
        super().__init__(jobs.link().desk, hooks())
        _made.add(self)


def hooks() -> Hooks:
    """What Nuke can do for the panel."""
    return Hooks(go_to_frame=_go_to_frame, show_node=_show_node, matte=_matte)


def register() -> None:
    """Put it among Nuke's panes; workspaces remember it."""
    import nukescripts.panels

    nukescripts.panels.registerWidgetAsPanel(WIDGET, TITLE, ID)


def show() -> None:
    """Bring it to the front; where there is none, open one beside the node's own panel."""
    import nukescripts.panels

    if any(_raised(panel) for panel in list(_made)):
        return
    pane = nuke.getPaneFor("Properties.1") or nuke.getPaneFor("DAG.1")
    panel = nukescripts.panels.registerWidgetAsPanel(WIDGET, TITLE, ID, create=True)
    assert panel is not None, "asked for, it is made"
    panel.addToPane(pane)


def _raised(panel: NukePanel) -> bool:
    """Bring it to the front of its tabs and windows; False where Nuke has deleted it."""
    try:
        widget: QtWidgets.QWidget | None = panel
        while widget is not None:
            above = widget.parentWidget()
            if isinstance(above, QtWidgets.QStackedWidget):
                above.setCurrentWidget(widget)
            widget = above
        panel.window().raise_()
    except RuntimeError:
        return False
    return True


def _go_to_frame(order: Order, frame: int) -> None:
    nuke.frame(frame)


def _matte(job: Job) -> None:
    """Again, as it was ordered; its node shows how it goes."""
    jobs.link().matte(job.order, job.wanted, job.device)


def _show_node(order: Order) -> None:
    found = node.find(order.owner)
    if found is not None:
        found.selectOnly()
        found.showControlPanel()

"""What Nuke tells us of its own accord."""

from __future__ import annotations

from typing import Callable

import nuke

from penumbra.errors import PenumbraError
from penumbra_nuke.host import node, showing
from penumbra_nuke.host.quiet import quietly

_registered: list[bool] = []


def register(script_closed: Callable[[], None]) -> None:
    """Listen, once, however often this is called.

    Args:
        script_closed: Called when a script is closed, also when another one is opened in its place.
    """
    if _registered:
        return
    _registered.append(True)
    nuke.addOnCreate(_created, nodeClass="Group")
    nuke.addKnobChanged(_knob_changed, nodeClass="Group")
    nuke.addOnScriptClose(quietly(script_closed))


@quietly
def _created() -> None:
    """A node was pasted, loaded, or brought back by undo. What its status said was true somewhere else."""
    created = nuke.thisNode()
    if nuke.GUI and node.is_ours(created):
        node.make_unique(created)
        showing.say(created, "")


@quietly
def _knob_changed() -> None:
    """Its panel was opened: say how its mattes stand now. Nothing else is done here, as this is called on loading."""
    if not nuke.GUI or nuke.thisKnob().name() != "showPanel":
        return
    opened = nuke.thisNode()
    if node.is_ours(opened):
        try:
            showing.say(opened, showing.standing(opened))
        except PenumbraError as fault:
            showing.say(opened, str(fault))

"""What a node's picture is: the few nodes of the white list, evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.nuke_host import merges, sources
from tests.nuke_host.picture import Picture
from tests.nuke_host.session import HostError, session


class Look:
    """One evaluation at a frame and a view; `of` follows an input."""

    def __init__(self, frame: float, view: str) -> None:
        self.frame, self.view = frame, view

    def number(self, node: Any, name: str) -> Any:
        return node._knobs[name]._all(self.frame)[0]

    def numbers(self, node: Any, name: str) -> list[Any]:
        return list(node._knobs[name]._all(self.frame))

    def of(self, node: Any, index: int = 0) -> Picture | None:
        fed = node._input(index)
        return None if fed is None else self.picture(fed)

    def main(self, node: Any, index: int = 0) -> Picture:
        """An input that has to be there: black where it is not, as Nuke shows it."""
        found = self.of(node, index)
        return found if found is not None else sources.black()

    def at(self, frame: float) -> Look:
        return Look(frame, self.view)

    def picture(self, node: Any) -> Picture:
        if "disable" in node._knobs and self.number(node, "disable"):
            return self.main(node)
        if node._class not in _NODES:
            raise HostError(f"{node._full_name()}: {node._class} makes no picture here")
        return _NODES[node._class](self, node)


def _group(look: Look, node: Any) -> Picture:
    output = next((inner for inner in node._inner if inner._class == "Output"), None)
    if output is None:
        raise HostError(f"{node._full_name()}: a group without an Output")
    return look.main(output)


def _input(look: Look, node: Any) -> Picture:
    return look.main(node._parent, int(look.number(node, "number")))


def _pass(look: Look, node: Any) -> Picture:
    return look.main(node)


def _switch(look: Look, node: Any) -> Picture:
    which = int(look.number(node, "which"))
    return look.main(node, min(max(which, 0), max(len(node._inputs) - 1, 0)))


def _time_offset(look: Look, node: Any) -> Picture:
    frame = look.frame - look.number(node, "time_offset")
    host = session()
    before, host.at = host.at, frame
    try:
        return look.at(frame).main(node)
    finally:
        host.at = before


_NODES: dict[str, Callable[[Look, Any], Picture]] = {
    "Group": _group,
    "Input": _input,
    "Output": _pass,
    "Dot": _pass,
    "NoOp": _pass,
    "Viewer": _pass,
    "Write": _pass,
    "Switch": _switch,
    "TimeOffset": _time_offset,
    "Read": sources.read,
    "Constant": sources.constant,
    "Roto": sources.roto,
    "RotoPaint": sources.roto,
    "Copy": merges.copy,
    "Premult": merges.premult,
    "Unpremult": merges.unpremult,
    "Merge2": merges.merge,
    "Keymix": merges.keymix,
    "Crop": merges.crop,
    "Reformat": merges.reformat,
    "Grade": merges.grade,
}


def look(node: Any, frame: float, view: str) -> Picture:
    """The node's picture.

    Raises:
        HostError: in the words of the node that has the fault.
    """
    host = session()
    before, host.at = host.at, frame
    try:
        return Look(frame, view).picture(node)
    except RecursionError:
        raise HostError(f"{node._full_name()}: a circle of nodes") from None
    finally:
        host.at = before


def seen(node: Any) -> Picture | None:
    """The picture at the current frame; None where it has a fault."""
    try:
        return look(node, session().frame, session().view)
    except HostError:
        return None


def fault(node: Any) -> str | None:
    try:
        look(node, session().frame, session().view)
    except HostError as error:
        return str(error)
    return None


def frames_of(node: Any, depth: int = 0) -> tuple[int, int]:
    """A node's range. Generators say 1 to 1, whatever the shot: never to be relied upon (facts 4.4)."""
    if node._class in ("Read", "Constant"):
        return node._knobs["first"]._all()[0], node._knobs["last"]._all()[0]
    if node._class == "Root":
        return node.firstFrame(), node.lastFrame()
    if node._class == "Group":
        output = next((inner for inner in node._inner if inner._class == "Output"), None)
        return frames_of(output, depth + 1) if output is not None else (1, 1)
    if node._class == "Input":
        fed = node._parent._input(int(node._knobs["number"]._all()[0]))
        return frames_of(fed, depth + 1) if fed is not None else (1, 1)
    ranges = [frames_of(fed, depth + 1) for fed in node._inputs if fed is not None and depth < 100]
    if not ranges:
        return 1, 1
    shift = node._knobs["time_offset"]._all()[0] if node._class == "TimeOffset" else 0
    return min(first for first, _ in ranges) + shift, max(last for _, last in ranges) + shift


def shown(node: Any, frame: float, view: str) -> np.ndarray:
    """RGBA over the format, as a viewer shows it."""
    return look(node, frame, view).rgba()

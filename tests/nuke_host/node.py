"""A node, and all that Python may ask of it."""

from __future__ import annotations

import re
from typing import Any

from tests.nuke_host import images
from tests.nuke_host.expressions import find
from tests.nuke_host.formats import Format
from tests.nuke_host.frame_range import FrameRange
from tests.nuke_host.knobs.base import Knob
from tests.nuke_host.knobs.texts import Tab_Knob
from tests.nuke_host.node_core import NodeCore
from tests.nuke_host.session import guarded, session
from tests.nuke_host.undo import Life, Wired
from tests.nuke_host.white_list import CLASSES
from tests.nuke_host.write_script import knob_lines

_INPUTS, _EXPRESSIONS = 2, 1


@guarded
class Node(NodeCore):
    """Made by `build.make`, never by a plugin itself."""

    def __init_subclass__(cls) -> None:
        guarded(cls)

    # Knobs

    def knob(self, p: str | int, follow_link: bool = False) -> Any:
        if isinstance(p, int):
            return list(self._knobs.values())[p]
        found = self._knobs.get(p)
        return found._linked() if follow_link and found is not None and hasattr(found, "_linked") else found

    def __getitem__(self, name: str) -> Any:
        if name not in self._knobs:
            raise NameError(f"knob {name} does not exist")
        return self._knobs[name]

    def knobs(self) -> dict[str, Any]:
        return dict(self._knobs)

    def allKnobs(self) -> list[Any]:
        return list(self._knobs.values())

    def numKnobs(self) -> int:
        return len(self._knobs)

    def addKnob(self, knob: Any) -> None:
        if not isinstance(knob, Knob):
            raise TypeError(f"addKnob: {knob!r} is no knob")
        if not knob._name or knob._name in self._knobs:
            raise ValueError(f"{self._full_name()}: a knob named {knob._name!r} is there already, or has no name")
        if not any(other._user for other in self._knobs.values()) and knob.Class() != "Tab_Knob":
            self.addKnob(Tab_Knob("User"))
        knob._user = True
        self._take(knob)
        session().modified = True

    def removeKnob(self, knob: Any) -> None:
        if not knob._user or knob not in self._knobs.values():
            raise ValueError(f"{self._full_name()}: {knob._name} is no user knob of it")
        del self._knobs[knob._name]
        session().modified = True

    def writeKnobs(self, flags: int = 9) -> str:
        return knob_lines(self, flags)

    def readKnobs(self, s: str) -> None:
        from tests.nuke_host.build import read_knobs

        read_knobs(self, s)

    # What it is, and where

    def Class(self) -> str:
        return self._class

    def name(self) -> str:
        return self._name

    def fullName(self) -> str:
        return self._full_name()

    def setName(self, name: str, uncollide: bool = True, updateExpressions: bool = False) -> None:
        if not isinstance(name, str):
            raise TypeError(f"setName: expected a str, not {name!r}")
        if not uncollide and any(node._name == name for node in self._parent._inner if node is not self):
            raise ValueError(f"The name {name} is taken")
        self._rename(name)

    def parent(self) -> Any:
        return self._parent

    def xpos(self) -> int:
        return int(self._knobs["xpos"]._all()[0])

    def ypos(self) -> int:
        return int(self._knobs["ypos"]._all()[0])

    def setXpos(self, x: int) -> None:
        self._knobs["xpos"].setValue(x)

    def setYpos(self, y: int) -> None:
        self._knobs["ypos"].setValue(y)

    def setXYpos(self, x: int, y: int) -> None:
        self.setXpos(x)
        self.setYpos(y)
        self._tell_of("position")

    def screenWidth(self) -> int:
        return 80

    def screenHeight(self) -> int:
        return 18

    def setSelected(self, selected: bool) -> None:
        self._knobs["selected"].setValue(bool(selected))

    def isSelected(self) -> bool:
        return bool(self._knobs["selected"]._all()[0])

    def selectOnly(self) -> None:
        for node in self._parent._inner:
            node.setSelected(node is self)

    def showControlPanel(self, forceFloat: bool = False) -> None:
        if not session().gui:
            session().violate("showControlPanel without a GUI")
        self._shown = True
        self._tell_of("showPanel")

    def hideControlPanel(self) -> None:
        self._tell_of("hidePanel")
        self._shown = False

    def shown(self) -> bool:
        return self._shown

    # Wires

    def maxInputs(self) -> int:
        return CLASSES[self._class].inputs

    def minInputs(self) -> int:
        return 0 if CLASSES[self._class].source else 1

    def maximumInputs(self) -> int:
        return self.maxInputs()

    def inputs(self) -> int:
        return len(self._inputs)

    def input(self, index: int) -> Any:
        return self._input(index)

    def canSetInput(self, i: int, node: Any) -> bool:
        upstream = [node] if node is not None else []
        for other in upstream:
            upstream += [fed for fed in other._inputs if fed is not None and fed not in upstream]
        beside = node is None or node._parent is self._parent
        return 0 <= i < self.maxInputs() and beside and self not in upstream

    def setInput(self, i: int, node: Any) -> bool:
        if node is not None:
            node._assert_alive()
        if not self.canSetInput(i, node):
            there = node._full_name() if node is not None else None
            session().violate(
                f"{self._full_name()}: setInput({i}, {there}) is refused: no such input, another group, or a circle"
            )
        before = self._input(i)
        self._wire(i, node)
        host = session()
        host.modified = True
        host.undo.record(Wired(self._full_name(), i, _named(before), _named(node)))
        self._tell_of("inputChange")
        return True

    def connectInput(self, i: int, node: Any) -> bool:
        return self.setInput(i, node)

    def dependencies(self, mask: int = 7) -> list[Any]:
        found = [node for node in self._inputs if node is not None] if mask & _INPUTS else []
        for knob in self._knobs.values() if mask & _EXPRESSIONS else ():
            for name in re.findall(r"[A-Za-z_][\w.]*", knob._formula()):
                other = find(name, self)
                other = other._owner if isinstance(other, Knob) else other
                if other is not None and other is not self and other not in found:
                    found.append(other)
        return found

    def dependent(self, mask: int = 7, forceEvaluate: bool = True) -> list[Any]:
        return [node for node, _ in self._fed()]

    # The picture

    def channels(self) -> list[str]:
        picture = images.seen(self)
        return sorted(picture.planes) if picture is not None else []

    def format(self) -> Format:
        picture = images.seen(self)
        return picture.format if picture is not None else session().root._knobs["format"]._format

    def width(self) -> int:
        return self.format().width()

    def height(self) -> int:
        return self.format().height()

    def pixelAspect(self) -> float:
        return self.format().pixelAspect()

    def frameRange(self) -> FrameRange:
        return FrameRange(*images.frames_of(self), 1)

    def firstFrame(self) -> int:
        return images.frames_of(self)[0]

    def lastFrame(self) -> int:
        return images.frames_of(self)[1]

    def hasError(self) -> bool:
        return images.fault(self) is not None

    def error(self) -> bool:
        return images.fault(self) is not None

    def treeHasError(self) -> bool:
        return images.fault(self) is not None

    def metadata(self, key: str | None = None, time: float | None = None, view: str | None = None) -> Any:
        picture = images.seen(self)
        found = picture.metadata if picture is not None else {}
        return dict(found) if key is None else found.get(key)

    def __repr__(self) -> str:
        return f"<{self._class} {self._full_name()}{' (deleted)' if self._gone else ''}>"


def _named(node: Any) -> str:
    return node._full_name() if node is not None else ""


def delete(node: Any) -> None:
    """What hung on the node hangs on its first input now."""
    if not isinstance(node, Node):
        raise TypeError(f"delete: {node!r} is no node")
    node._assert_alive()
    host = session()
    host.callbacks.fire("OnDestroy", node)
    change = Life(node._full_name(), born=False).taken()
    fed, behind = node._fed(), node._input(0)
    node._remove()
    for other, index in fed:
        other._wire(index, behind)
    host.modified = True
    host.undo.record(change)

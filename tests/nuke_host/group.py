"""Groups, and the root that holds all."""

from __future__ import annotations

from typing import Any

from tests.nuke_host.node import Node
from tests.nuke_host.session import session


class Group(Node):
    """As a context manager, and between `begin` and `end`, it is where nodes are made and looked for."""

    def __init__(self, cls: str, name: str, parent: Any) -> None:
        self._inner: list[Any] = []
        super().__init__(cls, name, parent)

    def begin(self) -> Group:
        session().groups.append(self)
        return self

    def end(self) -> None:
        groups = session().groups
        if not groups or groups[-1] is not self:
            session().violate(f"{self._name}.end() without begin()")
        groups.pop()

    def __enter__(self) -> Group:
        return self.begin()

    def __exit__(self, *error: object) -> None:
        session().groups.pop()

    def nodes(self) -> list[Any]:
        return list(self._inner)

    def numNodes(self) -> int:
        return len(self._inner)

    def node(self, s: str) -> Any:
        found: Any = self
        for word in s.split("."):
            found = next((inner for inner in getattr(found, "_inner", ()) if inner._name == word), None)
        return found

    def selectedNodes(self) -> list[Any]:
        return [node for node in self._inner if node.isSelected()]

    def maxInputs(self) -> int:
        return sum(node._class == "Input" for node in self._inner)

    def minInputs(self) -> int:
        return self.maxInputs()

    def output(self) -> Any:
        return next((node for node in self._inner if node._class == "Output"), None)


class Root(Group):
    """Its inner nodes' full names do not name it."""

    def __init__(self) -> None:
        super().__init__("Root", "root", None)

    def _full_name(self) -> str:
        return ""

    def _views(self) -> list[str]:
        return [line.split()[0] for line in self._knobs["views"]._text.splitlines() if line.strip()]

    def name(self) -> str:
        return self._knobs["name"]._text or "Root"

    def fullName(self) -> str:
        return "root"

    def modified(self) -> bool:
        return session().modified

    def setModified(self, modified: bool) -> None:
        if not isinstance(modified, bool):
            raise TypeError(f"setModified: expected a bool, not {modified!r}")
        session().modified = modified

    def firstFrame(self) -> int:
        return int(self._knobs["first_frame"]._all()[0])

    def lastFrame(self) -> int:
        return int(self._knobs["last_frame"]._all()[0])

    def fps(self) -> int:
        return int(self._knobs["fps"]._all()[0])

    def realFps(self) -> float:
        return float(self._knobs["fps"]._all()[0])

    def proxy(self) -> bool:
        return bool(self._knobs["proxy"]._all()[0])

    def setProxy(self, proxy: bool) -> None:
        self._knobs["proxy"].setValue(bool(proxy))

    def addView(self, name: str) -> None:
        knob = self._knobs["views"]
        knob.setValue(knob._text + f"\n{name} #ffffff")

    def setView(self, name: str) -> None:
        session().view = name

    def setFrame(self, frame: int) -> None:
        self._knobs["frame"].setValue(frame)

    def setInput(self, i: int, node: Any) -> bool:
        raise RuntimeError("The root has no inputs")

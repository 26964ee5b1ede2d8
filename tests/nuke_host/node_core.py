"""A node from the inside: its knobs, its wires, its life, and who is told."""

from __future__ import annotations

from typing import Any

from tests.nuke_host.knob_tables import EVERY, WRITE_EXR
from tests.nuke_host.knobs.texts import String_Knob
from tests.nuke_host.session import NO_NODE, session
from tests.nuke_host.undo import KnobSet, Renamed
from tests.nuke_host.white_list import CLASSES, knobs_of


class NodeCore:
    """What no plugin sees."""

    def __init__(self, cls: str, name: str, parent: Any) -> None:
        self._class, self._name, self._parent = cls, name, parent
        self._gone = False
        self._shown = False
        self._inputs: list[Any] = []
        self._knobs: dict[str, Any] = {}
        specs = CLASSES[cls].knobs if cls == "Root" else (*EVERY, *CLASSES[cls].knobs)
        for knob in knobs_of(specs).values():
            self._take(knob)

    def _take(self, knob: Any) -> None:
        knob._owner = self
        self._knobs[knob._name] = knob

    def _assert_alive(self) -> None:
        if self._gone:
            raise ValueError(NO_NODE)

    def _full_name(self) -> str:
        above = self._parent._full_name() if self._parent is not None else ""
        return f"{above}.{self._name}" if above else self._name

    def _home(self) -> Any:
        """The group in which code of this node runs."""
        return self._parent if self._parent is not None else self

    # Changes

    def _knob_changed(self, knob: Any, before: str, after: str) -> None:
        host = session()
        if self._class == "Write" and knob._name == "file_type":
            self._show_exr_knobs(after == "exr")
        if not host.quiet and knob._name != "selected":
            host.modified = True
            if not knob._flags & 0x80000:
                host.undo.record(KnobSet(self._full_name(), knob._name, before, after))
        self._told(knob)

    def _show_exr_knobs(self, wanted: bool) -> None:
        for name, knob in knobs_of(WRITE_EXR).items():
            if wanted and name not in self._knobs:
                self._take(knob)
            elif not wanted:
                self._knobs.pop(name, None)

    def _told(self, knob: Any) -> None:
        """knobChanged: never from within itself, and with a closed panel only where the test's host says so."""
        host = session()
        if host.quiet or not (self._shown or host.always_told):
            return
        if f"KnobChanged of {self._name}" not in host.callbacks_running:
            host.callbacks.fire("KnobChanged", self, knob)

    def _tell_of(self, event: str) -> None:
        knob = String_Knob(event)
        knob._owner = self
        self._told(knob)

    def _created(self, *, user: bool) -> None:
        """Inner nodes first; knobChanged fires for what was set, also where no panel is open."""
        host = session()
        for inner in getattr(self, "_inner", ()):
            inner._created(user=False)
        if user:
            host.callbacks.fire("OnUserCreate", self)
        if not self._gone:
            host.callbacks.fire("OnCreate", self)
        for knob in list(self._knobs.values()):
            if not self._gone and (knob._user or not knob._is_default()):
                host.callbacks.fire("KnobChanged", self, knob)

    def _rename(self, name: str) -> None:
        if not name.replace("_", "a").isalnum() or name[0].isdigit():
            raise ValueError(f"{name!r} is not a name for a node")
        if name == self._name:
            return
        before = self._full_name()
        others = {node._name for node in self._parent._inner if node is not self}
        self._name = free_name(name, others) if name in others else name
        session().modified = True
        session().undo.record(Renamed(before, self._full_name()))
        self._told(self._knobs["name"])

    def _wire(self, index: int, node: Any) -> None:
        self._inputs.extend([None] * (index + 1 - len(self._inputs)))
        self._inputs[index] = node
        while self._inputs and self._inputs[-1] is None:
            self._inputs.pop()

    def _input(self, index: int) -> Any:
        return self._inputs[index] if 0 <= index < len(self._inputs) else None

    def _fed(self) -> list[tuple[Any, int]]:
        """Which inputs of which nodes this one is connected to."""
        return [(node, at) for node in self._parent._inner for at, other in enumerate(node._inputs) if other is self]

    def _remove(self) -> None:
        for node, index in self._fed():
            node._wire(index, None)
        self._parent._inner.remove(self)
        self._die()

    def _die(self) -> None:
        for inner in getattr(self, "_inner", ()):
            inner._die()
        self._gone = True

    def _take_range(self, first: int, last: int) -> None:
        for name, number in (
            ("first", first),
            ("origfirst", first),
            ("last", last),
            ("origlast", last),
            ("origset", 1),
        ):
            self._knobs[name].setValue(number)
        root = session().root
        if not root._knobs["lock_range"]._all()[0]:
            root._knobs["first_frame"].setValue(min(first, root._knobs["first_frame"]._all()[0]))
            root._knobs["last_frame"].setValue(max(last, root._knobs["last_frame"]._all()[0]))


def free_name(name: str, taken: set[str]) -> str:
    """`name` with the first number that is free."""
    stem = name.rstrip("0123456789") or name
    number = 1
    while f"{stem}{number}" in taken:
        number += 1
    return f"{stem}{number}"

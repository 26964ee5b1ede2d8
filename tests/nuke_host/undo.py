"""The undo stack. Its steps name nodes instead of holding them: a node that comes back is another Python object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.nuke_host.session import HostError, session


@dataclass(frozen=True)
class KnobSet:
    node: str
    knob: str
    before: str
    after: str

    def undo(self) -> None:
        self._put(self.before)

    def redo(self) -> None:
        self._put(self.after)

    def _put(self, text: str) -> None:
        node = named(self.node)
        knob = node._knobs[self.knob]
        knob._read(text)
        node._told(knob)


@dataclass(frozen=True)
class Renamed:
    before: str
    after: str

    def undo(self) -> None:
        named(self.after)._name = self.before.rsplit(".", 1)[-1]

    def redo(self) -> None:
        named(self.before)._name = self.after.rsplit(".", 1)[-1]


@dataclass(frozen=True)
class Wired:
    node: str
    index: int
    before: str
    after: str

    def undo(self) -> None:
        named(self.node)._wire(self.index, named(self.before) if self.before else None)

    def redo(self) -> None:
        named(self.node)._wire(self.index, named(self.after) if self.after else None)


@dataclass
class Life:
    """A node made (`born`) or deleted; its text is taken when it goes."""

    node: str
    born: bool
    text: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[tuple[str, int]] = field(default_factory=list)

    def taken(self) -> Life:
        from tests.nuke_host.write_script import text_of_nodes

        node = named(self.node)
        self.text = text_of_nodes([node])
        self.inputs = [other._full_name() if other is not None else "" for other in node._inputs]
        self.outputs = [(other._full_name(), at) for other, at in node._fed()]
        return self

    def undo(self) -> None:
        self._go() if self.born else self._come()

    def redo(self) -> None:
        self._come() if self.born else self._go()

    def _go(self) -> None:
        self.taken()
        named(self.node)._remove()

    def _come(self) -> None:
        from tests.nuke_host.build import build

        parent = named(self.node.rsplit(".", 1)[0]) if "." in self.node else session().root
        with session().quietly():
            node = build(self.text, parent, fresh_names=False)[0]
            for index, name in enumerate(self.inputs):
                node._wire(index, named(name) if name else None)
            for name, index in self.outputs:
                named(name)._wire(index, node)
        node._created(user=False)


def named(name: str) -> Any:
    node = session().root
    for word in name.split(".") if name else ():
        node = next((inner for inner in node._inner if inner._name == word), None)
        if node is None:
            raise HostError(f"Undo: there is no node {name}")
    return node


class UndoStack:
    """`steps` are groups of changes, the last one is undone first. A terminal Nuke keeps none."""

    def __init__(self) -> None:
        self.steps: list[tuple[str, list[Any]]] = []
        self.undone: list[tuple[str, list[Any]]] = []
        self.disabled = 0
        self._open: list[tuple[str, list[Any]]] = []
        self._playing = False

    def record(self, change: Any) -> None:
        host = session()
        if not host.gui or self.disabled or self._playing or host.quiet:
            return
        self.undone.clear()
        if self._open:
            self._open[-1][1].append(change)
        else:
            self.steps.append(("", [change]))

    @contextmanager
    def group(self, name: str) -> Iterator[None]:
        self.open(name)
        try:
            yield
        finally:
            self.close()

    def open(self, name: str) -> None:
        self._open.append((name, []))

    def close(self) -> None:
        name, changes = self._open.pop()
        if self._open:
            self._open[-1][1].extend(changes)
        elif changes:
            self.steps.append((name, changes))

    def cancel(self) -> None:
        _, changes = self._open[-1]
        self._play(list(reversed(changes)), back=True)
        changes.clear()

    def back(self) -> bool:
        if not self.steps:
            return False
        name, changes = self.steps.pop()
        self._play(list(reversed(changes)), back=True)
        self.undone.append((name, changes))
        return True

    def again(self) -> bool:
        if not self.undone:
            return False
        name, changes = self.undone.pop()
        self._play(changes, back=False)
        self.steps.append((name, changes))
        return True

    def _play(self, changes: list[Any], *, back: bool) -> None:
        self._playing = True
        try:
            for change in changes:
                change.undo() if back else change.redo()
        finally:
            self._playing = False


class Undo:
    """`nuke.Undo`: all its methods work on the one stack; as a context manager it makes one step of what is inside."""

    def __init__(self, name: str = "") -> None:
        self._name = name

    def __enter__(self) -> Undo:
        session().undo.open(self._name)
        return self

    def __exit__(self, *error: object) -> None:
        session().undo.close()

    @staticmethod
    def begin(name: str = "") -> None:
        session().undo.open(name)

    @staticmethod
    def end() -> None:
        session().undo.close()

    @staticmethod
    def cancel() -> None:
        session().undo.cancel()

    @staticmethod
    def name(name: str = "") -> None:
        stack = session().undo
        if stack._open:
            stack._open[-1] = (name, stack._open[-1][1])

    @staticmethod
    def disable() -> None:
        session().undo.disabled += 1

    @staticmethod
    def enable() -> None:
        stack = session().undo
        if not stack.disabled:
            session().violate("nuke.Undo.enable() without disable()")
        stack.disabled -= 1

    @staticmethod
    def disabled() -> bool:
        return bool(session().undo.disabled)

    @staticmethod
    def undo() -> None:
        session().undo.back()

    @staticmethod
    def redo() -> None:
        session().undo.again()

    @staticmethod
    def undoSize() -> int:
        return len(session().undo.steps)

    @staticmethod
    def redoSize() -> int:
        return len(session().undo.undone)

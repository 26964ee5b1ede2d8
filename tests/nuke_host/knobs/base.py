"""What all knobs have: a name, flags, a script form, and a change that is undone and told of."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.nuke_host.session import NO_NODE, guarded, session

STARTLINE, ENDLINE, INVISIBLE, DO_NOT_WRITE, DISABLED = 0x1000, 0x2000, 0x400, 0x200, 0x80
NO_UNDO, HIDDEN = 0x80000, 0x40000
FILE_FLAGS = {
    "STARTLINE": STARTLINE,
    "INVISIBLE": INVISIBLE,
    "HIDDEN": HIDDEN,
    "DISABLED": DISABLED,
    "DO_NOT_WRITE": DO_NOT_WRITE,
}


@guarded
class Knob:
    """`_code` is its number in addUserKnob lines; `_new_row` says whether such a knob begins one of itself."""

    _code = 0
    _new_row = True

    def __init__(self, name: str | None = None, label: str | None = None) -> None:
        for text in (name, label):
            if text is not None and not isinstance(text, str):
                raise TypeError(f"{type(self).__name__}: expected a str, not {text!r}")
        self._name = name or ""
        self._label = label
        self._tooltip = ""
        self._flags = STARTLINE if self._new_row else 0
        self._owner: Any = None
        self._user = False
        self._nameless = False
        self._range = ""
        self._default = self._script()

    def __init_subclass__(cls) -> None:
        guarded(cls)

    def _assert_alive(self) -> None:
        if self._owner is not None:
            self._owner._assert_alive()

    def _script(self) -> str:
        """The value as a Tcl value; `_read` takes it back."""
        return ""

    def _read(self, text: str) -> None:
        pass

    def _word(self) -> str:
        """The value as it stands in a script: quoted, or braced."""
        from tests.nuke_host.tcl import quoted

        return quoted(self._script())

    def _formula(self) -> str:
        """What names other knobs and nodes."""
        return ""

    def _is_default(self) -> bool:
        return self._script() == self._default

    @contextmanager
    def _change(self) -> Iterator[None]:
        before = self._script()
        yield
        if self._owner is not None and self._script() != before:
            self._owner._knob_changed(self, before, self._script())

    def _where(self) -> str:
        return f"{self._owner._full_name() or 'root'}.{self._name}" if self._owner is not None else self._name

    def _wrong(self, value: object, expected: str) -> TypeError:
        return TypeError(f"{self._where()} ({type(self).__name__}): expected {expected}, not {value!r}")

    def Class(self) -> str:
        return type(self).__name__

    def name(self) -> str:
        return self._name

    def setName(self, name: str) -> None:
        self._name = name

    def label(self) -> str:
        return self._name if self._label is None else self._label

    def setLabel(self, label: str) -> None:
        if not isinstance(label, str):
            raise self._wrong(label, "a str")
        self._label = label

    def tooltip(self) -> str:
        return self._tooltip

    def setTooltip(self, tooltip: str) -> None:
        if not isinstance(tooltip, str):
            raise self._wrong(tooltip, "a str")
        self._tooltip = tooltip

    def node(self) -> Any:
        if self._owner is None:
            raise ValueError(NO_NODE)
        return self._owner

    def fullyQualifiedName(self, channel: int = -1) -> str:
        return self._where()

    def setFlag(self, flag: int) -> None:
        if not isinstance(flag, int):
            raise self._wrong(flag, "a flag")
        self._flags |= flag

    def clearFlag(self, flag: int) -> None:
        if flag & INVISIBLE and self._flags & INVISIBLE:
            session().violate(f"{self._where()}: INVISIBLE is for good; use setVisible")
        self._flags &= ~flag

    def getFlag(self, flag: int) -> bool:
        return bool(self._flags & flag)

    def setEnabled(self, enabled: bool) -> None:
        self._flags = self._flags & ~DISABLED if enabled else self._flags | DISABLED

    def enabled(self) -> bool:
        return not self._flags & DISABLED

    def setVisible(self, visible: bool) -> None:
        self._flags = self._flags & ~HIDDEN if visible else self._flags | HIDDEN

    def visible(self) -> bool:
        return not self._flags & (HIDDEN | INVISIBLE)

    def toScript(self, quote: bool = True, context: Any = None) -> str:
        return self._word() if quote else self._script()

    def fromScript(self, script: str) -> None:
        with self._change():
            self._read(script)

    def hasExpression(self, index: int = -1) -> bool:
        return False

    def isAnimated(self, channel: int = -1) -> bool:
        return False

    def clearAnimated(self, channel: int = -1) -> bool:
        return True

    def isKeyAt(self, frame: float, index: int = -1, view: str | None = None) -> bool:
        return False

    def getKeyList(self) -> list[int]:
        return []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._where()} {self._script()!r}>"

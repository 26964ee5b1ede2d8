"""Knobs of text: plain, evaluated by Tcl, file names, Python and Tcl buttons, tabs and labels."""

from __future__ import annotations

import re
from typing import Any

from tests.nuke_host.knobs.base import Knob
from tests.nuke_host.session import HostError, session


class String_Knob(Knob):  # noqa: N801
    """Text that nothing evaluates."""

    _code = 1

    def __init__(self, name: str | None = None, label: str | None = None, text: str = "") -> None:
        self._text = text
        super().__init__(name, label)
        self._default = ""

    def _script(self) -> str:
        return self._text

    def _read(self, text: str) -> None:
        self._text = text

    def _set(self, text: object) -> None:
        if not isinstance(text, str):
            raise self._wrong(text, "a str")
        if "\0" in text:
            raise self._wrong(text, "text without NUL")
        with self._change():
            self._text = text

    def setValue(self, val: str, view: str | None = None) -> bool:
        self._set(val)
        return True

    def setText(self, val: str, view: str | None = None) -> None:
        self._set(val)

    def value(self, oc: Any = None) -> str:
        return self._text

    def getValue(self, oc: Any = None) -> str:
        return self._text

    def getText(self, oc: Any = None) -> str:
        return self._text


class MultilineString(String_Knob):
    """Code 28; Nuke's Python has no name for it."""

    _code = 28


class EvalString_Knob(String_Knob):  # noqa: N801
    """`value` gives the text, `evaluate` what Tcl makes of it. Text that Tcl cannot evaluate is a plugin's mistake."""

    _code = 1

    def _set(self, text: object) -> None:
        super()._set(text)
        if self._owner is None:
            return
        try:
            self._evaluated()
        except HostError as error:
            session().violate(f"{self._where()}: Nuke evaluates this knob as Tcl: {error}")

    def _evaluated(self) -> str:
        from tests.nuke_host.expressions import text_of

        return text_of(self._text, self)

    def _formula(self) -> str:
        return " ".join(re.findall(r"\[[^\]]*", self._text))

    def evaluate(self) -> str:
        """With the frame in place of `%04d`, as Nuke gives it."""
        from tests.nuke_host.sources import file_of_frame

        return file_of_frame(self._evaluated(), session().now(), session().view)


class Multiline_Eval_String_Knob(EvalString_Knob):  # noqa: N801
    _code = 43


class File_Knob(EvalString_Knob):  # noqa: N801
    """`setValue` leaves ranges alone; `fromUserText` takes one, and stretches the root's (facts 7)."""

    _code = 2

    def _set(self, text: object) -> None:
        if isinstance(text, str) and "\\" in text:
            session().violate(f"{self._where()}: a backslash in a file name, {text!r}: Tcl takes it away")
        super()._set(text)

    def getEvaluatedValue(self, oc: Any = None) -> str:
        return self.evaluate()

    def fromUserText(self, text: str) -> None:
        found = re.match(r"(.*?)\s+(-?\d+)-(-?\d+)\Z", text)
        self._set(found[1] if found else text)
        if found and self._owner is not None:
            self._owner._take_range(int(found[2]), int(found[3]))


class Script_Knob(String_Knob):  # noqa: N801
    """A button; a built-in one does what its node does on it."""

    _code = 32
    _new_row = False

    def command(self) -> str:
        return self._text

    def setCommand(self, cmd: str) -> None:
        self._set(cmd)

    def execute(self) -> None:
        self._press()

    def _press(self) -> None:
        if self._user:
            raise HostError(f"{self._where()}: Tcl buttons are not part of the white list")
        if self._name == "reload":
            version = self._owner._knobs["version"]
            version._fields[0].value += 1
            session().modified = True


class PyScript_Knob(Script_Knob):  # noqa: N801
    """A button that runs Python with `thisNode` and `thisKnob` set, in one undo step."""

    _code = 22

    def _press(self) -> None:
        from tests.nuke_host.callbacks import run_code

        host = session()
        group = self._owner if host.inside and hasattr(self._owner, "_inner") else self._owner._home()
        with host.within(self._owner, self, group), host.undo.group(self.label()):
            run_code(self._text, self._where())


class PyCustom_Knob(Script_Knob):  # noqa: N801
    _code = 52


class Text_Knob(Knob):  # noqa: N801
    _code = 26

    def __init__(self, name: str | None = None, label: str | None = None, text: str = "") -> None:
        self._text = text
        super().__init__(name, label)

    def _script(self) -> str:
        return self._text

    def _read(self, text: str) -> None:
        self._text = text

    def value(self) -> str:
        return self._text

    def setValue(self, val: str) -> bool:
        if not isinstance(val, str):
            raise self._wrong(val, "a str")
        with self._change():
            self._text = val
        return True


class Tab_Knob(Knob):  # noqa: N801
    """`group`: 1 or 2 open a group of knobs, -1 closes it, 0 is a tab."""

    _code = 20

    def __init__(self, name: str | None = None, label: str | None = None, group: int = 0) -> None:
        self._group = group
        super().__init__(name, label)

    def value(self) -> Any:
        return 0


class NameKnob(String_Knob):
    """A node's name; setting it renames the node. To Python it is a String_Knob."""

    def Class(self) -> str:
        return "String_Knob"

    def _script(self) -> str:
        return self._owner._name if getattr(self, "_owner", None) is not None else ""

    def _set(self, text: object) -> None:
        if not isinstance(text, str):
            raise self._wrong(text, "a str")
        self._owner._rename(text)

    def value(self, oc: Any = None) -> str:
        return self._script()

    def getValue(self, oc: Any = None) -> str:
        return self._script()

    def getText(self, oc: Any = None) -> str:
        return self._script()

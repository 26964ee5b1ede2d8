"""Knobs that choose: menus, channels, formats, views, and links to other knobs."""

from __future__ import annotations

import re
from typing import Any

from tests.nuke_host.formats import Format
from tests.nuke_host.knobs.arrays import Unsigned_Knob
from tests.nuke_host.knobs.base import Knob
from tests.nuke_host.knobs.curve import Field
from tests.nuke_host.session import HostError, session
from tests.nuke_host.tcl import quoted, split

_RGBA = ("red", "green", "blue", "alpha")


class Enumeration_Knob(Unsigned_Knob):  # noqa: N801
    """A menu. An item may be `value<tab>label`; only what `values` gives can be set."""

    _code = 4
    _steps = True

    def __init__(self, name: str | None = None, label: str | None = None, values: Any = ("",)) -> None:
        self._values = _items(values)
        self._written = list(values)
        super().__init__(name, label)

    def _index_of(self, value: Any) -> float:
        if isinstance(value, str):
            if value not in self._values:
                raise self._wrong(value, f"one of {self._values}")
            return float(self._values.index(value))
        if not isinstance(value, int) or not 0 <= value < len(self._values):
            raise self._wrong(value, f"one of {self._values}, or an index of it")
        return float(value)

    def _number(self, value: Any) -> float:
        return self._index_of(value)

    def _typed(self, value: float) -> Any:
        return self._values[min(max(int(value), 0), len(self._values) - 1)]

    def _script(self) -> str:
        field = self._fields[0]
        return field.script() if field.keys or field.expression else self._values[int(field.value)]

    def _word(self) -> str:
        field = self._fields[0]
        return "{" + field.script() + "}" if field.keys or field.expression else quoted(self._script())

    def _read(self, text: str) -> None:
        if text.startswith("{"):
            self._fields = [Field.read(split(text, self._where())[0], self._where())]
        elif text in self._values:
            self._fields = [Field(float(self._values.index(text)))]
        else:
            raise HostError(f"{self._where()}: {text!r} is not one of {self._values}")

    def setValue(self, val: Any, chan: int = -1, *more: Any) -> bool:
        self._index_of(val)
        return super().setValue(val, chan)

    def values(self) -> list[str]:
        return list(self._values)

    def setValues(self, values: Any) -> None:
        kept = self._typed(self._fields[0].value)
        with self._change():
            self._values, self._written = _items(values), list(values)
            self._fields = [Field(float(self._values.index(kept)) if kept in self._values else 0.0)]

    def numValues(self) -> int:
        return len(self._values)

    def enumName(self, n: int) -> str:
        return self._values[n]


def _items(values: Any) -> list[str]:
    items = list(values)
    if isinstance(values, str) or not items or not all(isinstance(item, str) for item in items):
        raise TypeError(f"A menu is a list of str with at least one item, not {values!r}")
    return [item.split("\t")[0] for item in items]


class Radio_Knob(Enumeration_Knob):  # noqa: N801
    _code = 83


class Pulldown_Knob(Enumeration_Knob):  # noqa: N801
    _code = 47


class Channel_Knob(Knob):  # noqa: N801
    """A channel, or `none`; the layer must be known."""

    _code = 11

    def __init__(self, name: str | None = None, label: str | None = None, text: str = "none") -> None:
        self._text = text
        super().__init__(name, label)

    def _script(self) -> str:
        return self._text

    def _check(self, text: str) -> None:
        for word in split(text, self._where()):
            layer = word.lstrip("-").split(".")[0]
            if layer not in session().layers | {"all", "none"}:
                raise HostError(f"{self._where()}: there is no layer {layer!r}")

    def _read(self, text: str) -> None:
        self._check(text)
        self._text = text

    def setValue(self, name: str) -> bool:
        if not isinstance(name, str):
            raise self._wrong(name, "a channel's name")
        self._check(name)
        with self._change():
            self._text = name
        return True

    def value(self) -> str:
        return self._text

    def _picks(self, channel: str) -> bool:
        layer, _, name = channel.partition(".")
        words = split(self._text, self._where())
        named = {"rgba": _RGBA, "rgb": _RGBA[:3], "alpha": _RGBA[3:]}
        wanted = channel in words or "all" in words or (layer in words and layer not in named)
        wanted = wanted or (layer == "rgba" and any(name in named.get(word, ()) for word in words))
        return wanted and "-" + channel not in words


class ChannelMask_Knob(Channel_Knob):  # noqa: N801
    _code = 10


class MultiView_Knob(Knob):  # noqa: N801
    _code = 45

    def __init__(self, name: str | None = None, label: str | None = None, text: str = "") -> None:
        self._text = text
        super().__init__(name, label)

    def _script(self) -> str:
        return self._text

    def _read(self, text: str) -> None:
        self._text = text

    def setValue(self, val: str) -> bool:
        if not isinstance(val, str):
            raise self._wrong(val, "names of views")
        unknown = [view for view in val.split() if view not in session().root._views()]
        if unknown:
            raise HostError(f"{self._where()}: there is no view {unknown[0]!r}")
        with self._change():
            self._text = val
        return True

    def value(self) -> str:
        return self._text


class Format_Knob(Knob):  # noqa: N801
    """Set by a format's name; written whole, so that another machine learns the format from the script."""

    _code = 17

    def __init__(self, name: str | None = None, label: str | None = None, text: str = "2K_Super_35(full-ap)") -> None:
        self._format = Format._known(text)
        super().__init__(name, label)

    def _script(self) -> str:
        return self._format._script()

    def _read(self, text: str) -> None:
        self._format = Format._known(text) if re.match(r"[^\d\s]\S*\Z", text) else Format._added(text)

    def setValue(self, val: Any) -> bool:
        if not isinstance(val, (str, Format)):
            raise self._wrong(val, "a format, or the name of one")
        found = Format._known(val) if isinstance(val, str) else val
        with self._change():
            self._format = found
        return True

    def value(self) -> Format:
        return self._format

    def actualValue(self) -> Format:
        return self._format


class Link_Knob(Knob):  # noqa: N801
    """Shows another knob; its target is looked up each time, first inside the group, then beside it."""

    _code = 41

    def __init__(self, name: str | None = None, label: str | None = None, target: str = "") -> None:
        self._target = target
        super().__init__(name, label)

    def _linked(self) -> Any:
        from tests.nuke_host.expressions import find_knob

        return find_knob(self._target, self._owner)

    def getLink(self) -> str:
        return self._target

    def setLink(self, s: str) -> None:
        self._target = s

    def makeLink(self, s: str, t: str) -> None:
        self._target = f"{s}.{t}"

    def getLinkedKnob(self) -> Any:
        return self._linked()

    def value(self, *index: Any) -> Any:
        return self._linked().value(*index)

    def setValue(self, *value: Any) -> Any:
        return self._linked().setValue(*value)

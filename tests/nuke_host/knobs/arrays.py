"""Numbers: Double, Int, Boolean, colors, positions; each with animation and expressions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tests.nuke_host.knobs.base import Knob
from tests.nuke_host.knobs.curve import Field
from tests.nuke_host.session import HostError, session
from tests.nuke_host.tcl import split


class Array_Knob(Knob):  # noqa: N801
    """`_size` numbers. Values given are checked, never converted from text."""

    _code = 9
    _size = 1
    _steps = False

    def __init__(self, name: str | None = None, label: str | None = None, *more: Any) -> None:
        self._fields = [Field() for _ in range(self._size)]
        super().__init__(name, label)

    def _number(self, value: Any) -> float:
        if not isinstance(value, (int, float)):
            raise self._wrong(value, "a number")
        return float(value)

    def _typed(self, value: float) -> Any:
        return value

    def _now(self) -> float:
        return session().now()

    def _all(self, frame: float | None = None) -> list[Any]:
        at = self._now() if frame is None else frame
        return [self._typed(field.at(at, self)) for field in self._fields]

    def _script(self) -> str:
        return " ".join(field.script() for field in self._fields)

    def _word(self) -> str:
        text = self._script()
        return "{" + text + "}" if " " in text or "{" in text else text

    def _read(self, text: str) -> None:
        items = split(text, self._where())
        if len(items) == 1 and not text.strip().startswith(("{", '"')):
            self._fields = [Field(self._plain(text)) for _ in self._fields]
            return
        if len(items) not in (1, self._size):
            raise HostError(f"{self._where()}: expected {self._size} values, not {len(items)}: {text!r}")
        self._fields = [Field.read(item, self._where()) for item in items * (self._size // len(items))]

    def _plain(self, text: str) -> float:
        try:
            return self._number_of(text)
        except ValueError:
            raise HostError(f"{self._where()} ({type(self).__name__}): {text!r} is no value of it") from None

    def _number_of(self, text: str) -> float:
        return float(text)

    def _formula(self) -> str:
        return " ".join(field.expression for field in self._fields)

    def _picked(self, index: int) -> list[Field]:
        return self._fields if index < 0 else [self._fields[index]]

    def setValue(self, val: Any, chan: int = -1, *more: Any) -> bool:
        values = list(val) if isinstance(val, Sequence) and not isinstance(val, str) else [val]
        fields = self._picked(chan)
        if len(values) not in (1, len(fields)):
            raise self._wrong(val, f"{len(fields)} numbers")
        numbers = [self._number(value) for value in values] * (len(fields) // len(values))
        if any(field.expression for field in fields):
            session().violate(f"{self._where()}: setValue changes nothing in Nuke, an expression drives this knob")
        with self._change():
            for field, number in zip(fields, numbers, strict=True):
                if field.keys:
                    field.keys[self._now()] = number
                field.value = number
        return True

    def value(self, index: int | None = None) -> Any:
        values = self._all()
        if index is not None:
            return values[index]
        return values[0] if self._size == 1 else values

    def getValue(self, channel: int | None = None) -> Any:
        values = [field.at(self._now(), self) for field in self._fields]
        return values[channel or 0] if self._size == 1 or channel is not None else values

    def setValueAt(self, val: Any, time: float, index: int = -1, view: str | None = None) -> bool:
        number = self._number(val)
        with self._change():
            for field in self._picked(index):
                field.keys[float(time)] = number
                field.expression, field.steps = "", self._steps
        return True

    def getValueAt(self, frame: float, index: int = -1, view: str | None = None) -> Any:
        values = self._all(frame)
        return values[max(index, 0)] if self._size == 1 or index >= 0 else values

    def valueAt(self, frame: float, index: int = -1) -> Any:
        return self.getValueAt(frame, index)

    def setAnimated(self, channel: int = -1) -> bool:
        with self._change():
            for field in self._picked(channel):
                field.keys = field.keys or {self._now(): field.at(self._now(), self)}
                field.expression, field.steps = "", self._steps
        return True

    def isAnimated(self, channel: int = -1) -> bool:
        return any(field.keys or field.expression for field in self._picked(channel))

    def clearAnimated(self, channel: int = -1) -> bool:
        with self._change():
            for field in self._picked(channel):
                field.value = field.at(self._now(), self)
                field.keys, field.expression = {}, ""
        return True

    def getKeyList(self) -> list[int]:
        return sorted({int(time) for field in self._fields for time in field.keys})

    def getNumKeys(self, channel: int = -1) -> int:
        return max(len(field.keys) for field in self._picked(channel))

    def isKeyAt(self, frame: float, index: int = -1, view: str | None = None) -> bool:
        return any(frame in field.keys for field in self._picked(index))

    def isKey(self, channel: int = -1) -> bool:
        return self.isKeyAt(self._now(), channel)

    def removeKeyAt(self, frame: float, index: int = -1, view: str | None = None) -> bool:
        with self._change():
            for field in self._picked(index):
                if field.keys.pop(float(frame), None) is not None and not field.keys:
                    field.keys = {}
        return True

    def setExpression(self, expression: str, channel: int = -1, view: str | None = None) -> bool:
        if not isinstance(expression, str):
            raise self._wrong(expression, "an expression")
        with self._change():
            for field in self._picked(channel):
                field.expression, field.keys = expression, {}
        return True

    def hasExpression(self, index: int = -1) -> bool:
        return any(field.expression for field in self._picked(index))

    def setRange(self, low: float, high: float) -> None:
        self._range = f"{low} {high}"

    def arraySize(self) -> int:
        return self._size

    def notDefault(self) -> bool:
        return not self._is_default()

    def defaultValue(self) -> float:
        return Field.read(split(self._default, self._where())[0], self._where()).value

    def setDefaultValue(self, values: Sequence[float]) -> None:
        self._fields = [Field(self._number(value)) for value in values]
        self._default = self._script()


class Double_Knob(Array_Knob):  # noqa: N801
    _code = 7


class Int_Knob(Array_Knob):  # noqa: N801
    _code = 3

    def _number(self, value: Any) -> float:
        if not isinstance(value, int):
            raise self._wrong(value, "an int")
        return float(value)

    def _typed(self, value: float) -> Any:
        return int(value)


class Unsigned_Knob(Array_Knob):  # noqa: N801
    def _number(self, value: Any) -> float:
        if not isinstance(value, int) or value < 0:
            raise self._wrong(value, "an unsigned int")
        return float(value)

    def _number_of(self, text: str) -> float:
        return float(int(text, 0))

    def _typed(self, value: float) -> Any:
        return int(value)


class ColorChip_Knob(Unsigned_Knob):  # noqa: N801
    _code = 40

    def _script(self) -> str:
        return f"0x{int(self._fields[0].value):x}" if self._fields[0].value else "0"


class Boolean_Knob(Array_Knob):  # noqa: N801
    _code = 6
    _new_row = False
    _steps = True

    def _number(self, value: Any) -> float:
        if not isinstance(value, int) or value not in (0, 1):
            raise self._wrong(value, "a bool")
        return float(value)

    def _typed(self, value: float) -> Any:
        return value != 0

    def _number_of(self, text: str) -> float:
        if text.lower() not in _BOOLS:
            raise ValueError(text)
        return _BOOLS[text.lower()]

    def _script(self) -> str:
        text = super()._script()
        return {"1": "true", "0": "false"}.get(text, text)


_BOOLS = {"true": 1.0, "1": 1.0, "false": 0.0, "0": 0.0}


class Disable_Knob(Boolean_Knob):  # noqa: N801
    _code = 80


class WH_Knob(Array_Knob):  # noqa: N801
    _code, _size = 14, 2


class XY_Knob(Array_Knob):  # noqa: N801
    _code, _size = 12, 2


class XYZ_Knob(Array_Knob):  # noqa: N801
    _code, _size = 13, 3


class BBox_Knob(Array_Knob):  # noqa: N801
    _code, _size = 15, 4


class Color_Knob(Array_Knob):  # noqa: N801
    _code, _size = 18, 3


class AColor_Knob(Color_Knob):  # noqa: N801
    _code, _size = 19, 4


NUMBERS: tuple[Callable[..., Array_Knob], ...] = (
    Double_Knob,
    Int_Knob,
    Boolean_Knob,
    WH_Knob,
    XY_Knob,
    XYZ_Knob,
    BBox_Knob,
    Color_Knob,
    AColor_Knob,
)

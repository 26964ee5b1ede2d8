"""One number of a knob: constant, an expression, or keys."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tests.nuke_host.session import HostError
from tests.nuke_host.tcl import quoted, split

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\Z")


def number_text(value: float) -> str:
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(float(value))


@dataclass
class Field:
    """`steps` holds a key until the next one; otherwise values lie on straight lines between keys."""

    value: float = 0.0
    expression: str = ""
    keys: dict[float, float] = field(default_factory=dict)
    steps: bool = False

    def at(self, frame: float, knob: Any) -> float:
        if self.expression:
            from tests.nuke_host.expressions import number

            return number(self.expression, knob, frame)
        return self._keyed(frame) if self.keys else self.value

    def _keyed(self, frame: float) -> float:
        times = sorted(self.keys)
        left = max((t for t in times if t <= frame), default=times[0])
        right = min((t for t in times if t >= frame), default=times[-1])
        if left == right or frame <= left or self.steps:
            return self.keys[left]
        share = (frame - left) / (right - left)
        return self.keys[left] * (1 - share) + self.keys[right] * share

    def script(self) -> str:
        if self.expression:
            return "{" + quoted(self.expression) + "}"
        if self.keys:
            keys = " ".join(f"x{number_text(t)} {number_text(v)}" for t, v in sorted(self.keys.items()))
            return "{curve " + ("K " if self.steps else "") + keys + "}"
        return number_text(self.value)

    @classmethod
    def read(cls, text: str, where: str) -> Field:
        """One item of a knob's list.

        Raises:
            HostError: no number, and not in braces.
        """
        if _NUMBER.match(text):
            return cls(float(text))
        words = split(text, where)
        if words[:1] == ["curve"]:
            return cls._curve(words[1:], where)
        return cls(expression=words[0] if len(words) == 1 and text.startswith('"') else text)

    @classmethod
    def _curve(cls, words: list[str], where: str) -> Field:
        made, time, step = cls(), 0.0, 1.0
        for word in words:
            if word == "K":
                made.steps = True
            elif word.startswith("x") and _NUMBER.match(word[1:]):
                time = float(word[1:])
            elif _NUMBER.match(word):
                made.keys[time] = made.value = float(word)
                time += step
            elif word not in ("i", "L", "C", "R") and not re.match(r"[stuv]-?[\d.]", word):
                raise HostError(f"{where}: {word!r} is not part of a curve")
        if not made.keys:
            raise HostError(f"{where}: a curve without keys")
        return made

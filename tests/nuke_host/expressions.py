"""Expressions and evaluated text: names are searched as Nuke does, the rest is a real Tcl's work.

A name is looked for in the knobs of the knob's node, then among the nodes in that node if it is a group, then beside
it, and on up to the root; `this`, `parent`, `root`, `input` and `inputN` begin a name too [D, nuke.knob's docstring].
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.nuke_host.knobs.arrays import Array_Knob
from tests.nuke_host.knobs.base import Knob
from tests.nuke_host.knobs.choices import Enumeration_Knob, Link_Knob
from tests.nuke_host.knobs.curve import number_text
from tests.nuke_host.knobs.texts import EvalString_Knob
from tests.nuke_host.session import HostError, session
from tests.nuke_host.tcl import Safe, file_command

_NAME = re.compile(r"(?<![\w.])([A-Za-z_]\w*(?:\.\w+)*)(\s*\()?")
_WHOLE = re.compile(r"(?<![\w.])(\d+)(?![\w.])")
_FUNCTIONS = {
    "abs",
    "min",
    "max",
    "floor",
    "ceil",
    "int",
    "pow",
    "sqrt",
    "fmod",
    "round",
    "clamp",
    "exp",
    "log",
    "sin",
    "cos",
}
_KEPT = (
    "subst",
    "expr",
    "if",
    "string",
    "format",
    "set",
    "concat",
    "list",
    "lindex",
    "join",
    "split",
    "regsub",
    "regexp",
    "lrange",
    "append",
    "incr",
    "for",
    "return",
)


def find(path: str, node: Any) -> Any:
    """A knob or a node by its dotted name, seen from `node`; None where there is none."""
    first, *rest = path.split(".")
    start = _step(first, node)
    if start is None:
        place = node
        while start is None and place is not None:
            start = _inside(place, first)
            place = place._parent
    for word in rest:
        if start is None or isinstance(start, Knob):
            return start if start is not None and word.isdigit() else None
        start = _inside(start, word) or _step(word, start) or start._knobs.get(word)
    return start


def _step(word: str, node: Any) -> Any:
    ways = {"this": lambda: node, "parent": lambda: node._parent, "root": lambda: session().root}
    if word in ways:
        return ways[word]()
    if re.match(r"input\d*\Z", word):
        return node._input(int(word[5:] or 0))
    return node._knobs.get(word)


def _inside(node: Any, name: str) -> Any:
    return next((inner for inner in getattr(node, "_inner", ()) if inner._name == name), None)


def find_knob(path: str, node: Any) -> Any:
    """Follows links.

    Raises:
        HostError: nothing has that name, or a node has it.
    """
    found = find(path, node)
    if not isinstance(found, Knob):
        raise HostError(f"{node._full_name()}: nothing is named {path!r}")
    return found._linked() if isinstance(found, Link_Knob) else found


def text_of(text: str, knob: Any) -> str:
    """What Tcl makes of a knob's text."""
    if not re.search(r"[\[$\\]", text):
        return text
    with _no_circle(knob):
        return _Evaluation(knob, knob._owner).run("subst", text)


def number(expression: str, knob: Any, frame: float) -> float:
    """The value of an expression, as a float.

    Raises:
        HostError: it names what is not there, or is no expression.
    """
    with _no_circle(knob):
        answer = _Evaluation(knob, knob._owner, frame).number(expression)
    try:
        return float(answer)
    except ValueError:
        raise HostError(f"{knob._where()}: {expression!r} is {answer!r}, no number") from None


@contextmanager
def _no_circle(knob: Any) -> Iterator[None]:
    host = session()
    if host.depth > 30:
        raise HostError(f"{knob._where()}: expressions that name each other in a circle")
    host.depth += 1
    try:
        yield
    finally:
        host.depth -= 1


class _Evaluation:
    """One evaluation for one knob. The interpreter is made anew: nothing is carried over."""

    def __init__(self, knob: Any, node: Any, frame: float | None = None) -> None:
        if node is None:
            raise HostError(f"{knob._name}: a knob without a node cannot be evaluated")
        self.knob, self.node = knob, node
        host = session()
        self.frame = frame if frame is not None else host.now()
        given: dict[str, Callable[..., str]] = {
            "value": self.value,
            "knob": self.raw,
            "exists": self.exists,
            "file": file_command,
            "expression": self.value,
            "python": self.python,
        }
        self.safe = Safe(_KEPT, given | {"frame": self.now, "getenv": lambda name: os.environ.get(name, "")})
        self.safe.set("gui", "1" if host.gui else "0")

    def run(self, *words: str) -> str:
        try:
            return self.safe.eval(*words)
        except HostError as error:
            raise HostError(f"{self.knob._where()}: {error}") from None

    def number(self, expression: str) -> str:
        tcl = re.search(r"[\[$]", expression)
        text = self.run("subst", "-nobackslashes", expression) if tcl else expression
        text = _NAME.sub(self.named, text)
        return self.run("expr", _WHOLE.sub(r"\1.0", text))

    def named(self, hit: re.Match[str]) -> str:
        name, call = hit[1], hit[2]
        if call or name in ("eq", "ne"):
            if name not in _FUNCTIONS:
                raise HostError(f"{self.knob._where()}: function {name} is not in the white list")
            return hit[0]
        if name == "frame":
            return number_text(self.frame)
        found = find(name, self.node)
        found = found._linked() if isinstance(found, Link_Knob) else found
        if not isinstance(found, Array_Knob):
            raise HostError(f"{self.knob._where()}: nothing that is a number is named {name!r}")
        return f"({found._fields[_index(name)].at(self.frame, found)!r})"

    def value(self, name: str, default: str | None = None) -> str:
        found = find(name, self.node)
        if not isinstance(found, Knob):
            if default is not None:
                return default
            raise HostError(f"nothing is named {name!r}")
        found = found._linked() if isinstance(found, Link_Knob) else found
        if isinstance(found, EvalString_Knob):
            return found._evaluated()
        if isinstance(found, Enumeration_Knob):
            return str(found._all(self.frame)[0])
        if isinstance(found, Array_Knob):
            return " ".join(number_text(field.at(self.frame, found)) for field in found._fields)
        return found._script()

    def raw(self, name: str) -> str:
        return str(find_knob(name, self.node)._script())

    def python(self, code: str) -> str:
        return str(eval(code, {"nuke": sys.modules["nuke"], "int": int}))

    def exists(self, name: str) -> str:
        return "1" if find(name, self.node) is not None else "0"

    def now(self) -> str:
        return number_text(self.frame)


def _index(name: str) -> int:
    last = name.rsplit(".", 1)[-1]
    return int(last) if last.isdigit() else 0

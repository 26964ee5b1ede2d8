"""The text of a .nk or .gizmo, run as the Tcl that it is: statements, and what they wire (facts 2.1, 2.2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.nuke_host.session import HostError
from tests.nuke_host.tcl import Safe, split

_INPUTS = re.compile(r"(\d+)(?:\+(\d+))?\Z")
_IGNORED = ("define_window_layout_xml",)


@dataclass(eq=False)
class Drawn:
    """A node as written: `inputs` are other Drawn, None, or whatever lay on the stack before the text."""

    cls: str
    body: list[tuple[str, str]]
    inputs: list[Any] = field(default_factory=list)
    inner: list[Drawn] = field(default_factory=list)
    up: Drawn | None = None

    @property
    def name(self) -> str:
        return dict(self.body).get("name", "")

    def user_knobs(self) -> list[list[str]]:
        return [
            split(value, f"addUserKnob of {self.name or self.cls}") for key, value in self.body if key == "addUserKnob"
        ]

    def walk(self) -> Iterator[Drawn]:
        yield self
        for node in self.inner:
            yield from node.walk()


@dataclass
class Script:
    """What one text says; `nodes` are those outside of any group."""

    nodes: list[Drawn] = field(default_factory=list)
    root: Drawn | None = None
    layers: list[list[str]] = field(default_factory=list)
    version: str = ""

    def walk(self) -> Iterator[Drawn]:
        for node in self.nodes:
            yield from node.walk()


class _Reader:
    def __init__(self, before: Sequence[Any]) -> None:
        self.script = Script()
        self.stacks: list[list[Any]] = [list(before)]
        self.open: list[Drawn] = []
        self.tokens: list[Any] = [None, *before]

    def statement(self, command: str, *words: str) -> str:
        if command in _IGNORED:
            return ""
        known: dict[str, Callable[..., str | None]] = {
            "stack": self.stack,
            "push": self.push,
            "version": self.version,
            "add_layer": self.layer,
        }
        if command == "end_group":
            self.end_group()
        elif command in known:
            return known[command](*words) or ""
        elif command == "clone":
            raise HostError("clone: clones are not part of the white list")
        else:
            self.node(command, words)
        return ""

    def stack(self, index: str = "0") -> str:
        stack = self.stacks[-1]
        top = stack[-1 - int(index)] if int(index) < len(stack) else None
        return str(next((at for at, token in enumerate(self.tokens) if token is top), 0))

    def push(self, token: str) -> None:
        if not token.isdigit() or int(token) >= len(self.tokens):
            raise HostError(f"push {token}: no such node on the stack")
        self.stacks[-1].append(self.tokens[int(token)])

    def version(self, *words: str) -> None:
        self.script.version = " ".join(words)

    def layer(self, text: str) -> None:
        self.script.layers.append(split(text, "add_layer"))

    def node(self, cls: str, words: tuple[str, ...]) -> None:
        if len(words) != 1:
            raise HostError(f"{cls}: a node statement has one argument, this one has {len(words)}: {words[1:]!r}")
        items = split(words[0], cls)
        if len(items) % 2:
            raise HostError(
                f"{cls}: knobs and values come in pairs, these are {len(items)} words, the last {items[-1]!r}"
            )
        node = Drawn(cls, list(zip(items[::2], items[1::2], strict=True)), up=self.open[-1] if self.open else None)
        if cls == "Root":
            self.script.root = node
            return
        node.inputs = [self._pop() for _ in range(_count(node))]
        node.body = [(key, value) for key, value in node.body if key != "inputs"]
        (self.open[-1].inner if self.open else self.script.nodes).append(node)
        self.stacks[-1].append(node)
        self.tokens.append(node)
        if cls in ("Group", "Gizmo"):
            self.open.append(node)
            self.stacks.append([])

    def _pop(self) -> Any:
        return self.stacks[-1].pop() if self.stacks[-1] else None

    def end_group(self) -> None:
        if not self.open:
            raise HostError("end_group: no group is open")
        self.open.pop()
        self.stacks.pop()


def _count(node: Drawn) -> int:
    text = dict(node.body).get("inputs", "1")
    found = _INPUTS.match(text)
    if not found:
        raise HostError(f"{node.cls}: inputs {text!r}: expected N or N+M")
    return int(found[1]) + int(found[2] or 0)


def parse(text: str, before: Sequence[Any] = ()) -> Script:
    """Reads a script.

    Args:
        text: of a .nk, a .gizmo, or a clipboard.
        before: what lies on the stack already, the top last: the selected nodes.

    Raises:
        HostError: it is no Tcl, or no script.
    """
    reader = _Reader(before)
    safe = Safe(("set",), {"unknown": reader.statement})
    safe.eval(text)
    if reader.open:
        raise HostError(f"{reader.open[-1].cls} {reader.open[-1].name}: end_group is missing")
    return reader.script

"""Callbacks: the registry as nuke.callbacks has it, and the order in which they run (facts 3.1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.nuke_host.session import session

KINDS = (
    "OnUserCreate",
    "OnCreate",
    "OnDestroy",
    "KnobChanged",
    "OnScriptLoad",
    "OnScriptSave",
    "OnScriptClose",
    "FilenameFilter",
)
_ROOT_KINDS = ("OnScriptLoad", "OnScriptSave", "OnScriptClose")
_SCRIPT_KNOBS = {"OnCreate": "onCreate", "OnDestroy": "onDestroy", "KnobChanged": "knobChanged"}


class Registry:
    """One entry for each identical (call, args, kwargs, node)."""

    def __init__(self) -> None:
        self._entries: dict[str, dict[str, list[tuple[Any, ...]]]] = {kind: {} for kind in KINDS}

    def functions(self) -> dict[str, Callable[..., None]]:
        """`addOnCreate`, `removeOnCreate`, and so on."""
        made: dict[str, Callable[..., None]] = {}
        for kind in KINDS:
            made[f"add{kind}"] = self._adder(kind)
            made[f"remove{kind}"] = self._remover(kind)
        return made

    def _adder(self, kind: str) -> Callable[..., None]:
        standard = "Root" if kind in _ROOT_KINDS else "*"

        def add(call: Any, args: Any = (), kwargs: Any = None, nodeClass: str = standard, node: Any = None) -> None:
            session().assert_main(f"nuke.add{kind}")
            if not callable(call):
                raise ValueError("call must be a callable object")
            entry = (call, args, kwargs or {}, node)
            entries = self._entries[kind].setdefault(nodeClass, [])
            if entry not in entries:
                entries.append(entry)

        return add

    def _remover(self, kind: str) -> Callable[..., None]:
        standard = "Root" if kind in _ROOT_KINDS else "*"

        def remove(call: Any, args: Any = (), kwargs: Any = None, nodeClass: str = standard, node: Any = None) -> None:
            session().assert_main(f"nuke.remove{kind}")
            entries = self._entries[kind].get(nodeClass, [])
            entry = (call, args, kwargs or {}, node)
            if entry in entries:
                entries.remove(entry)

        return remove

    def count(self, kind: str) -> int:
        return sum(len(entries) for entries in self._entries[kind].values())

    def of(self, kind: str, node: Any) -> list[tuple[Any, ...]]:
        entries = self._entries[kind]
        found = entries.get(node._class if node is not None else "*", []) + (
            entries.get("*", []) if node is not None else []
        )
        return [entry for entry in found if entry[3] is None or entry[3] == node]

    def fire(self, kind: str, node: Any, knob: Any = None) -> None:
        """The node's own script knob first, then those of its class, then those of all. Exceptions go on."""
        host = session()
        own = _SCRIPT_KNOBS.get(kind, "")
        code = node._knobs[own]._text if own in node._knobs else ""
        with host.callback(kind, node, knob):
            if code:
                run_code(code, f"{node._full_name()}.{own}")
            for call, args, kwargs, _ in self.of(kind, node):
                call(*args, **kwargs)

    def filtered(self, name: str, node: Any) -> str:
        """Filters run in reverse order; one that gives None leaves the name."""
        for call, args, kwargs, _ in reversed(self.of("FilenameFilter", node)):
            with session().callback("FilenameFilter", node):
                answer = call(*args, name, **kwargs)
            if answer is not None and not isinstance(answer, str):
                raise TypeError(f"A filename filter gave {answer!r}, not a str or None")
            name = name if answer is None else answer
        return name


def run_code(code: str, where: str) -> None:
    """As Nuke runs a knob's Python: in `__main__`, where `nuke` is known."""
    import nuke  # the fake, which is installed while any of this runs

    names: dict[str, Any] = {"nuke": nuke, "__name__": "__main__", "__builtins__": __builtins__}
    exec(compile(code, where, "exec"), names)

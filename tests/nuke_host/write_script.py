"""Text from nodes, as Nuke saves it: only what is not at its default, user knobs as addUserKnob lines."""

from __future__ import annotations

from typing import Any

from tests.nuke_host.session import session
from tests.nuke_host.user_knobs import has_value, user_knob_line

TO_SCRIPT, TO_VALUE, WRITE_USER_KNOB_DEFS, WRITE_ALL, WRITE_NON_DEFAULT_ONLY = 1, 2, 4, 8, 16
_DO_NOT_WRITE = 0x200
_NEVER = ("selected",)


def script_text() -> str:
    """The whole script."""
    host = session()
    major, minor, release = host.version
    lines = [f"version {major}.{minor} v{release}", "Root {", " inputs 0", *_values(host.root, all_knobs=False), "}"]
    return "\n".join(lines) + "\n" + text_of_nodes(host.root._inner)


def clipboard_text(nodes: list[Any]) -> str:
    """What copying gives: wires to nodes that are not copied go to what is selected when pasted."""
    major, minor, release = session().version
    head = f"set cut_paste_input [stack 0]\nversion {major}.{minor} v{release}\n"
    return head + "push $cut_paste_input\n" + text_of_nodes(nodes, outside="$cut_paste_input")


def text_of_nodes(nodes: list[Any], outside: str = "0") -> str:
    """Statements for nodes of one group, sources first. `outside` stands for inputs that are not among them."""
    lines: list[str] = []
    # Tcl's variables are the whole script's, a group's inside included.
    names = {node: "$N_" + node._full_name().replace(".", "__") for node in nodes}
    for node in _sources_first(nodes):
        for fed in reversed(node._inputs):
            lines.append("push " + ("0" if fed is None else names.get(fed, outside)))
        lines += [f"{node._class} {{", *_head(node), *_values(node, all_knobs=False), "}"]
        if node._class == "Group":
            lines += [*(" " + line for line in text_of_nodes(node._inner).splitlines()), "end_group"]
        lines.append(f"set {names[node][1:]} [stack 0]")
    return "\n".join(lines) + "\n" if lines else ""


def _head(node: Any) -> list[str]:
    count = len(node._inputs)
    masked = node._class in ("Copy", "Merge2") and count == 3
    return [] if count == 1 else [f" inputs {'2+1' if masked else count}"]


def _sources_first(nodes: list[Any]) -> list[Any]:
    done: list[Any] = []

    def visit(node: Any) -> None:
        if node in done or node not in nodes:
            return
        for fed in node._inputs:
            visit(fed)
        done.append(node)

    for node in nodes:
        visit(node)
    return done


def _values(node: Any, *, all_knobs: bool, definitions: bool = True) -> list[str]:
    lines = []
    for knob in node._knobs.values():
        if knob._user and definitions:
            lines.append(_definition(knob))
        wanted = all_knobs or (knob._name == "name" and node._parent is not None) or not knob._is_default()
        if (
            wanted
            and not knob._flags & _DO_NOT_WRITE
            and knob._name not in _NEVER
            and not (knob._user and not has_value(knob))
        ):
            lines.append(f" {knob._name} {knob._word()}")
    return lines


def _definition(knob: Any) -> str:
    if not knob._nameless:
        return user_knob_line(knob)
    name, knob._name = knob._name, ""
    try:
        return user_knob_line(knob)
    finally:
        knob._name = name


def knob_lines(node: Any, flags: int) -> str:
    """`Node.writeKnobs`: names alone, or with values."""
    everything = bool(flags & WRITE_ALL) and not flags & WRITE_NON_DEFAULT_ONLY
    if not flags & TO_SCRIPT:
        return " ".join(name for name, knob in node._knobs.items() if everything or not knob._is_default())
    return "\n".join(_values(node, all_knobs=everything, definitions=bool(flags & WRITE_USER_KNOB_DEFS))).strip()

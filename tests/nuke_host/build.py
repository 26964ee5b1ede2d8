"""Nodes from text, and single ones by class."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.nuke_host.group import Group
from tests.nuke_host.node import Node
from tests.nuke_host.node_core import free_name
from tests.nuke_host.parse import Drawn, Script, parse
from tests.nuke_host.session import HostError, session
from tests.nuke_host.tcl import split
from tests.nuke_host.undo import Life
from tests.nuke_host.user_knobs import read_user_knob
from tests.nuke_host.white_list import CLASSES


def make(cls: str, parent: Any, name: str = "", *, keep: bool = False) -> Any:
    """A node with default knobs.

    Raises:
        HostError: no such class.
    """
    if cls not in CLASSES or cls == "Root":
        raise HostError(f"{cls}: unknown command")
    taken = {node._name for node in parent._inner}
    if not name or (name in taken and not keep):
        name = free_name(name or cls, taken)
    node = (Group if cls == "Group" else Node)(cls, name, parent)
    parent._inner.append(node)
    return node


def build(text: str, parent: Any, *, before: Sequence[Any] = (), fresh_names: bool = True) -> list[Any]:
    """All nodes of a text, wired, into a group. Tells nobody; `adopt` does."""
    return _build(parse(text, before), parent, fresh_names)


def _build(script: Script, parent: Any, fresh_names: bool) -> list[Any]:
    host = session()
    made: dict[Any, Any] = {}
    with host.quietly():
        for words in script.layers:
            host.layers.add(words[0])
        if script.root is not None:
            for key, value in script.root.body:
                if key != "inputs":
                    _put(host.root, key, value)
        return [_raise(drawn, parent, made, fresh_names) for drawn in script.nodes]


def _raise(drawn: Drawn, parent: Any, made: dict[Any, Any], fresh_names: bool) -> Any:
    node = make(drawn.cls, parent, drawn.name, keep=not fresh_names)
    made[drawn] = node
    for key, value in drawn.body:
        if key == "addUserKnob":
            _add(node, value)
        elif key != "name":
            _put(node, key, value)
    for index, token in enumerate(drawn.inputs):
        fed = made.get(token) if isinstance(token, Drawn) else token
        if fed is not None:
            node._wire(index, fed)
    for inner in drawn.inner:
        _raise(inner, node, made, fresh_names)
    return node


def _add(node: Any, text: str) -> None:
    knob = read_user_knob(text, node._full_name())
    if not knob._name:
        knob._name = free_name("_unnamed", set(node._knobs))
        knob._nameless = True
    if knob._name in node._knobs:
        raise HostError(f"{node._full_name()}: two knobs are named {knob._name}")
    node._take(knob)


def _put(node: Any, key: str, value: str) -> None:
    if key not in node._knobs:
        raise HostError(f"{node._full_name() or 'root'} ({node._class}): there is no knob {key!r}")
    node._knobs[key]._read(value)
    if node._class == "Write" and key == "file_type":
        node._show_exr_knobs(value == "exr")


def read_knobs(node: Any, text: str) -> None:
    """`Node.readKnobs`: pairs of names and values, and addUserKnob lines."""
    items = split(text, node._full_name())
    if len(items) % 2:
        raise HostError(f"{node._full_name()}: knobs and values come in pairs")
    for key, value in zip(items[::2], items[1::2], strict=True):
        if key == "addUserKnob":
            _add(node, value)
        elif key == "name":
            node._rename(value)
        elif key != "inputs":
            with node[key]._change():
                _put(node, key, value)


def adopt(nodes: list[Any], *, user: bool) -> None:
    """Newly made nodes become part of the undo stack, and callbacks hear of them."""
    host = session()
    host.modified = True
    for node in nodes:
        host.undo.record(Life(node._full_name(), born=True))
    for node in nodes:
        node._created(user=user)


def create(typ: Any, knobs: Any = "", inpanel: bool = True) -> Any:
    """`nuke.createNode`: connected to the selection, selected, its panel open in a GUI. A gizmo comes from its file."""
    host = session()
    if not isinstance(typ, str) or not isinstance(knobs, str):
        raise TypeError("createNode: expected text")
    group = host.groups[-1] if host.groups else host.root
    chosen = group.selectedNodes()
    with host.undo.group(f"Create {typ}"):
        node = _from_class_or_file(typ, group, chosen)
        with host.quietly():
            for other in chosen:
                other._knobs["selected"]._read("false")
            node._knobs["selected"]._read("true")
            if knobs:
                read_knobs(node, knobs)
        adopt([node], user=host.gui)
        if inpanel and host.gui and not node._gone:
            node.showControlPanel()
    return node


def _from_class_or_file(typ: str, group: Any, chosen: list[Any]) -> Any:
    if typ in CLASSES:
        node = make(typ, group)
        if chosen and node.maxInputs():
            node._wire(0, chosen[-1])
        return node
    path = gizmo_file(typ)
    if path is None:
        raise HostError(f"{typ}: unknown command")
    made = build(path.read_text(encoding="utf-8"), group, before=chosen)[0]
    if not made._name[-1].isdigit():
        made._name = free_name(made._name, {node._name for node in group._inner})
    return made


def gizmo_file(name: str) -> Path | None:
    """The first file of that name on the plugin path."""
    return next(
        (Path(at) / f"{name}.gizmo" for at in session().plugin_path if (Path(at) / f"{name}.gizmo").is_file()), None
    )

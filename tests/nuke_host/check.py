"""What is wrong with a gizmo's text, found without running any of its code (facts 2.5, 2.6, 9.3)."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from typing import Any

from tests.nuke_host.build import build, make
from tests.nuke_host.knobs.arrays import Array_Knob
from tests.nuke_host.knobs.choices import Link_Knob
from tests.nuke_host.knobs.texts import EvalString_Knob, PyScript_Knob
from tests.nuke_host.parse import Drawn, parse
from tests.nuke_host.session import HostError, session

_CODE = ("onCreate", "onDestroy", "knobChanged", "updateUI", "autolabel")
_LEFTOVERS = ("xpos", "ypos", "selected")


def gizmo_faults(text: str) -> list[str]:
    """All faults of a gizmo, in words; none for a good one."""
    try:
        script = parse(text)
        if len(script.nodes) != 1 or script.nodes[0].cls != "Group":
            return ["a gizmo is one Group"]
        faults = list(_written(script.nodes[0]))
        scratch = make("Group", session().root, "GizmoCheck")
        try:
            for node in build(text, scratch):
                faults += _built(node)
        finally:
            scratch._remove()
    except HostError as error:
        return [str(error)]
    return faults


def _written(group: Drawn) -> Iterator[str]:
    """What building would put right by itself."""
    leftovers = [key for key, _ in group.body if key in _LEFTOVERS]
    if leftovers:
        yield f"{group.name}: {leftovers} of the clipboard are left in the gizmo"
    for node in group.walk():
        names = [inner.name for inner in node.inner]
        for name in {name for name in names if names.count(name) > 1 or not name}:
            yield f"{node.name}: {names.count(name)} nodes are named {name!r}"
        keys = [key for key, _ in node.body if key != "addUserKnob"]
        for key in {key for key in keys if keys.count(key) > 1}:
            yield f"{node.name or node.cls}: {key} is set {keys.count(key)} times"


def _built(node: Any) -> Iterator[str]:
    for knob in node._knobs.values():
        yield from _knob(knob)
    if node._class == "Write" and not node._knobs["disable"]._all()[0]:
        yield f"{node._full_name()}: `nuke -x` would render this Write"
    if not hasattr(node, "_inner"):
        return
    numbers = sorted(int(inner._knobs["number"]._all()[0]) for inner in node._inner if inner._class == "Input")
    if numbers != list(range(len(numbers))):
        yield f"{node._full_name()}: its inputs are numbered {numbers}"
    if sum(inner._class == "Output" for inner in node._inner) != 1:
        yield f"{node._full_name()}: a group has one Output"
    for inner in node._inner:
        yield from _built(inner)


def _knob(knob: Any) -> Iterator[str]:
    try:
        if isinstance(knob, Link_Knob):
            knob._linked()
        elif isinstance(knob, Array_Knob):
            knob._all()
        elif isinstance(knob, EvalString_Knob):
            knob._evaluated()
    except HostError as error:
        yield str(error)
    if isinstance(knob, PyScript_Knob) or (knob._name in _CODE and knob._text):
        yield from _code(knob._text, knob._where())


def _code(code: str, where: str) -> Iterator[str]:
    try:
        tree = ast.parse(code, where)
    except SyntaxError as error:
        yield f"{where}: {error}"
        return
    known = set(dir(builtins)) | {"nuke", "__file__"}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            known |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            known |= {node.name, *(arg.arg for arg in ast.walk(node) if isinstance(arg, ast.arg))}
        elif isinstance(node, ast.ExceptHandler) and node.name:
            known.add(node.name)
        elif isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            known.add(node.id)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    if used - known:
        yield f"{where}: names that nothing defines: {sorted(used - known)}"

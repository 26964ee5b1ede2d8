"""What the plugin may import: Nuke's Python has nothing else, and `nuke` is known in one room."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PLUGIN = Path(__file__).resolve().parents[2] / "nuke_plugin" / "penumbra_nuke"
OURS = {"penumbra", "penumbra.errors", "penumbra.aside", "penumbra.protocol", "penumbra.desk"}
# The panel is Qt 6's, and for Nuke 16 and later; menus are made where Nuke starts.
ALSO = {
    "host/panel.py": {"penumbra.panel", "nukescripts"},
    "host/qt.py": {"PySide6", "PySide2"},
    "startup.py": {"nuke"},
}


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def is_allowed(module: str, name: str) -> bool:
    top = module.partition(".")[0]
    also = ALSO.get(name, set())
    if top == "penumbra":
        return module in OURS | also
    return top in sys.stdlib_module_names | {"penumbra_nuke"} | also or (top == "nuke" and name.startswith("host/"))


@pytest.mark.parametrize("name", [path.relative_to(PLUGIN).as_posix() for path in sorted(PLUGIN.rglob("*.py"))])
def test_when_a_module_runs_inside_nuke_then_it_imports_what_is_there(name):
    assert [module for module in imported(PLUGIN / name) if not is_allowed(module, name)] == []

"""init.py and menu.py as Nuke runs them, in processes of their own: they must do their work, and never stop Nuke."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Stands where Nuke's module does, and knows nothing but what the entry points may use.
NUKE = """
def pluginAddPath(path, addToSysPath=True):
    print(ascii(("added", path, addToSysPath)))
"""
STARTUP = """
print("imported")
def register_menus():
    print("menus")
"""
# Nuke runs both in one namespace, `__main__`.
RUN = """
import sys
sys.path.insert(0, {beside!r})
before = list(sys.path)
for file in sys.argv[1:]:
    __file__ = file
    exec(compile(open(file, encoding="utf-8").read(), file, "exec"))
import os
names = sorted(name for name in dir() if "penumbra" in name)
print(ascii(names), ascii([path for path in sys.path if path not in before]))
print("Nuke goes on", "PySide6" in sys.modules, "PySide2" in sys.modules)
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A Penumbra whose startup tells what is asked of it, under a path as studios have them."""
    root = tmp_path / "my tools ä" / "penumbra"
    package = root / "nuke_plugin" / "penumbra_nuke"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "startup.py").write_text(STARTUP)
    for name in ("init.py", "menu.py"):
        shutil.copy(ROOT / name, root)
    return root


def run_nuke(tmp_path: Path, *files: Path, nuke: str = NUKE) -> tuple[list[str], str]:
    """Run files as Nuke does when it starts; gives the lines printed and what was said of trouble."""
    beside = tmp_path / "nuke's own"
    beside.mkdir(exist_ok=True)
    (beside / "nuke.py").write_text(nuke)
    command = [sys.executable, "-I", "-X", "utf8", "-c", RUN.format(beside=str(beside)), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout.splitlines()[-1].startswith("Nuke goes on")
    return done.stdout.splitlines(), done.stderr


def test_when_nuke_starts_then_folders_modules_and_menus_are_there_and_nothing_else(house, tmp_path):
    lines, trouble = run_nuke(tmp_path, house / "init.py", house / "menu.py")
    added = [ascii(("added", (house / name).as_posix(), False)) for name in ("gizmos", "icons")]
    ours = [str(house / "nuke_plugin"), str(house / "core")]
    assert lines == ["imported", *added, "menus", "[] " + ascii(ours), "Nuke goes on False False"]
    assert trouble == ""


def test_when_nuke_has_no_window_then_init_alone_speaks(house, tmp_path):
    lines, trouble = run_nuke(tmp_path, house / "init.py")
    assert "imported" in lines
    assert "menus" not in lines
    assert trouble == ""


def test_when_nuke_runs_them_twice_then_the_paths_are_there_once(house, tmp_path):
    files = [house / "init.py", house / "menu.py"] * 2
    lines, _ = run_nuke(tmp_path, *files)
    assert lines[-2] == "[] " + ascii([str(house / "nuke_plugin"), str(house / "core")])


@pytest.mark.parametrize(
    "startup",
    [
        "import nothing_of_this_name",
        "this is no Python",
        "raise ValueError('ä\\nb')",
        "raise KeyError",
    ],
)
def test_when_our_package_is_broken_then_it_is_said_once_and_nuke_goes_on(house, tmp_path, startup):
    (house / "nuke_plugin" / "penumbra_nuke" / "startup.py").write_text(startup, encoding="utf-8")
    lines, trouble = run_nuke(tmp_path, house / "init.py", house / "menu.py")
    assert "menus" not in lines
    assert trouble.count("Penumbra") - trouble.count("penumbra") <= 1
    assert trouble.startswith("Penumbra could not start, and Nuke goes on without it")
    assert "python3 install.py" in trouble
    assert len(trouble.splitlines()) == 2


def test_when_our_package_is_missing_then_it_is_said_once_and_nuke_goes_on(house, tmp_path):
    shutil.rmtree(house / "nuke_plugin")
    _, trouble = run_nuke(tmp_path, house / "init.py", house / "menu.py")
    assert trouble.count("Nuke goes on without it") == 1
    assert "penumbra_nuke" in trouble


def test_when_the_menus_fail_then_it_is_said_and_nuke_goes_on(house, tmp_path):
    broken = STARTUP.replace('print("menus")', "raise RuntimeError('no pane')")
    (house / "nuke_plugin" / "penumbra_nuke" / "startup.py").write_text(broken)
    lines, trouble = run_nuke(tmp_path, house / "init.py", house / "menu.py")
    assert "imported" in lines
    assert trouble.startswith("Penumbra has no menu, and Nuke goes on without it: RuntimeError: 'no pane'")


def test_when_only_menu_was_run_then_it_is_said_how_to_name_the_folder(house, tmp_path):
    _, trouble = run_nuke(tmp_path, house / "menu.py")
    assert "its init.py was not run" in trouble


def test_when_nuke_refuses_the_folder_then_it_goes_on(house, tmp_path):
    _, trouble = run_nuke(tmp_path, house / "init.py", nuke="")
    assert "pluginAddPath" in trouble


def test_when_penumbra_is_there_twice_then_the_first_is_used_and_both_are_named(house, tmp_path):
    second = tmp_path / "another"
    shutil.copytree(house, second)
    lines, trouble = run_nuke(tmp_path, house / "init.py", second / "init.py", house / "menu.py", second / "menu.py")
    assert lines.count("imported") == 1
    assert trouble.count("Penumbra is there twice") == 1
    assert ascii(str(house)) in trouble
    assert ascii(str(second)) in trouble


@pytest.mark.parametrize("name", ["init.py", "menu.py"])
def test_when_nuke_13_reads_an_entry_point_then_its_python_understands_it(name):
    ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 7))


def test_when_nuke_puts_the_whole_folder_on_its_path_then_it_hides_no_other_plug_ins_modules():
    """NUKE_PATH may make every folder here importable; without an `__init__.py` any other of its name goes before."""
    ours = {"init.py", "menu.py", "install.py"}
    assert {path.name for path in ROOT.glob("*.py")} == ours
    assert [path.parent.name for path in ROOT.glob("*/__init__.py")] == []
    for folder, package in (("core", "penumbra"), ("nuke_plugin", "penumbra_nuke")):
        assert {path.parent.name for path in (ROOT / folder).glob("*/__init__.py")} == {package}
        assert list((ROOT / folder).glob("*.py")) == []

"""The house rules that a machine can keep: style, types, layers, and locks that fit the project."""

from __future__ import annotations

import re
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def assert_clean(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"\n{done.stdout}{done.stderr}"


def test_when_ruff_reads_the_tree_then_it_has_nothing_to_say():
    assert_clean(sys.executable, "-m", "ruff", "check", "--output-format", "concise", ".")


def test_when_mypy_reads_the_package_strictly_then_it_has_nothing_to_say():
    assert_clean(sys.executable, "-m", "mypy")


def test_when_the_rooms_import_each_other_then_only_downward():
    assert_clean(str(Path(sysconfig.get_path("scripts")) / "lint-imports"), "--no-logo")


def test_when_nuke_13_reads_what_runs_in_it_then_its_python_3_7_knows_all_of_it():
    rooms = ["protocol", "desk", "errors.py", "aside.py", "__init__.py"]
    inside = ["nuke_plugin", "init.py", "menu.py", *(f"core/penumbra/{room}" for room in rooms)]
    vermin = str(Path(sysconfig.get_path("scripts")) / "vermin")
    assert_clean(vermin, "--target=3.7-", "--violations", "--no-tips", *inside)


def test_when_penumbra_is_imported_then_nothing_heavy_comes_along():
    heavy = "{'torch', 'numpy', 'OpenImageIO', 'scipy'} & set(sys.modules)"
    assert_clean(sys.executable, "-c", f"import sys, penumbra; sys.exit(str({heavy}) if {heavy} else 0)")


def bare(requirement: str) -> str:
    """A requirement's package, as locks spell it."""
    return re.split(r"[^\w.-]", requirement)[0].lower().replace("_", "-")


def pinned(lock: str) -> set[str]:
    lines = (ROOT / lock).read_text(encoding="utf-8").splitlines()
    return {bare(line) for line in lines if re.match(r"[\w.-]+==", line)}


@pytest.mark.parametrize(
    ("lock", "requirements"),
    [
        ("requirements.lock", PROJECT["dependencies"]),
        ("requirements-dev.lock", PROJECT["dependencies"] + PROJECT["optional-dependencies"]["dev"]),
    ],
)
def test_when_the_project_needs_a_package_then_the_lock_pins_it(lock, requirements):
    assert {bare(requirement) for requirement in requirements} - {"torch"} <= pinned(lock)


def test_when_torch_is_pinned_then_both_places_name_the_same_one():
    lock = (ROOT / "requirements-torch.lock").read_text(encoding="utf-8").splitlines()
    assert [line for line in lock if line.startswith("torch")] == [
        requirement for requirement in PROJECT["dependencies"] if requirement.startswith("torch")
    ]


def test_when_torch_is_installed_for_the_cpu_then_the_locks_bring_nothing_of_cuda():
    for lock in ("requirements.lock", "requirements-dev.lock"):
        assert not {name for name in pinned(lock) if name.startswith(("nvidia", "cuda", "triton", "torch"))}

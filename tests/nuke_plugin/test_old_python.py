"""Older Nukes have older Pythons: 13 has 3.7, 14 has 3.9, 15 has 3.10."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def python_of(version: str) -> str | None:
    """A Python of that version on this machine, of the system's or of pyenv's."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(f"python{version}"), *map(str, sorted(pyenv.glob(f"{version}.*/bin/python")))]
    for candidate in filter(None, candidates):
        done = subprocess.run([candidate, "-c", "pass"], capture_output=True, check=False)
        if done.returncode == 0:
            return candidate
    return None


@pytest.mark.parametrize("version", ["3.7", "3.9", "3.10"])
def test_when_an_older_nuke_loads_the_plugin_then_its_python_runs_it_and_talks_to_the_worker(version, tmp_path):
    python = python_of(version)
    if python is None:
        pytest.skip(f"this machine has no Python {version}")
    script = ROOT / "tests" / "nuke_plugin" / "in_old_python.py"
    command = [python, "-I", "-W", "error", str(script), str(ROOT), str(tmp_path), sys.executable]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "failed:" in done.stdout
    assert "key_frames" in done.stdout, "the worker's words for an order without key frames"

"""tests/in_nuke/smoke.py, tried on the fake: what it asks of a Nuke, the fake has answered as the facts say."""

from __future__ import annotations

import runpy
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMOKE = ROOT / "tests" / "in_nuke" / "smoke.py"


@pytest.fixture
def smoke(monkeypatch, capsys, tmp_path):
    """Runs it as `nuke -t smoke.py` does; gives its exit code and its table by title."""

    def run():
        monkeypatch.setattr(sys, "path", list(sys.path))
        monkeypatch.setenv("TMPDIR", str(tmp_path))
        monkeypatch.setattr("tempfile.tempdir", None)
        with pytest.raises(SystemExit) as ended:
            runpy.run_path(str(SMOKE), run_name="__main__")
        for name in ("smoke_bench", "smoke_steps"):
            sys.modules.pop(name, None)
        lines = capsys.readouterr().out.splitlines()
        rows = {
            title[11:]: (title[:10].strip(), answer.strip())
            for title, answer in zip(lines[:-2:2], lines[1:-2:2], strict=True)
        }
        return ended.value.code, rows

    return run


def test_when_the_smoke_script_runs_in_the_fake_then_nothing_fails(start, smoke, tmp_path):
    start(gui=False)
    code, rows = smoke()
    assert {title: row for title, row in rows.items() if row[0] == "FAIL"} == {}
    assert code == 0
    assert len(rows) > 15
    assert not list(tmp_path.glob("penumbra_smoke_*"))


def test_when_a_render_fails_then_its_step_does_and_the_others_are_tried_all_the_same(start, smoke):
    start(gui=False).host.cancel_after(0)  # the next one, which is the plate's
    code, rows = smoke()
    assert code == 1
    assert rows["A Write makes half EXR, its windows those of the format"] == ("FAIL", "RuntimeError: Cancelled")
    assert rows["Unknown knobs, unknown choices and deleted nodes: what is raised"][0] == "PASS"


@pytest.mark.parametrize(
    ("exit_code", "farm"),
    [(0, ("FAIL", "AssertionError: it ended with 0")), (100, ("NOT TRIED", "a second licence is not to be had"))],
)
def test_when_the_farm_s_nuke_is_tried_then_its_exit_code_counts(start, smoke, exit_code, farm):
    program = Path(start(gui=False).nuke.EXE_PATH)
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\necho Group\nexit {exit_code}\n")
    program.chmod(0o755)
    code, rows = smoke()
    assert rows["nuke -x renders its mattes, and fails where one is missing"] == farm
    assert code == (farm[0] == "FAIL")


def test_when_nuke_13_s_python_reads_the_script_then_it_knows_all_of_it():
    files = sorted(map(str, SMOKE.parent.glob("smoke*.py")))
    assert len(files) == 3
    vermin = str(Path(sysconfig.get_path("scripts")) / "vermin")
    done = subprocess.run([vermin, "-t=3.7-", "--no-tips", *files], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout

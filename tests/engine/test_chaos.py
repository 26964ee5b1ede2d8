"""Killed thirty times in one run, the mattes are those of a run that nobody disturbed."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_when_a_run_is_killed_thirty_times_at_random_moments_then_it_ends_with_the_same_bytes(tiny_file):
    command = [sys.executable, ROOT / "benchmarks" / "chaos.py", "--kills", "30", "--model", tiny_file]
    paths = [str(ROOT / "core"), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "200"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=400)
    assert done.returncode == 0, done.stdout + done.stderr
    figures = [cell.strip() for cell in done.stdout.splitlines()[-2].split("│")[1:-1]]
    kills, written_twice, wrong, _, at_once, bytes_at_the_end = figures
    assert (kills, written_twice, wrong, bytes_at_the_end) == ("30", "0", "0", "equal")
    assert int(at_once) < 20

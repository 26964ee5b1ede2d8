"""A long shot takes no more memory than a short one."""

import os
import subprocess
import sys
from dataclasses import replace

from penumbra.shot import FrameRange
from tests.engine.shots import make_shot

SIZE = (160, 120)
SHORT, LONG = 24, 224
PLATE_MB = SIZE[0] * SIZE[1] * 3 * 4 / 2**20
# Measured: 10 to 14, and it does not grow further in 1,000 frames; the allocators of several threads settle slowly.
TOLERANCE_MB = 28

RUN = """
import re, sys
from pathlib import Path
from penumbra.cli.main import main

for shot in sys.argv[1:]:
    assert main(["matte", shot]) == 0
    print("peak", re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
"""


def test_when_a_shot_is_long_then_the_peak_of_memory_is_that_of_a_short_one(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, range(1, 2), size=SIZE)
    for frame in range(2, LONG + 1):
        (tmp_path / f"plate.{frame:04d}.exr").symlink_to(tmp_path / "plate.0001.exr")
    for count in (SHORT, LONG):
        delivery = replace(shot.delivery, out=tmp_path / f"out{count}" / "matte.####.exr")
        settings = replace(shot.settings, process_size=32)
        replace(shot, frames=FrameRange(1, count), delivery=delivery, settings=settings).save(
            tmp_path / f"{count}.yaml"
        )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", RUN, *(str(tmp_path / f"{count}.yaml") for count in (SHORT, LONG))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    short, long = (int(line.split()[1]) / 1024 for line in done.stdout.splitlines() if line.startswith("peak"))
    assert len(list((tmp_path / f"out{LONG}").glob("*.exr"))) == LONG
    assert (LONG - SHORT) * PLATE_MB > 1.5 * TOLERANCE_MB, "a plate kept of every frame must show"
    assert long - short < TOLERANCE_MB, f"{short:.0f} MB for {SHORT} frames, {long:.0f} MB for {LONG}"

import os
import subprocess
import sys
import time

from penumbra.aside import sweep

KILLED = """
import os, signal, sys
from pathlib import Path
from penumbra.aside import written_aside
with written_aside(Path(sys.argv[1])) as aside:
    aside.write_bytes(b"half a matte")
    os.kill(os.getpid(), signal.SIGKILL)
"""


def leftover(folder, name, age=2 * 24 * 3600):
    """What a process leaves of a file when it is killed while it writes."""
    before = set(folder.iterdir())
    assert subprocess.run([sys.executable, "-c", KILLED, folder / name], check=False).returncode != 0
    (left,) = set(folder.iterdir()) - before
    os.utime(left, (time.time() - age,) * 2)
    return left


def test_when_a_killed_process_left_half_a_matte_long_ago_then_it_goes(tmp_path):
    left = leftover(tmp_path, "m.1001.exr")
    sweep(tmp_path, {"m.1001.exr", "m.1002.exr"})
    assert not left.exists()


def test_when_it_could_be_in_the_writing_or_is_another_s_then_it_stays(tmp_path):
    young = leftover(tmp_path, "m.1001.exr", age=3600)
    other = leftover(tmp_path, "other.1001.exr")
    for name in ("m.1001.exr", ".m.1001.exr.part", ".m.1001.exr.12x.part", "m.1001.exr.12.part", ".m.1001.exr.12"):
        (tmp_path / name).write_text("somebody's")
        os.utime(tmp_path / name, (0, 0))
    (tmp_path / ".m.1001.exr.99.part").mkdir()
    os.utime(tmp_path / ".m.1001.exr.99.part", (0, 0))
    before = sorted(tmp_path.iterdir())
    sweep(tmp_path, {"m.1001.exr"})
    assert sorted(tmp_path.iterdir()) == before
    assert young.exists()
    assert other.exists()


def test_when_there_is_no_such_folder_then_nothing_happens(tmp_path):
    sweep(tmp_path / "mattes", {"m.1001.exr"})
    assert list(tmp_path.iterdir()) == []

"""The worker ends when its client does, however that ends, and leaves nothing half-done."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from penumbra.engine import run
from penumbra.protocol import Ended
from penumbra.worker.service import LEAVING_SECONDS
from tests.engine.shots import files, make_shot, pixels
from tests.worker.conftest import LONG, PATIENCE, WORKER, document, environment

# A window that orders a matte, and lives until someone kills it.
PARENT = """
import json, sys, time
from pathlib import Path
from penumbra.protocol import Client, Notification
folder, command = Path(sys.argv[1]), sys.argv[2:]
client = Client(command, who="Nuke 16.0v4", version="0.1.0", log=folder / "worker.log")
client.send("open", shot=json.loads((folder / "shot.json").read_text()), folder=str(folder))
client.send("matte", shot="1")
print(client.pid, flush=True)
while True:
    client.arrived()
    time.sleep(0.01)
"""
# A frame that takes an hour.
ENDLESS = """
import time
from penumbra.propagation import Propagator
Propagator.step = lambda *how: print("a long frame begins", flush=True) or time.sleep(3600)
"""


def lives(process: int) -> bool:
    """Whether it runs. One that nobody has asked how it ended is over, too."""
    try:
        os.kill(process, 0)
        return Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


def wait(until, what):
    ends = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < ends, what
        time.sleep(0.01)


def test_when_the_client_goes_while_nothing_is_done_then_the_worker_ends_at_once(raw):
    raw.greet()
    began = time.monotonic()
    assert raw.close() == 0
    assert time.monotonic() - began < LEAVING_SECONDS  # which a frame in hand would get


def test_when_nobody_hears_what_it_says_then_it_goes_on_until_the_client_goes(raw):
    raw.greet()
    raw.listen_no_more()
    for number in (1, 2):
        raw.send(id=number, method="cancel", params={"job": 9})
    assert raw.close() == 0


@pytest.mark.skipif(sys.platform != "linux", reason="Whether another process lives is asked as Linux tells it.")
def test_when_the_window_is_killed_then_the_worker_ends_and_the_next_run_goes_on(tmp_path, tiny_file):
    shot = make_shot(tmp_path, tiny_file, range(1001, 1001 + LONG), size=(160, 120))
    document(shot, tmp_path)
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path), *WORKER],
        env=environment(tmp_path), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    with parent:
        worker = int(parent.stdout.readline())
        wait(lambda: len(files(tmp_path / "out")) >= 3, "no frames are made")
        parent.send_signal(signal.SIGKILL)
    killed = time.monotonic()
    wait(lambda: not lives(worker), "the worker lives on")
    assert time.monotonic() - killed < 4

    there = files(tmp_path / "out")
    assert 3 <= len(there) < LONG
    assert all(pixels(path).shape == (120, 160, 4) for path in (tmp_path / "out").glob("*.exr"))
    assert not list(tmp_path.rglob("*.part"))
    list(run(shot))  # the lock is free
    assert files(tmp_path / "out").items() >= there.items()
    assert len(files(tmp_path / "out")) == LONG


def test_when_the_frame_in_hand_takes_too_long_then_it_is_left_and_the_lock_is_free(start, shot, tmp_path):
    talk = start(first=ENDLESS)
    job = talk.client.send("matte", shot=talk.open(shot, tmp_path))
    talk.logged("a long frame begins", 1)
    assert talk.ask("cancel", job=job) == {"stopping": True}  # which that frame does not hear of
    began = time.monotonic()
    talk.client.close(patience=10)
    assert time.monotonic() - began < 4
    (end,) = talk.client.arrived()
    assert isinstance(end, Ended)
    assert end.exit_code == 0
    assert "the frame in hand is left" in end.last_lines[-1]
    list(run(shot))
    assert len(files(tmp_path / "out")) == 6


def test_when_the_line_itself_breaks_then_the_worker_ends_and_its_log_says_why(start):
    deaf = start(first="service.Line.messages = lambda self: 1 / 0")
    end = deaf.until(lambda message: isinstance(message, Ended))
    assert isinstance(end, Ended)
    assert "ZeroDivisionError" in "\n".join(end.last_lines)


def test_when_the_worker_crashes_then_its_log_says_where_and_another_can_be_started(start):
    crashing = start()
    crashing.answer(0)
    os.kill(crashing.client.pid, signal.SIGSEGV)
    end = crashing.until(lambda message: isinstance(message, Ended))
    assert isinstance(end, Ended)
    assert end.exit_code == -signal.SIGSEGV
    assert "Fatal Python error: Segmentation fault" in "\n".join(end.last_lines)
    assert start().ask("cancel", job=9) == {"stopping": False}

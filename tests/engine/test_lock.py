"""Two runs on one output, in processes of their own: one works, the other waits or is told who does."""

import errno
import fcntl
import getpass
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock

import penumbra
from penumbra.engine.events import Notice, Waiting
from penumbra.engine.kept import lock as lock_room
from penumbra.engine.kept.lock import Holder, OutputLock
from penumbra.errors import BusyError, MachineError

WHAT = "matte.####.exr"
# The engine's own __init__ would bring torch into every one of these processes, for seconds.
LIGHT = f"""
import os, subprocess, sys, time, types
from pathlib import Path
engine = sys.modules["penumbra.engine"] = types.ModuleType("penumbra.engine")
engine.__path__ = [{str(Path(penumbra.__file__).parent / "engine")!r}]
from penumbra.engine.kept.lock import OutputLock
def say(*words): print(*words, flush=True)
"""
# Takes it, waiting if it must, and keeps it until it is told to end.
HOLDS = """
with OutputLock(Path(sys.argv[1]), "matte.####.exr") as lock:
    for event in lock.take(wait=True):
        say(event)
    say("taken")
    sys.stdin.readline()
say("ended")
"""
FORKS = """
child = 0
with OutputLock(Path(sys.argv[1]), "matte.####.exr") as lock:
    list(lock.take())
    child = os.fork()
    if child:
        say("taken; child", child)
    time.sleep(60)
"""
STARTS = """
with OutputLock(Path(sys.argv[1]), "matte.####.exr") as lock:
    list(lock.take())
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    say("taken; child", child.pid)
    time.sleep(60)
"""
FORKED_CHILD_ENDS = """
with OutputLock(Path(sys.argv[1]), "matte.####.exr") as lock:
    list(lock.take())
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        say("taken, and the child has left")
        sys.stdin.readline()
"""


class Run:
    """A process that holds a lock, or waits for it."""

    def __init__(self, code: str, folder: Path, heard: Path) -> None:
        self._heard = heard
        with heard.open("w") as stdout:
            self._process = subprocess.Popen(
                [sys.executable, "-c", LIGHT + code, folder],
                stdin=subprocess.PIPE,
                stdout=stdout,
                stderr=subprocess.STDOUT,
                text=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def heard(self) -> str:
        return self._heard.read_text()

    def says(self, words: str) -> str:
        """Waits for it; gives all that it said so far."""
        until = time.monotonic() + 20
        while words not in self.heard:
            assert time.monotonic() < until, self.heard
            time.sleep(0.01)
        return self.heard

    def end(self) -> None:
        self._process.communicate("\n", timeout=20)

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate(timeout=20)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out" / ".penumbra" / "matte"


@pytest.fixture
def start(tmp_path: Path, folder: Path) -> Iterator[Callable[..., Run]]:
    runs: list[Run] = []

    def begin(code: str = HOLDS) -> Run:
        runs.append(Run(code, folder, tmp_path / f"heard{len(runs)}"))
        return runs[-1]

    yield begin
    for run in runs:
        run.kill()


def taken_at_once(folder: Path) -> list[str]:
    """Gives what was said."""
    with OutputLock(folder, WHAT) as lock:
        return [event.text for event in lock.take() if isinstance(event, Notice)]


def refused(folder: Path) -> str:
    with OutputLock(folder, WHAT) as lock, pytest.raises(BusyError) as caught:
        list(lock.take())
    assert caught.value.exit_code == 4
    return str(caught.value)


def write_record(folder: Path, host: str = "blade07", since: datetime | None = None) -> None:
    folder.mkdir(parents=True)
    record = {
        "host": host,
        "process": 4711,
        "user": "anna",
        "since": (since or datetime.now().astimezone()).isoformat(),
    }
    (folder / "run.json").write_text(json.dumps(record))


def test_when_nobody_holds_it_then_it_is_taken_and_nothing_is_said(folder):
    assert taken_at_once(folder) == []


def test_when_another_process_holds_it_then_the_second_is_told_who_and_since_when_and_what_to_do(folder, start):
    before = datetime.now().astimezone()
    run = start()
    run.says("taken")
    said = refused(folder)
    assert (
        f"Another run makes {WHAT} already: process {run.pid} of {getpass.getuser()} on {socket.gethostname()}" in said
    )
    assert said.endswith("Wait for it, stop it, or run with --wait.")
    record = json.loads((folder / "run.json").read_text())
    assert timedelta(seconds=-1) <= datetime.fromisoformat(record["since"]) - before <= timedelta(seconds=20)
    assert re.search(r"since (\d{4}-\d\d-\d\d )?\d\d:\d\d\.", said)


def test_when_the_first_ends_then_the_second_takes_it_and_no_record_stays(folder, start):
    run = start()
    run.says("taken")
    run.end()
    assert taken_at_once(folder) == []
    assert not (folder / "run.json").exists()


def test_when_the_holder_is_killed_then_the_second_takes_it_at_once(folder, start):
    run = start()
    run.says("taken")
    run.kill()
    assert (folder / "run.json").exists()  # it had no time to tidy up
    began = time.monotonic()
    assert taken_at_once(folder) == []
    assert time.monotonic() - began < 0.5


def test_when_it_waits_then_it_tells_for_whom_once_and_takes_it_when_the_first_ends(folder, start, monkeypatch):
    monkeypatch.setattr(lock_room, "POLL_SECONDS", 0.01)
    run = start()
    run.says("taken")
    with OutputLock(folder, WHAT) as lock:
        events = lock.take(wait=True)
        first, *more = (next(events) for _ in range(4))
        assert isinstance(first, Notice)
        assert f"Waiting for process {run.pid} of " in first.text
        assert all(isinstance(event, Waiting) for event in more)
        assert 0 < more[0].seconds < more[-1].seconds
        run.end()
        assert all(isinstance(event, Waiting) for event in events)
        assert str(os.getpid()) in refused(folder)


def test_when_the_wait_is_closed_then_the_first_keeps_it_and_nothing_is_left_of_the_second(folder, start):
    run = start()
    run.says("taken")
    before = sorted(folder.iterdir())
    with OutputLock(folder, WHAT) as lock:
        events = lock.take(wait=True)
        next(events)
        next(events)
        events.close()
    assert sorted(folder.iterdir()) == before
    assert f"process {run.pid} " in refused(folder)


def test_when_two_wait_then_exactly_one_gets_it_and_the_other_waits_for_that_one(folder, start):
    first = start()
    first.says("taken")
    waiting = [start(), start()]
    for run in waiting:
        run.says(f"Waiting for process {first.pid} ")
    first.end()
    until = time.monotonic() + 20
    while not (winners := [run for run in waiting if "taken" in run.heard]) and time.monotonic() < until:
        time.sleep(0.01)
    (winner,) = winners
    (other,) = (run for run in waiting if run is not winner)
    assert "taken" not in other.says(f"Waiting for process {winner.pid} ")
    winner.end()
    other.says("taken")


def test_when_a_killed_holder_left_a_child_then_the_lock_is_free_all_the_same(folder, start):
    for code in (FORKS, STARTS):
        run = start(code)
        child = int(run.says("taken; child").split()[-1])
        try:
            run.kill()
            assert taken_at_once(folder) == []
            os.kill(child, 0)  # it lives
        finally:
            os.kill(child, signal.SIGKILL)


def test_when_a_forked_child_leaves_then_its_parent_keeps_lock_and_record(folder, start):
    run = start(FORKED_CHILD_ENDS)
    run.says("the child has left")
    assert f"process {run.pid} " in refused(folder)


def test_when_the_same_process_runs_twice_then_the_second_is_refused_as_well(folder):
    with OutputLock(folder, WHAT) as lock:
        list(lock.take())
        assert f"process {os.getpid()} " in refused(folder)
        assert f"process {os.getpid()} " in refused(folder)  # and its refusal has not let go of the first
    assert taken_at_once(folder) == []


def test_when_two_outputs_share_a_folder_then_neither_stops_the_other(folder):
    with OutputLock(folder, WHAT) as lock:
        list(lock.take())
        assert taken_at_once(folder.with_name("other")) == []


def test_when_the_run_fails_then_it_is_given_back(folder):
    def fails() -> None:
        with OutputLock(folder, WHAT) as lock:
            list(lock.take())
            raise MachineError("The disk is gone.")

    with pytest.raises(MachineError, match="The disk is gone"):
        fails()
    assert taken_at_once(folder) == []


def test_when_it_is_given_back_in_another_thread_then_it_is_free(folder):
    lock = OutputLock(folder, WHAT)
    taking = threading.Thread(target=lambda: list(lock.take()))
    taking.start()
    taking.join()
    assert f"process {os.getpid()} " in refused(folder)
    lock.release()
    assert taken_at_once(folder) == []
    lock.release()  # once more does nothing


def test_when_a_record_of_this_machine_is_left_then_it_does_not_matter(folder):
    write_record(folder, host=socket.gethostname())
    assert taken_at_once(folder) == []


def test_when_a_record_of_another_machine_is_left_then_it_is_taken_and_told(folder):
    write_record(folder)
    (said,) = taken_at_once(folder)
    assert said.startswith("A run that did not finish is taken over: process 4711 of anna on blade07, at work since ")
    assert taken_at_once(folder) == []


def test_when_a_new_holder_has_not_told_yet_who_it_is_then_the_dead_one_is_not_named(folder, monkeypatch):
    write_record(folder)
    monkeypatch.setattr(lock_room, "DOOR_SECONDS", 0.05)
    with FileLock(folder / "door.lock"), FileLock(folder / "run.lock"):
        assert f"Another run makes {WHAT} already: a run that has not told who it is." in refused(folder)


@pytest.mark.parametrize("record", ["", "{}", "[1]", '{"host": 1, "process": "x", "user": 2, "since": 3}', "\0\xff"])
def test_when_the_record_is_damaged_then_the_holder_has_no_name(folder, record):
    with OutputLock(folder, WHAT) as lock:
        list(lock.take())
        (folder / "run.json").write_bytes(record.encode("latin-1"))
        assert "a run that has not told who it is" in refused(folder)


def test_when_it_was_taken_on_another_day_then_the_day_is_told(folder):
    write_record(folder, since=datetime(2025, 3, 9, 21, 40).astimezone())
    assert "since 2025-03-09 21:40" in str(Holder.read(folder / "run.json"))


def test_when_the_account_has_no_name_then_it_is_left_out(folder, monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(os, "getuid", lambda: 3_999_999_999)  # no system has this one
    with OutputLock(folder, WHAT) as lock:
        list(lock.take())
        assert f"process {os.getpid()} on {socket.gethostname()}, at work since" in refused(folder)


def test_when_a_team_may_write_in_the_folder_then_it_may_use_the_lock(folder):
    folder.mkdir(parents=True)
    folder.chmod(0o775)
    before = os.umask(0o022)
    try:
        taken_at_once(folder)
    finally:
        os.umask(before)
    assert {path.stat().st_mode & 0o777 for path in folder.glob("*.lock")} == {0o664}


def test_when_the_folder_cannot_be_written_to_then_it_is_told(folder, ordinary_user):
    folder.mkdir(parents=True)
    folder.chmod(0o555)
    with ordinary_user(), pytest.raises(MachineError, match="cannot be written to: permission denied") as caught:
        taken_at_once(folder)
    assert not isinstance(caught.value, BusyError)
    assert str(folder) in str(caught.value)
    assert list(folder.iterdir()) == []


def test_when_the_folder_cannot_be_made_then_it_is_told(folder):
    folder.parent.parent.mkdir()
    folder.parent.write_text("a file")
    with pytest.raises(MachineError, match=rf"{folder.parent}.* cannot be written to: "):
        taken_at_once(folder)


@pytest.mark.parametrize("code", [errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP])
def test_when_the_file_system_has_no_locks_then_the_run_goes_on_and_says_so(folder, monkeypatch, code):
    def flock(*_: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(fcntl, "flock", flock)
    for _ in range(2):
        (said,) = taken_at_once(folder)
        assert said.startswith(f"The file system of {folder} has no locks.")
        assert WHAT in said


def test_when_the_folder_is_gone_at_the_end_then_the_run_does_not_fail(folder):
    with OutputLock(folder, WHAT) as lock:
        list(lock.take())
        for path in folder.iterdir():
            path.unlink()
        with suppress(OSError):
            folder.rmdir()
    assert not folder.exists()


def test_when_the_right_to_write_is_lost_at_the_end_then_the_run_does_not_fail(folder, ordinary_user):
    folder.parent.mkdir(parents=True)
    folder.parent.chmod(0o777)
    with ordinary_user():
        with OutputLock(folder, WHAT) as lock:
            list(lock.take())
            folder.chmod(0o555)
        folder.chmod(0o755)
        assert taken_at_once(folder) == []

"""The worker as a process of its own, and a client that waits."""

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from penumbra import __version__
from penumbra.protocol import Answer, Client, Ended, Message, Notification, Refusal
from penumbra.shot import Shot
from tests.engine.shots import make_shot

CORE = Path(__file__).resolve().parents[2] / "core"
WORKER = (sys.executable, "-m", "penumbra.cli.main", "worker")
PATIENCE = 60.0
# Frames of a shot that something shall come in the middle of.
LONG = 40


def environment(folder: Path, **more: str) -> dict[str, str]:
    """That of a worker that knows nobody's models and configuration."""
    theirs = ("OCIO", "PENUMBRA_COMMERCIAL", "PYTHONUNBUFFERED")
    without = {name: value for name, value in os.environ.items() if name not in theirs}
    paths = os.pathsep.join(filter(None, [str(CORE), os.environ.get("PYTHONPATH")]))
    return without | {"PYTHONPATH": paths, "PENUMBRA_DATA": str(folder / "data"), "TMPDIR": str(folder)} | more


@dataclass
class Talk:
    """A client, and everything that it heard."""

    client: Client
    folder: Path
    heard: list[Message] = field(default_factory=list)

    def until(self, wanted: Callable[[Message], bool], since: int = 0) -> Message:
        """The first such message, of those that come after the first so many."""
        ends = time.monotonic() + PATIENCE
        while True:
            for message in self.heard[since:]:
                if wanted(message):
                    return message
            gone = any(isinstance(message, Ended) for message in self.heard)
            now = self.heard[-5:], self.client.log_lines()[-20:]
            assert not gone, now
            assert time.monotonic() < ends, now
            time.sleep(0.002)
            self.heard += self.client.arrived()

    def answer(self, its_id: int) -> Answer | Refusal:
        """What a request is answered with."""
        message = self.until(lambda message: isinstance(message, Answer | Refusal) and message.id == its_id)
        assert isinstance(message, Answer | Refusal)
        return message

    def ask(self, method: str, **params: Any) -> Any:
        """Ask, and give the result."""
        message = self.answer(self.client.send(method, **params))
        assert isinstance(message, Answer), message
        return message.result

    def refused(self, method: str, **params: Any) -> Refusal:
        """Ask what must be refused."""
        message = self.answer(self.client.send(method, **params))
        assert isinstance(message, Refusal), message
        return message

    def open(self, shot: Shot, folder: Path) -> str:
        """Open a shot as Nuke does: its document, and the folder that it is of."""
        name: str = self.ask("open", shot=document(shot, folder), folder=str(folder))["shot"]
        return name

    def told(self, method: str, job: int) -> list[dict[str, Any]]:
        """What a job told."""
        said = [each for each in self.heard if isinstance(each, Notification) and each.method == method]
        return [each.params for each in said if each.params["job"] == job]

    def place(self, its_id: int) -> int:
        """Where in everything that was heard a request's answer came."""
        return self.heard.index(self.answer(its_id))

    def logged(self, words: str, count: int = 0) -> list[str]:
        """The lines of the log that have them, once there are so many."""
        ends = time.monotonic() + PATIENCE
        while len(lines := [line for line in self.client.log_lines() if words in line]) < count:
            assert time.monotonic() < ends, self.client.log_lines()
            time.sleep(0.01)
        return lines


class Raw:
    """A worker, byte by byte."""

    def __init__(self, folder: Path) -> None:
        pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
        self._process = subprocess.Popen(WORKER, env=environment(folder), stdin=pipe, stdout=pipe, stderr=nothing)
        self._sent: queue.Queue[bytes | None] = queue.Queue()
        # In a thread: the worker answers meanwhile, and a pipe has room for little.
        self._writing = threading.Thread(target=self._write)
        self._writing.start()
        self._number = 10_000

    def write(self, data: bytes) -> None:
        self._sent.put(data)

    def send(self, **message: Any) -> None:
        self.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")

    def take(self) -> dict[str, Any]:
        """The next line that it says, which must be a message."""
        assert self._process.stdout
        message: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert message["jsonrpc"] == "2.0"
        return message

    def greet(self) -> None:
        """Say hello as one should."""
        self.send(id=0, method="hello", params={"protocol": 1, "version": __version__, "client": "a test"})
        assert self.take()["result"]["protocol"] == 1

    def alive(self) -> None:
        """Nothing more has been said, and the next request is answered."""
        self._number += 1
        self.send(id=self._number, method="cancel", params={"job": -1})
        assert self.take() == {"jsonrpc": "2.0", "id": self._number, "result": {"stopping": False}}
        assert self._process.poll() is None

    def listen_no_more(self) -> None:
        """Close the end of the pipe that it says things into."""
        assert self._process.stdout
        self._process.stdout.close()

    def close(self) -> int:
        """Go, and give its exit code."""
        self._sent.put(None)
        self._writing.join(PATIENCE)
        with self._process:
            return self._process.wait(PATIENCE)

    def _write(self) -> None:
        assert self._process.stdin
        while (data := self._sent.get()) is not None:
            self._process.stdin.write(data)
            self._process.stdin.flush()
        self._process.stdin.close()


@pytest.fixture
def raw(tmp_path: Path) -> Iterator[Raw]:
    """A worker that nobody has talked with."""
    worker = Raw(tmp_path)
    yield worker
    assert worker.close() == 0


@pytest.fixture(scope="module")
def greeted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Raw]:
    """One for many tests: it has to live through all of them."""
    worker = Raw(tmp_path_factory.mktemp("greeted"))
    worker.greet()
    yield worker
    assert worker.close() == 0


def document(shot: Shot, folder: Path) -> dict[str, Any]:
    shot.save(folder / "shot.json")
    data: dict[str, Any] = json.loads((folder / "shot.json").read_text(encoding="utf-8"))
    return data


Start = Callable[..., Talk]


@pytest.fixture(scope="session")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Start]:
    """Starts a worker; lines of Python may be run in it first, with its room as `service`."""
    talks: list[Talk] = []

    def begin(*, first: str = "", keep_models: float = 600, version: str = __version__, **more: str) -> Talk:
        folder = tmp_path_factory.mktemp("worker")
        command = (*WORKER, "--keep-models", str(keep_models))
        if first:
            main = "import penumbra.worker.service as service\n"
            command = (sys.executable, "-c", f"{main}{first}\nservice.serve(('matte',), {keep_models})")
        client = Client(command, who="Nuke 16.0v4", version=version, environment=environment(folder, **more))
        talks.append(Talk(client, folder))
        return talks[-1]

    yield begin
    for talk in talks:
        talk.client.close()


@pytest.fixture(scope="session")
def talk(start: Start) -> Talk:
    """A worker for many tests."""
    return start()


# Everything that may be odd. A library prints, in every way there is, at every frame. The disk is slow to show frames
# for cuts. There is a bug, once, where a file asks for one. The doctor finds one thing, and at once.
ODD = r"""
import ctypes, os, sys, threading, time
import torch
import penumbra.doctor as house
from penumbra.plates import PlateSource
from penumbra.propagation import Propagator

step, glimpse, bug = Propagator.step, PlateSource.glimpse, os.path.join(os.environ["TMPDIR"], "bug")

def odd(self, view):
    print("from Python")
    os.write(1, b"from the system\n")
    ctypes.CDLL(None).puts(b"from C")
    ctypes.CDLL(None).fflush(None)
    os.system("echo from a child; cat")
    main = threading.current_thread() is threading.main_thread()
    os.write(2, f"{torch.get_num_threads()} threads, in the main one: {main}\n".encode())
    if os.path.exists(bug):
        os.unlink(bug)
        raise ZeroDivisionError("a bug, on purpose: \udcff")
    return step(self, view)

Propagator.step = odd
PlateSource.glimpse = lambda *how: time.sleep(0.02) or glimpse(*how)
house.doctor = lambda: (house.Finding("fault", "GPU", "There is none.", "Use --device cpu."),)
"""
# Longer than a request takes to follow another.
KEPT_SECONDS = 1.0


@pytest.fixture(scope="session")
def odd(start: Start) -> Talk:
    """A worker for what seldom happens."""
    return start(keep_models=KEPT_SECONDS, first=ODD, OMP_NUM_THREADS="2")


@pytest.fixture
def shot(tmp_path: Path, tiny_file: Path) -> Shot:
    """Six frames, 1001-1006, with a mask on the first."""
    return make_shot(tmp_path, tiny_file)


@pytest.fixture
def long_shot(tmp_path: Path, tiny_file: Path) -> Shot:
    """Frames that take long enough for something to come in between."""
    (tmp_path / "long").mkdir()
    return make_shot(tmp_path / "long", tiny_file, range(1001, 1001 + LONG), size=(160, 120))

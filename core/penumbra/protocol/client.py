"""The worker's other side: starts it, asks, and gathers what arrives, for a main thread that polls."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from penumbra.errors import MachineError
from penumbra.protocol.connection import HELLO, Connection
from penumbra.protocol.log import Log
from penumbra.protocol.messages import PROTOCOL, Broken, Code, Message, Refusal, Request
from penumbra.protocol.state import Role, State

CHUNK = 65536
# In seconds: what a process that has ended may still have to say. Only a child of its own could keep that open.
LAST_WORDS = 2.0


@dataclass(frozen=True)
class Ended(Message):
    """The worker has gone. Nothing else arrives after it.

    Attributes:
        exit_code: 0 where it ended well; negative for the signal that killed it, as `subprocess` has it.
        last_lines: The last lines of its log.
    """

    exit_code: int
    last_lines: tuple[str, ...]


class Client:
    """A worker process of one's own. Nothing but `close` ever waits for it.

    Call it from one thread. Hello is said at once, with the id 0, and requests may follow it right away.

    Args:
        command: What starts the worker.
        who: The program that it works for, as `Nuke 16.0v4`.
        version: Penumbra's version on this side.
        environment: The worker's environment variables; None: one's own.
        log: A file that its log is added to.
        cwd: The folder that it runs in; None: one's own.

    Raises:
        MachineError: It cannot be started.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        who: str,
        version: str,
        environment: Mapping[str, str] | None = None,
        log: Path | None = None,
        cwd: Path | None = None,
    ) -> None:
        self._process = _started(command, environment, cwd)
        self._log = Log(log)
        self._connection = Connection(Role.CLIENT)
        self._lock = threading.Lock()
        self._next_id = 0
        self._outgoing: queue.Queue[bytes | None] = queue.Queue()
        self._arrived: queue.Queue[Message] = queue.Queue()
        self._talks = [threading.Thread(target=run, daemon=True) for run in (self._hear_log, self._hear, self._speak)]
        for thread in self._talks:
            thread.start()
        self.send(HELLO, protocol=PROTOCOL, version=version, client=who)

    @property
    def pid(self) -> int:
        """The worker's process."""
        return self._process.pid

    def send(self, method: str, **params: Any) -> int:
        """Ask for something, and give the request's id. Once the worker has gone it is not answered any more.

        Raises:
            ProtocolError: It is longer than a line may be.
            ValueError: A param is nothing that JSON has.
        """
        with self._lock:
            its_id, state = self._next_id, self._connection.state
            self._next_id += 1
            if state is State.NEW and its_id > 0:
                self._arrived.put(Refusal(its_id, Code.NO_HELLO, "The worker has refused to work with this program."))
            elif state is not State.CLOSED:
                self._outgoing.put(self._connection.send(Request(its_id, method, params)))
        return its_id

    def arrived(self) -> list[Message]:
        """What has arrived since it was last asked: answers, refusals, notifications, and at the very end `Ended`."""
        messages = []
        while True:
            try:
                messages.append(self._arrived.get_nowait())
            except queue.Empty:
                return messages

    def log_lines(self) -> list[str]:
        """The last 200 lines of the worker's log."""
        return self._log.lines()

    def close(self, patience: float = 2.0) -> None:
        """Let it go, which it does when it has nobody to listen to; kill it where it does not.

        Args:
            patience: Seconds that it may take.
        """
        self._outgoing.put(None)
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        for thread in self._talks:
            thread.join(LAST_WORDS)

    def _hear(self) -> None:
        """In a thread: what the worker says, until it is over."""
        with _pipe(self._process.stdout) as pipe:
            chunk = b"begin"
            while chunk:
                chunk = os.read(pipe.fileno(), CHUNK)
                with self._lock:
                    self._connection.feed(chunk)
                    self._take_in()
        exit_code = self._process.wait()
        self._outgoing.put(None)
        self._talks[0].join(LAST_WORDS)
        self._arrived.put(Ended(exit_code, tuple(self.log_lines())))

    def _take_in(self) -> None:
        message = self._connection.next_message()
        while message is not None:
            if isinstance(message, Broken):
                self._log.note(f"The worker said something that is not understood: {message.message}")
            else:
                self._arrived.put(message)
            message = self._connection.next_message()

    def _hear_log(self) -> None:
        """In a thread: its log. A pipe that nobody reads would fill up, and stop it."""
        with _pipe(self._process.stderr) as pipe:
            chunk = b"begin"
            while chunk:
                chunk = os.read(pipe.fileno(), CHUNK)
                self._log.feed(chunk)

    def _speak(self) -> None:
        """In a thread: a worker that does not listen for a while must not hold up whoever asks."""
        with _pipe(self._process.stdin) as pipe:
            line = self._outgoing.get()
            while line is not None:
                try:
                    _write_all(pipe, line)
                except OSError:
                    return  # it has gone, which `_hear` tells
                line = self._outgoing.get()


def _started(
    command: Sequence[str], environment: Mapping[str, str] | None, cwd: Path | None
) -> subprocess.Popen[bytes]:
    windows = os.name == "nt"
    try:
        return subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            env=None if environment is None else dict(environment),
            cwd=None if cwd is None else str(cwd),
            # A Ctrl-C in the terminal that Nuke was started from is not meant for the worker.
            start_new_session=not windows,
            # 0x08000000: no console window beside Nuke's. Only Windows' Python has a name for it.
            creationflags=0x08000000 if windows else 0,
        )
    except (OSError, ValueError) as fault:
        raise MachineError(
            "The worker cannot be started: {}: {}.".format(command[0], getattr(fault, "strerror", None) or fault),
            "Check that Penumbra is installed there.",
            path=command[0],
        ) from fault


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None, "every stream of the process is a pipe"
    return pipe


def _write_all(pipe: IO[bytes], line: bytes) -> None:
    rest = memoryview(line)
    while rest:
        rest = rest[pipe.write(rest) :]

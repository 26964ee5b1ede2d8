"""One run at a time works on an output.

The operating system keeps the lock for as long as its holder lives: a killed run leaves none behind, and nobody has to
judge whether one is stale. `run.lock` is that lock; who holds it stands beside it in `run.json`, since Windows lets
nobody read a locked file; `door.lock` is held for a moment by whoever looks at the two.
"""

from __future__ import annotations

import errno
import getpass
import json
import os
import socket
import time
from collections.abc import Generator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from penumbra.aside import written_aside
from penumbra.engine.events import Notice, Waiting
from penumbra.errors import BusyError, MachineError

POLL_SECONDS = 0.5
# For what takes milliseconds: longer only where a run was suspended in the middle of it.
DOOR_SECONDS = 5.0
# How systems say that a folder's file system has no locks; EINVAL is what Windows' words for it become.
NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EINVAL)
NAMELESS = "a run that has not told who it is"


@dataclass(frozen=True)
class Holder:
    """Who works on an output. `str()` says it in words.

    Attributes:
        host: The machine's name.
        process: Its number there.
        user: The account, empty where it has no name.
        since: When it took the lock, in the local time of whoever asks.
    """

    host: str
    process: int
    user: str
    since: datetime

    @classmethod
    def this_process(cls) -> Holder:
        """From now on."""
        user = ""
        # An account without a name, as in containers; which of these is raised depends on Python and system.
        with suppress(OSError, KeyError, ImportError):
            user = getpass.getuser()
        return cls(socket.gethostname(), os.getpid(), user, datetime.now().astimezone())

    @classmethod
    def read(cls, path: Path) -> Holder | None:
        """What a holder wrote; None where nothing is, or nothing that can be read."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            since = datetime.fromisoformat(told["since"]).astimezone()
            return cls(str(told["host"]), int(told["process"]), str(told["user"]), since)
        except (OSError, ValueError, TypeError, KeyError, OverflowError):
            return None

    def write(self, path: Path) -> None:
        """Tell it to others.

        Raises:
            MachineError: The file cannot be written.
        """
        told = {**vars(self), "since": self.since.isoformat(timespec="seconds")}
        with written_aside(path) as aside:
            aside.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")

    def __str__(self) -> str:
        user = f" of {self.user}" if self.user else ""
        since = f"{self.since:%H:%M}"
        if self.since.date() != datetime.now().date():
            since = f"{self.since:%Y-%m-%d} {since}"
        return f"process {self.process}{user} on {self.host}, at work since {since}"


class OutputLock:
    """The right to work on an output. Use it as a context, which gives it back however the run ends.

    It may be taken in one thread and given back in another. A child of the process does not inherit it, and a second
    `OutputLock` on the same folder is refused in the same process as it is elsewhere.

    Args:
        folder: Where the output's memory is kept. It is made if it is not there.
        what: The mattes, in words for whoever is refused: the pattern of their names.
    """

    def __init__(self, folder: Path, what: str) -> None:
        self._folder = folder
        self._what = what
        self._record = folder / "run.json"
        self._run: FileLock | None = None
        self._left_behind: Holder | None = None

    def take(self, *, wait: bool = False) -> Generator[Notice | Waiting, None, None]:
        """Take it, and where another run has it, wait or refuse. On a file system without locks it only says so.

        Args:
            wait: Whether to wait.

        Yields:
            For whom it waits, once for each; that it still does, twice a second, so that a door can stop it; and what
            the person should know of the lock itself.

        Raises:
            BusyError: Another run has it, and `wait` is not set.
            MachineError: The folder cannot be made or written to.
        """
        door, run = self._file_lock("door.lock", timeout=DOOR_SECONDS), self._file_lock("run.lock", timeout=0)
        began, told = time.monotonic(), ""
        while (holder := self._attempt(door, run)) is not None:
            if not wait:
                raise BusyError(
                    f"Another run makes {self._what} already: {holder}.",
                    "Wait for it, stop it, or run with --wait.",
                    path=self._folder,
                )
            yield Waiting(time.monotonic() - began) if holder == told else Notice(f"Waiting for {holder}.")
            told = holder
            time.sleep(POLL_SECONDS)
        yield from self._remarks()

    def release(self) -> None:
        """Give it back. Nothing happens where it is not held."""
        # Not held, too, in a child that a fork left with this object: the record is not the child's.
        if self._run is None or not self._run.is_locked:
            return
        # The run is over: a folder that is gone must not make it fail, and with the process the lock goes anyway.
        with suppress(OSError):
            self._record.unlink()
        with suppress(OSError):
            self._run.release()

    def _file_lock(self, name: str, timeout: float) -> FileLock:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            # Whoever may work in the folder may lock it, whoever ran first.
            mode = self._folder.stat().st_mode & 0o666 | 0o600
        except OSError as fault:
            raise self._unwritable(fault) from fault
        # A soft lock, which a killed holder leaves behind, is worse than none.
        return FileLock(self._folder / name, timeout, mode, thread_local=False, fallback_to_soft=False)

    def _attempt(self, door: FileLock, run: FileLock) -> str | None:
        """Try once.

        Whoever tries stands in the door meanwhile, where a new holder also writes who it is: so a record that is found
        is of the one who holds the lock, and never one that a killed run left behind.

        Returns:
            Who holds it, in words; None where it is ours now, or where there are no locks.
        """
        try:
            with door:
                try:
                    run.acquire()
                except Timeout:
                    return str(Holder.read(self._record) or NAMELESS)
                self._run = run
                self._left_behind = Holder.read(self._record)
                Holder.this_process().write(self._record)
        except Timeout:
            return NAMELESS
        except OSError as fault:
            if fault.errno not in NO_LOCKS:
                raise self._unwritable(fault) from fault
        return None

    def _remarks(self) -> Generator[Notice, None, None]:
        before = self._left_behind
        if self._run is None:
            yield Notice(
                f"The file system of {self._folder} has no locks. See to it that no other run makes {self._what} "
                "meanwhile."
            )
        # On this machine the system vouches for its death. Some network mounts keep every machine's locks to itself.
        elif before is not None and before.host != socket.gethostname():
            yield Notice(
                f"A run that did not finish is taken over: {before}. Should it still be at work, stop one of the two: "
                f"then the locks of {self._folder} do not reach from machine to machine."
            )

    def _unwritable(self, fault: OSError) -> MachineError:
        place = fault.filename or self._folder
        return MachineError(
            f"{place} cannot be written to: {(fault.strerror or str(fault)).lower()}.",
            "Choose another folder for the mattes, or ask for the right to write there.",
            path=place,
        )

    def __enter__(self) -> OutputLock:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.release()

"""What is known of the plates' files: their content's hash, and whatever else was once found in them.

A fact is found once, and kept beside the mattes for later runs. A kept fact counts where nothing says that the file is
another one than it was found in. All that may be deleted at any time; then it is found again.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from time import time_ns
from typing import Any

from penumbra.aside import written_aside
from penumbra.errors import FileError, MachineError

VERSION = 1
CONTENT = "sha256"
# In nanoseconds. A file that changes again within one tick of its server's clock (2 s on FAT, 1 s on older servers)
# keeps its time, and that clock may be before or behind ours. So facts are kept only of files that had been left alone
# for longer than both when they were looked into: as long as Kerberos, with which studio networks sign in, lets two
# clocks differ. (Git calls such files racy: https://git-scm.com/docs/racy-git.)
SETTLED = 300 * 10**9
# Files that facts are kept of, the ones asked for last: the versions of a plate shall not pile up.
MOST = 100_000
# What Windows calls so is the time of creation, which a copy may share with what it replaces.
TRUE_CTIME = os.name == "posix"

# Size, time of the content, and time of any change, or where there is no such time the number of the file.
Stamp = tuple[int, int, int]


@dataclass(frozen=True)
class Known:
    """The facts of a file, while its stamp is this."""

    stamp: Stamp
    facts: dict[str, str]


class PlateFacts:
    """Facts of the plates' files. May be asked from several threads; what one run has found it does not find again.

    Facts are kept by the files' names, so that they are found when the plate's folder was moved or is mounted
    elsewhere. A copy has a new time of change, and is looked into again: nothing else tells it from another version.

    Args:
        path: Gives a plate's file.
        kept: The file that facts are kept in; damaged or missing, it holds none.
    """

    def __init__(self, path: Callable[[int], Path], kept: Path) -> None:
        self._path = path
        self._file = kept
        self._before = _read(kept)
        self._asked: dict[str, Known] = {}
        self._found: dict[tuple[int, str], str] = {}
        self._gates: dict[tuple[int, str], threading.Lock] = {}
        self._lock = threading.Lock()
        self._has_news = False

    def of(self, frame: int) -> str:
        """SHA-256 of one frame's file, in hexadecimal.

        Raises:
            FileError: It cannot be read.
        """
        return self._fact(frame, CONTENT, lambda file: hashlib.file_digest(file, "sha256").hexdigest())

    def of_all(self, digest: str, frames: Iterable[int]) -> str:
        """One hash of a digest and many frames, in their order."""
        chained = hashlib.sha256(digest.encode())
        for frame in frames:
            chained.update(self.of(frame).encode())
        return chained.hexdigest()

    def fact(self, frame: int, name: str, find: Callable[[], str]) -> str:
        """Another short text that one frame's file alone decides.

        Args:
            frame: Its number.
            name: What the text is; another way to find it has another name.
            find: Finds it in the file.

        Raises:
            FileError: The file cannot be read.
        """
        return self._fact(frame, name, lambda _: find())

    def keep(self) -> None:
        """Write what is known, for later runs. A folder that does not take it is no fault: only time is lost."""
        with self._lock:
            if not self._has_news:
                return
            self._has_news = False
            asked = dict(self._asked)
        # Another process may have kept facts meanwhile.
        others = {name: known for name, known in _read(self._file).items() if name not in asked}
        newest = list((others | asked).items())[-MOST:]
        files = {name: {"stamp": known.stamp, "facts": known.facts} for name, known in newest}
        try:
            with written_aside(self._file) as aside:
                content = {"version": VERSION, "checksum": _checksum(files), "files": files}
                aside.write_text(json.dumps(content), encoding="ascii")
        except MachineError:
            return

    def _fact(self, frame: int, fact: str, find: Callable[[BufferedReader], str]) -> str:
        with self._lock:
            gate = self._gates.setdefault((frame, fact), threading.Lock())
        # Whoever asks for the same meanwhile waits, and nobody else.
        with gate:
            if (frame, fact) not in self._found:
                self._found[frame, fact] = self._looked_up(frame, fact, find)
            return self._found[frame, fact]

    def _looked_up(self, frame: int, fact: str, find: Callable[[BufferedReader], str]) -> str:
        path = self._path(frame)
        try:
            # Opened even where the fact is kept: only then does a network share say how the file is now.
            with path.open("rb") as file:
                status, now = os.fstat(file.fileno()), time_ns()
                stamp = (status.st_size, status.st_mtime_ns, status.st_ctime_ns if TRUE_CTIME else status.st_ino)
                kept = self._known(path.name, stamp).facts.get(fact)
                text = find(file) if kept is None else kept
        except OSError as fault:
            raise FileError(
                f"Frame {frame} cannot be read any more: {fault.strerror or fault}.",
                "Check the plate's folder, then run again: what is done stays.",
                frame=frame,
                path=path,
            ) from fault
        if now - max(status.st_mtime_ns, status.st_ctime_ns) > SETTLED:
            with self._lock:
                known = self._known(path.name, stamp)
                self._asked[path.name] = Known(stamp, {**known.facts, fact: text})
                self._has_news |= kept is None
        return text

    def _known(self, name: str, stamp: Stamp) -> Known:
        """What is known of a file as it is now."""
        known = self._asked.get(name) or self._before.get(name)
        return known if known is not None and known.stamp == stamp else Known(stamp, {})


def _read(path: Path) -> dict[str, Known]:
    """What is kept there, the one asked for last at the end; nothing where it is not what was written."""
    try:
        content = json.loads(path.read_text(encoding="ascii"))
        if content["version"] != VERSION or content["checksum"] != _checksum(content["files"]):
            return {}
        return {
            name: Known((known["stamp"][0], known["stamp"][1], known["stamp"][2]), known["facts"])
            for name, known in content["files"].items()
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}


def _checksum(files: Any) -> str:
    return hashlib.sha256(json.dumps(files).encode()).hexdigest()

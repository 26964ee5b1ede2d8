"""The last lines of what a process says of itself, and all of them in a file."""

from __future__ import annotations

import threading
from collections import deque
from pathlib import Path
from typing import IO

from penumbra.protocol.lines import Lines

KEPT_LINES = 200
# In bytes; the rest of a longer line is left out.
LONGEST = 4000
# A log file that has grown larger, in bytes, is begun anew.
LARGEST_FILE = 4 * 1024 * 1024


class Log:
    """Keeps the last lines. Safe to use from several threads.

    Args:
        path: A file that they are added to as well. One that cannot be written is no fault: the lines say so.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._kept: deque[str] = deque(maxlen=KEPT_LINES)
        self._lines = Lines(LONGEST)
        self._lock = threading.Lock()
        self._file: IO[bytes] | None = None
        if path is not None:
            self._open(path)

    def feed(self, chunk: bytes) -> None:
        """Add what was said; nothing means that this was all."""
        with self._lock:
            self._lines.feed(chunk or b"\n")
            line = self._lines.next_line()
            while line is not None:
                if chunk or line:
                    self._kept.append(line[:LONGEST].decode("utf-8", "replace").rstrip("\r"))
                line = self._lines.next_line()
            self._write(chunk)

    def note(self, text: str) -> None:
        """Add a line of one's own."""
        with self._lock:
            self._kept.append(text)

    def lines(self) -> list[str]:
        """The last ones, the newest at the end."""
        with self._lock:
            return list(self._kept)

    def _open(self, path: Path) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("ab", buffering=0)
        except OSError as fault:
            self._kept.append(f"The log file {path} cannot be written: {fault.strerror or fault}.")

    def _write(self, chunk: bytes) -> None:
        if self._file is None:
            return
        try:
            if chunk:
                if self._file.tell() > LARGEST_FILE:
                    self._file.truncate(0)
                self._file.write(chunk)
                return
        except OSError as fault:
            self._kept.append(f"The log file cannot be written any more: {fault.strerror or fault}.")
        self._file.close()
        self._file = None

"""A file under its final name is always complete: it is written aside and then renamed."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from penumbra.errors import MachineError

# In seconds: longer than any file takes to be written, and than the clocks of two machines differ.
ABANDONED = 24 * 3600


@contextmanager
def written_aside(path: Path) -> Iterator[Path]:
    """Give a hidden name beside `path` to write to; rename it when all went well, remove it when not.

    The name holds the process, so that two processes that write the same file do not write into each other's.

    Raises:
        MachineError: The folder or the disk does not take the file.
    """
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield aside
        # Whoever may work in the folder may read the file, whatever library wrote it.
        aside.chmod(path.parent.stat().st_mode & 0o666)
        aside.replace(path)
    except OSError as fault:
        raise MachineError(
            f"{path} cannot be written: {fault.strerror or fault}.",
            "Check the disk's free room and your right to write there.",
            path=path,
        ) from fault
    finally:
        # What went wrong is told already; a folder that is gone must not hide it.
        with suppress(OSError):
            aside.unlink()


def sweep(folder: Path, names: Collection[str] | None = None) -> None:
    """Remove what killed processes left behind of files of these names, or, in a folder of our own, of all.

    Only what is called as `written_aside` calls it, and for a day has not been written to: another machine may be at
    work on the same files, and whether its process lives cannot be asked. What cannot be removed stays.
    """
    before = time.time() - ABANDONED
    with suppress(OSError):
        for entry in folder.iterdir():
            called = re.fullmatch(r"\.(.+)\.[0-9]+\.part", entry.name)
            with suppress(OSError):
                if called and (names is None or called[1] in names) and entry.lstat().st_mtime < before:
                    entry.unlink()

"""A file under its final name is always complete: it is written aside and then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from penumbra.errors import MachineError


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
            aside.unlink(missing_ok=True)

"""A file under its final name is always complete: it is written aside and then renamed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
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
        os.replace(aside, path)
    except OSError as fault:
        raise MachineError(
            f"{path} cannot be written: {fault.strerror or fault}.",
            "Check the disk's free room and your right to write there.",
            path=path,
        ) from fault
    finally:
        aside.unlink(missing_ok=True)

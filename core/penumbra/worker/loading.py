"""Heavy libraries, which may be broken where hello is still answered."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from penumbra.errors import MachineError


@contextmanager
def loading() -> Iterator[None]:
    """Tell a library that cannot be imported from a bug of ours. Only imports belong in here.

    Raises:
        MachineError: It cannot. Which of these errors it is depends on library and system.
    """
    try:
        yield
    except (ImportError, OSError, RuntimeError) as fault:
        raise MachineError(
            f"Penumbra's libraries cannot be loaded: {fault}.", "Run `penumbra doctor`: it tells what is wrong."
        ) from fault

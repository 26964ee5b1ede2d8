"""Where the network runs. It belongs to the machine, never to the shot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from penumbra.errors import InputError, MachineError

# Of the kinds that torch knows, those that the network runs on.
DEVICES = ("cpu", "cuda", "mps")


def checked_device(name: str) -> torch.device:
    """The device of that name.

    Raises:
        InputError: There is no such kind of device.
        MachineError: This machine has none.
    """
    try:
        device = torch.device(name)
    except RuntimeError as fault:
        raise _no_device(name) from fault
    if device.type not in DEVICES:
        raise _no_device(name)
    if device.type == "cuda" and (device.index or 0) >= (count := torch.cuda.device_count()):
        raise MachineError(
            f"The device {name} cannot be used: there are {count} CUDA devices here.",
            "Use --device cpu, or see docs/install.md for the CUDA build of torch.",
        )
    if device.type == "mps" and not torch.backends.mps.is_available():
        raise MachineError("No Apple GPU can be used here.", "Use --device cpu.")
    return device


def _no_device(name: str) -> InputError:
    return InputError(f"{name!r} is no device.", "Devices are cpu, cuda, cuda:1, mps.")


@contextmanager
def memory_watched() -> Iterator[None]:
    """Tell a lack of memory from a bug: torch raises RuntimeError for both, and on the CPU only its words differ."""
    try:
        yield
    except (MemoryError, RuntimeError) as fault:
        lacking = isinstance(fault, MemoryError | torch.OutOfMemoryError) or "can't allocate memory" in str(fault)
        if not lacking:
            raise
        raise MachineError("The machine has no memory left.", "Use a smaller --process-size.") from fault

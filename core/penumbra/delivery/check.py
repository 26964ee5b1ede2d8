"""Whether mattes can be written, asked before the first frame."""

from __future__ import annotations

import math
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np

from penumbra.delivery.channels import contents
from penumbra.errors import InputError, MachineError, PenumbraError
from penumbra.image import Layer, Window
from penumbra.shot import Delivery, named

BYTES = {"half": 2, "float": 4}
# What is left of the raw size. Measured on RGBA half at 1080p and 2160p, grainy, a quarter solid:
# zip and zips 0.15, piz 0.17, dwaa 0.065; doubled, as a subject may fill half of the frame.
REMAINS = {"none": 1.0, "zip": 0.3, "zips": 0.3, "piz": 0.35, "dwaa": 0.13, "dwab": 0.13}
# Alphas and ids are smoother than colors. Measured likewise: 0.4 and 0.5 of the share that is left of RGBA.
SMOOTHER = {"rgba": 1.0, "alpha": 0.5, "packed": 0.5, "cryptomatte": 0.6}
# What dwaa and dwab take where no level is given, and by which power of the level files shrink, measured from 1 to 300.
LEVEL, POWER = 45, -0.18


class Usage(Protocol):
    """What `shutil.disk_usage` answers, as far as it matters."""

    @property
    def free(self) -> int:
        """Bytes that can still be written."""


def check_output(
    delivery: Delivery,
    frames: Collection[int],
    window: Window,
    objects: Sequence[str | None],
    inputs: Iterable[Path] = (),
    usage: Callable[[Path], Usage] = shutil.disk_usage,
) -> list[PenumbraError]:
    """Look for what would stop the writing. Nothing is made and nothing is left behind.

    Args:
        delivery: What will be written, and where.
        frames: The frames still to be written.
        window: Where the mattes' pixels lie, and for `auto` the largest that it can be.
        objects: Their names in the shot's order, `(None,)` for the nameless one.
        inputs: Files that must not be written over: the plate's and the masks'.
        usage: Tells how much room a folder's disk has.

    Returns:
        The faults, none where all is well.
    """
    folder = delivery.out.parent
    existing = next((place for place in (folder, *folder.absolute().parents) if place.exists()), folder)
    faults = [*_written_over(delivery, frames, inputs), *_unwritable(folder, existing)]
    if faults:
        return faults
    # What is there already has its room, also where it is written again.
    new = len(frames) - sum(delivery.path(frame).exists() for frame in frames)
    return _no_room(folder, expected_bytes(delivery, new, window, objects), usage(existing).free)


def expected_bytes(delivery: Delivery, count: int, window: Window, objects: Sequence[str | None]) -> int:
    """About how much room so many mattes need."""
    nothing = np.zeros((1, 1, 4), np.float32)
    channels = contents([Layer(name, nothing) for name in objects], delivery).channels
    pixel = sum(len(group.names) * BYTES[group.pixel_type] for group in channels)
    return int(count * window.width * window.height * pixel * _share_left(delivery))


def _share_left(delivery: Delivery) -> float:
    """The share of the raw size that is left."""
    method, _, level = delivery.compression.partition(":")
    if method == "none":
        return 1.0
    return REMAINS[method] * SMOOTHER[delivery.channels] * math.pow(float(level or LEVEL) / LEVEL, POWER)


def _written_over(delivery: Delivery, frames: Collection[int], inputs: Iterable[Path]) -> list[PenumbraError]:
    sources = {_real(path) for path in inputs}
    clashing = [frame for frame in frames if _real(delivery.path(frame)) in sources]
    if not clashing:
        return []
    return [
        InputError(
            f"{named(clashing)} of {delivery.out} would write over the plate or the mask.",
            "Give the mattes another name or folder.",
            frame=clashing[0],
            path=delivery.out,
        )
    ]


def _real(path: Path) -> Path:
    return path.parent.resolve() / path.name


def _unwritable(folder: Path, existing: Path) -> list[PenumbraError]:
    if not existing.is_dir():
        return [InputError(f"{existing} is a file, but mattes are to be written in {folder}.", path=existing)]
    try:
        # Rights alone do not tell: the whole disk may be read-only.
        with tempfile.TemporaryFile(dir=existing):
            return []
    except OSError as fault:
        what = "written to" if existing == folder else "made"
        reason = (fault.strerror or str(fault)).lower()
        return [
            MachineError(
                f"The folder {folder} cannot be {what}: {reason}.",
                f"Choose another folder, or ask for the right to write in {existing}.",
                path=folder,
            )
        ]


def _no_room(folder: Path, expected: int, free: int) -> list[PenumbraError]:
    if expected <= free:
        return []
    return [
        MachineError(
            f"The mattes need about {_size(expected)}, but the disk of {folder} has {_size(free)} left.",
            "Make room, choose another folder, or a stronger compression.",
            path=folder,
        )
    ]


def _size(count: int) -> str:
    return f"{count / 1e9:,.1f} GB" if count >= 1e8 else f"{count / 1e6:,.1f} MB"

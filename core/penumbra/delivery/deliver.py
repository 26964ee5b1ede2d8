"""One matte, one file."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from pathlib import Path

import numpy as np

from penumbra.codec import UnreadableError, check_whole, read_header, write_exr
from penumbra.delivery.channels import contents
from penumbra.delivery.provenance import DISAGREEMENT, FINGERPRINT, PREFIX, Provenance
from penumbra.image import Matte, Window, around, placed
from penumbra.shot import Delivery

# Said anew for every matte: a plate may itself be a matte of Penumbra's, or hold a Cryptomatte.
SAID_ANEW = (PREFIX, "cryptomatte/")


def deliver(matte: Matte, delivery: Delivery, provenance: Provenance) -> Path:
    """Write a matte under its plate's frame number. The file's name appears only when it is complete.

    Its display window is the plate's. Its data window is the same, or the plate's data window, or (`auto`) the smallest
    box around everything that is not 0 within the display window: one pixel where there is nothing, as an EXR without
    pixels cannot be.

    Args:
        matte: Premultiplied and scene-linear. What its plate's metadata says of color is true of it.
        delivery: What is written, and where.
        provenance: What its header says of its making.

    Returns:
        The file.

    Raises:
        MachineError: The folder or the disk does not take it.
    """
    plate = matte.plate
    path = delivery.path(plate.frame)
    window = _data_window(matte, delivery.window)
    layers = [replace(layer, rgba_HW4=placed(layer.rgba_HW4, plate.window, window)) for layer in matte.layers]
    inherited = [entry for entry in plate.metadata if not entry.name.startswith(SAID_ANEW)]
    holds = contents(layers, delivery)
    write_exr(
        path,
        holds.channels,
        compression=delivery.compression,
        display_window=plate.display_window,
        data_window=window,
        pixel_aspect=plate.pixel_aspect,
        metadata=[*inherited, *holds.header, *provenance.attributes()],
    )
    return path


def read_fingerprint(path: Path) -> str | None:
    """The fingerprint of a matte on disk; None where there is no readable matte with one.

    `deliver` gives a file its name only when it is complete, but a copy may have broken off since.
    """
    try:
        fingerprint = read_header(path).text(FINGERPRINT)
        if fingerprint is not None:
            check_whole(path)
        return fingerprint
    except UnreadableError:
        return None


def read_disagreement(path: Path) -> float | None:
    """The share of a matte's frame over which the passes that made it disagree; None where it does not say.

    Raises:
        UnreadableError: It cannot be read.
    """
    said = (entry.value for entry in read_header(path).metadata if entry.name == DISAGREEMENT)
    return next((float(value) for value in said if isinstance(value, float)), None)


def _data_window(matte: Matte, wanted: str) -> Window:
    plate = matte.plate
    if wanted == "auto":
        return _content(matte) or Window(plate.display_window.x, plate.display_window.y, 1, 1)
    return plate.data_window if wanted == "data" else plate.display_window


def _content(matte: Matte) -> Window:
    """The smallest box around everything that is not 0 within the display window; without pixels where all is 0."""
    plate = matte.plate
    shown = plate.window & plate.display_window
    alpha_HW = reduce(np.maximum, (placed(layer.alpha_HW, plate.window, shown) for layer in matte.layers))
    return around(alpha_HW > 0, shown)

"""One matte, one file."""

from __future__ import annotations

from pathlib import Path

from penumbra.codec import UnreadableError, read_header, write_exr
from penumbra.delivery.provenance import FINGERPRINT, PREFIX, Provenance
from penumbra.image import Matte
from penumbra.shot import Delivery


def deliver(matte: Matte, delivery: Delivery, provenance: Provenance) -> Path:
    """Write a matte under its plate's frame number. The file's name appears only when it is complete.

    Args:
        matte: Premultiplied and scene-linear.
        delivery: What is written, and where.
        provenance: What its header says of its making.

    Returns:
        The file.

    Raises:
        MachineError: The folder or the disk does not take it.
    """
    plate = matte.plate
    path = delivery.path(plate.frame)
    whole = delivery.channels == "rgba"
    # A plate that is itself a matte of Penumbra's has a provenance of its own.
    inherited = [entry for entry in plate.metadata if not entry.name.startswith(PREFIX)]
    write_exr(
        path,
        matte.rgba_HW4 if whole else matte.rgba_HW4[..., 3:],
        ("R", "G", "B", "A") if whole else ("A",),
        pixel_type=delivery.pixel_type,
        compression=delivery.compression,
        display_window=plate.display_window,
        pixel_aspect=plate.pixel_aspect,
        metadata=[*inherited, *provenance.attributes()],
    )
    return path


def read_fingerprint(path: Path) -> str | None:
    """The fingerprint of a matte on disk; None where there is no readable matte with one.

    A look at the header is enough: `deliver` gives a file its name only when it is complete.
    """
    try:
        return read_header(path).text(FINGERPRINT)
    except UnreadableError:
        return None

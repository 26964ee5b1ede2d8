"""Whether pictures can be written and read."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path

import numpy as np

from penumbra.codec import Channels, read_picture, write_exr
from penumbra.doctor.finding import Finding, Findings
from penumbra.errors import PenumbraError
from penumbra.image import Window

AGAIN = "Run install.py again."


def look() -> Findings:
    """A small EXR, there and back."""
    library = f"OpenImageIO {version('OpenImageIO')}"
    pixels_HW4 = np.linspace(-1, 60000, 16 * 8 * 4, dtype=np.float32).reshape(16, 8, 4)
    try:
        with tempfile.TemporaryDirectory(prefix="penumbra-doctor-") as folder:
            path = Path(folder) / "look.exr"
            write_exr(
                path, [Channels("RGBA", pixels_HW4, "float")], compression="zip", display_window=Window(0, 0, 8, 16)
            )
            back = read_picture(path, "RGBA").pixels_HWC
    except (PenumbraError, OSError) as fault:
        yield Finding("fault", "pictures", f"{library} could not write and read an EXR: {fault}", AGAIN)
        return
    if np.array_equal(back, pixels_HW4):
        yield Finding("fine", "pictures", f"{library} writes and reads EXR.")
    else:
        yield Finding("fault", "pictures", f"{library} read other pixels than it had written.", AGAIN)

"""Real EXR files, written and read by OpenEXR's own package: a second opinion on what our codec does."""

from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR


def write_exr_file(path: Path, channels: dict[str, np.ndarray], **header: Any) -> Path:
    """`display` and `data` are windows as x, y, width, height."""
    path.parent.mkdir(parents=True, exist_ok=True)
    height, width = next(iter(channels.values())).shape[:2]
    for name, key in (("data", "dataWindow"), ("display", "displayWindow")):
        x, y, w, h = header.pop(name, (0, 0, width, height))
        header[key] = (np.array([x, y], np.int32), np.array([x + w - 1, y + h - 1], np.int32))
    kind = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    arrays = {name: np.ascontiguousarray(array) for name, array in channels.items()}
    OpenEXR.File(kind | header, arrays).write(str(path))
    return path


def read_exr_file(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Every channel by its own name, and the header."""
    file = OpenEXR.File(str(path), separate_channels=True)
    return {name: channel.pixels for name, channel in file.channels().items()}, file.header()

"""Real EXR files, written and read by OpenEXR's own package: a second opinion on what our codec does."""

from pathlib import Path
from typing import Any

import numpy as np
import OpenEXR


def write_exr_file(path: Path, channels: dict[str, np.ndarray], **header: Any) -> Path:
    """`display` and `data` are windows as x, y, width, height."""
    path.parent.mkdir(parents=True, exist_ok=True)
    OpenEXR.File(*_header_and_arrays(channels, header)).write(str(path))
    return path


def write_exr_parts(path: Path, *parts: tuple[str, dict[str, np.ndarray], dict[str, Any]]) -> Path:
    """Each part is its name, channels and header; those of `deep_channels` make it deep."""
    made = [OpenEXR.Part(*_header_and_arrays(channels, dict(header)), name) for name, channels, header in parts]
    OpenEXR.File(made).write(str(path))
    return path


def deep_channels(height: int, width: int) -> dict[str, np.ndarray]:
    """R, G, B, A and Z of a deep part, with one sample in every pixel."""
    samples = np.empty((height, width), object)
    for place in np.ndindex(samples.shape):
        samples[place] = np.ones(1, np.float32)
    return dict.fromkeys("RGBAZ", samples)


def _header_and_arrays(
    channels: dict[str, np.ndarray], header: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    height, width = next(iter(channels.values())).shape[:2]
    for name, key in (("data", "dataWindow"), ("display", "displayWindow")):
        x, y, w, h = header.pop(name, (0, 0, width, height))
        header[key] = (np.array([x, y], np.int32), np.array([x + w - 1, y + h - 1], np.int32))
    kind = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    if any(array.dtype == object for array in channels.values()):
        kind = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.deepscanline}
    return kind | header, {name: np.ascontiguousarray(array) for name, array in channels.items()}


def with_window(path: Path, name: str, *corners: int) -> Path:
    """Puts other corners, x0 y0 x1 y1, into the header of an EXR that is there."""
    content = bytearray(path.read_bytes())
    begin = content.index(name.encode() + b"\0box2i\0") + len(name) + 11
    content[begin : begin + 16] = np.array(corners, "<i4").tobytes()
    path.write_bytes(content)
    return path


def read_exr_file(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Every channel by its own name, and the header."""
    file = OpenEXR.File(str(path), separate_channels=True)
    return {name: channel.pixels for name, channel in file.channels().items()}, file.header()

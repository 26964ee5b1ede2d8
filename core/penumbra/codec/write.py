"""Writing EXR: complete, finite, scanlines, and the same bytes for the same input."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import OpenImageIO as oiio
from numpy.typing import NDArray

from penumbra.aside import written_aside
from penumbra.codec.attributes import write_attributes
from penumbra.errors import MachineError
from penumbra.image import Attribute, Window

# The largest finite value of each type.
LARGEST = {"half": 65504.0, "float": float(np.finfo(np.float32).max)}
# Rows that are made ready at a time: what bounds memory. A multiple of every compression's block of rows, so that no
# block is begun twice.
STRIP = 256


@dataclass(frozen=True)
class Channels:
    """Some of a file's channels.

    Attributes:
        names: One for each channel.
        pixels_HWC: The data window's pixels. NaN becomes 0, and what is too large the type's largest value.
        pixel_type: `half` or `float`. A float is stored as it is, bit for bit.
    """

    names: Sequence[str]
    pixels_HWC: NDArray[np.float32] = field(repr=False)
    pixel_type: str


def write_exr(
    path: Path,
    channels: Sequence[Channels],
    *,
    compression: str,
    display_window: Window,
    data_window: Window | None = None,
    pixel_aspect: float = 1.0,
    metadata: Iterable[Attribute] = (),
) -> None:
    """Write a scene-linear EXR. Its name appears only when the file is complete and on the disk.

    Args:
        path: The file; its folder is made where there is none.
        channels: What it holds.
        compression: One of `shot.COMPRESSIONS`, for dwaa and dwab with a level where that is wanted (`dwaa:45`). The
            library silently takes an unknown name for zip.
        display_window: What the shot shows.
        data_window: Where the pixels lie; None means the display window.
        pixel_aspect: Width of a pixel over its height.
        metadata: Header entries, a plate's for example. Those that would be untrue of this file are left out; of two
            with one name the later counts.

    Raises:
        MachineError: The folder or the disk does not take it. Nothing is left behind.
    """
    spec = _spec(data_window or display_window, display_window, channels)
    write_attributes(spec, metadata)
    spec.attribute("compression", compression)
    spec.attribute("PixelAspectRatio", float(pixel_aspect))
    if spec.get_string_attribute("DateTime") == "":
        # Where there is none the library adds the time of writing, and no two files are equal; not so with an
        # empty one, which it leaves out.
        spec.attribute("DateTime", "")
    with written_aside(path) as aside:
        _write(aside, path, spec, channels)
        _settle(aside)


def _spec(data: Window, display: Window, channels: Sequence[Channels]) -> oiio.ImageSpec:
    names = [name for group in channels for name in group.names]
    types = [group.pixel_type for group in channels for _ in group.names]
    spec = oiio.ImageSpec(data.width, data.height, len(names), "float" if "float" in types else "half")
    if len(set(types)) > 1:
        spec.channelformats = tuple(types)
    spec.x, spec.y = data.x, data.y
    spec.full_x, spec.full_y = display.x, display.y
    spec.full_width, spec.full_height = display.width, display.height
    spec.channelnames = tuple(names)
    spec.alpha_channel = names.index("A") if "A" in names else -1
    return spec


def _write(aside: Path, path: Path, spec: oiio.ImageSpec, channels: Sequence[Channels]) -> None:
    """Check every answer: on a full disk writing says False, and `close` says True all the same."""
    output = oiio.ImageOutput.create("openexr")
    if output is None:
        raise MachineError("This OpenImageIO cannot write EXR.", "Install Penumbra again.")
    strips = range(0, spec.height, STRIP)
    written = output.open(str(aside), spec) and all(_write_strip(output, spec, channels, top) for top in strips)
    fault = "" if written else output.geterror()
    if not (output.close() and written):
        fault = " ".join((fault or output.geterror()).replace(str(aside), str(path)).split()).rstrip(". ")
        free = shutil.disk_usage(path.parent).free / 1e6
        raise MachineError(
            f"{path} cannot be written: {fault or 'no reason given'}.",
            f"The disk has {free:,.0f} MB left: make room, or check your quota and rights there.",
            path=path,
        )


def _write_strip(output: oiio.ImageOutput, spec: oiio.ImageSpec, channels: Sequence[Channels], top: int) -> bool:
    bottom = min(top + STRIP, spec.height)
    groups = [_storable(group.pixels_HWC[top:bottom], LARGEST[group.pixel_type]) for group in channels]
    done: bool = output.write_scanlines(spec.y + top, spec.y + bottom, 0, np.concatenate(groups, axis=2))
    return done


def _storable(pixels: NDArray[Any], largest: float) -> NDArray[np.float32]:
    values = np.clip(np.ascontiguousarray(pixels, np.float32), -largest, largest)
    if np.isnan(values.min()):  # min carries any NaN out, which is quicker than to look for it everywhere
        np.nan_to_num(values, copy=False, nan=0.0)
    return values


def _settle(path: Path) -> None:
    """Wait until the file is on the disk.

    A network disk may report a full quota only now, and after a loss of power a renamed file could be found
    empty. It costs milliseconds in a thread that writes behind.
    """
    with path.open("r+b") as file:
        os.fsync(file.fileno())

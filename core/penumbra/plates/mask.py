"""Roto masks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from penumbra.codec import read_header, read_picture
from penumbra.errors import FileError, InputError
from penumbra.image import Header, Window, placed

# Less than half a step of 8 bits counts as nothing.
NOTHING = 1 / 512
# Nuke says red where EXR says R.
SHORT = {"red": "r", "green": "g", "blue": "b", "alpha": "a"}


def read_mask(path: Path, channel: str | None, display_window: Window) -> NDArray[np.float32]:
    """A mask in the plate's display window.

    Args:
        path: Its file.
        channel: The channel wanted: its full name (`matte.A`), or its last part (`A`) or its layer (`matte`)
            where that is clear. None means the alpha, else the only channel, else red.
        display_window: The plate's.

    Returns:
        float32 `[H, W]`, 0..1 as in the file: no color space is applied, soft edges stay soft.

    Raises:
        FileError: It cannot be read, or has values that are not numbers.
        InputError: The channel is not clear, the size is not the plate's, or the mask is empty or full.
    """
    header = read_header(path)
    name = _asked(path, header, channel) if channel else _default(path, header)
    if header.display_window.size != display_window.size:
        raise InputError(
            f"The mask {path} is {header.display_window}, but the plate is {display_window}.",
            "Render the mask in the plate's format.",
            path=path,
        )
    mask_HW = read_picture(path, [name]).pixels_HWC[..., 0]
    if broken := int(np.count_nonzero(~np.isfinite(mask_HW))):
        raise FileError(
            f"The mask {path} has {broken} pixels in {name} that are not numbers (NaN or infinite).",
            "Render it again; in Nuke an Expression with isnan() finds them.",
            path=path,
        )
    mask_HW = placed(np.clip(mask_HW, 0, 1), _data_window(header, display_window), display_window)
    _check_content(path, header, name, mask_HW)
    return mask_HW


def _data_window(header: Header, display: Window) -> Window:
    """Where the mask's pixels lie once its display window is laid on the plate's."""
    own, data = header.display_window, header.data_window
    return Window(data.x - own.x + display.x, data.y - own.y + display.y, data.width, data.height)


def _check_content(path: Path, header: Header, name: str, mask_HW: NDArray[np.float32]) -> None:
    channels = f"Its channels are {', '.join(header.channels)}"
    if mask_HW.max() < NOTHING:
        raise InputError(
            f"The mask {path} is empty: {name} is black all over.",
            f"Check its frame and its channel. {channels}; choose one by adding :NAME to the file.",
            path=path,
        )
    if mask_HW.min() > 1 - NOTHING:
        raise InputError(
            f"The mask {path} is full: {name} is white all over, so that there is nothing to matte.",
            f"Check its channel. {channels}; choose one by adding :NAME to the file.",
            path=path,
        )


def _asked(path: Path, header: Header, channel: str) -> str:
    """The channel that a person means: the most literal reading that fits anything, if it fits one thing."""
    names = header.channels
    wanted = channel.lower().removeprefix("rgba.")  # as Nuke writes the channels that have no layer here
    readings = (
        [name for name in names if name == channel],
        [name for name in names if name.lower() == wanted],
        [name for name in names if _layer(name) == _layer(wanted) and _short(name) == _short(wanted)],
        [name for name in names if _short(name) == _short(wanted) and "." not in wanted],
        [name for name in names if _layer(name) == wanted],
    )
    found = next((reading for reading in readings if reading), [])
    if len(found) == 1:
        return found[0]
    problem = f"fits several channels: {', '.join(found)}" if found else "is none of its channels"
    raise InputError(
        f"The mask {path} was asked for {channel}, which {problem}.", f"It has {', '.join(names)}.", path=path
    )


def _default(path: Path, header: Header) -> str:
    """Alpha, else the only channel, else red; those without a layer's name before the others."""
    names = header.channels
    plain = [name for name in names if "." not in name]
    for fitting in (
        [name for name in plain if _short(name) == "a"],
        [name for name in names if _short(name) == "a"],
        names if len(names) == 1 else (),
        [name for name in plain if _short(name) == "r"],
        [name for name in names if _short(name) == "r"],
    ):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            break
    raise InputError(
        f"It is not clear which channel of {path} is the mask: it has {', '.join(names)}.",
        f"Name one, as in {path.name}:{names[0]}.",
        path=path,
    )


def _layer(name: str) -> str:
    return name.rpartition(".")[0].lower()


def _short(name: str) -> str:
    last = name.rpartition(".")[2].lower()
    return SHORT.get(last, last)

"""Roto masks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from penumbra.codec import read_headers, read_picture
from penumbra.errors import FileError, InputError
from penumbra.image import Header, Window, placed
from penumbra.plates.channels import channels_of
from penumbra.plates.mask_channel import labels, mask_channel
from penumbra.plates.resample import resampled

# Less than half a step of 8 bits counts as nothing.
NOTHING = 1 / 512
# Proxies are rounded to whole pixels; further apart, shapes are of different pictures.
SAME_SHAPE = 0.01


@dataclass(frozen=True)
class Mask:
    """A mask over the canvas.

    Attributes:
        alpha_HW: float32, 0..1.
        said: What the person should know of it, as a sentence; None where it is as the plate is.
    """

    alpha_HW: NDArray[np.float32] = field(repr=False)
    said: str | None


def read_mask(
    path: Path, channel: str | None, plate: Header, canvas: Window, view: str | None = None, *, finished: bool = False
) -> Mask:
    """A mask laid on a plate: display window on display window, whatever their sizes and origins.

    Args:
        path: Its file.
        channel: The channel wanted, as `mask_channel` says; None means the alpha, else the only channel, else red.
        plate: The header that speaks for the plate.
        canvas: Where it is wanted: the plate's display window, or more.
        view: The plate's view, which is chosen in a mask that has several.
        finished: It is a matte, which may be empty or full, as the subject may be hidden or fill the frame.

    Returns:
        The mask, no color space applied and soft edges soft. Beside the display window it has what its file has
        there, and 0.

    Raises:
        FileError: It cannot be read, or has values that are not numbers.
        InputError: The channel is not clear, the shape is not the plate's, or the mask is empty or full.
    """
    headers = read_headers(path)
    found = mask_channel(path, headers, channel, view)
    header, name = headers[found.part], found.label
    own, display = header.display_window, plate.display_window
    if not _same_shape(header, plate):
        raise InputError(
            f"The mask {path} is {own}, but the plate is {display}.",
            "Render the mask in the plate's format, or in a proxy of the same shape.",
            path=path,
        )
    mask_HW = read_picture(path, [found.name], found.part).pixels_HWC[..., 0]
    if broken := int(np.count_nonzero(~np.isfinite(mask_HW))):
        raise FileError(
            f"The mask {path} has {broken} pixels in {name} that are not numbers (NaN or infinite).",
            "Render it again; in Nuke an Expression with isnan() finds them.",
            path=path,
        )
    alpha_HW = _laid(np.clip(mask_HW, 0, 1), header, display, canvas)
    if not finished:
        has = f"Its channels are {labels(channels_of(headers))}"
        _check_empty(path, name, has, alpha_HW, anywhere=bool(mask_HW.max() >= NOTHING))
        _check_full(path, name, has, placed(alpha_HW, canvas, display))
    said = [_said(path, own, display)]
    if finished and not (mask_HW.min() >= 0 and mask_HW.max() <= 1):
        said.append(f"The matte {path} has values below 0 or above 1, which were cut.")
    return Mask(alpha_HW, " ".join(filter(None, said)) or None)


def _same_shape(mask: Header, plate: Header) -> bool:
    """Whether they show the same picture: the same share of pixels, or the same shape on a screen.

    Either will do, for a mask of an anamorphic plate may be squeezed as it is, and many formats cannot tell.
    """
    mine, theirs = mask.display_window, plate.display_window
    pixels = (mine.width / mine.height) / (theirs.width / theirs.height)
    screen = pixels * mask.pixel_aspect / plate.pixel_aspect
    return min(abs(pixels - 1), abs(screen - 1)) <= SAME_SHAPE


def _laid(mask_HW: NDArray[np.float32], header: Header, display: Window, canvas: Window) -> NDArray[np.float32]:
    data, own = header.data_window, header.display_window
    if own.size != display.size:
        return resampled(mask_HW, data, own, display, canvas)
    return placed(mask_HW, Window(data.x - own.x + display.x, data.y - own.y + display.y, *data.size), canvas)


def _said(path: Path, own: Window, display: Window) -> str | None:
    if own.size == display.size:
        return None
    sizes = [f"{window.width}x{window.height}" for window in (own, display)]
    return f"The mask {path} is {sizes[0]} and was resampled to the plate's {sizes[1]}."


def _check_empty(path: Path, name: str, has: str, alpha_HW: NDArray[np.float32], *, anywhere: bool) -> None:
    if alpha_HW.max() >= NOTHING:
        return
    where = "lies outside the plate" if anywhere else "is black all over"
    raise InputError(
        f"The mask {path} is empty: {name} {where}.",
        f"Check its frame and its channel. {has}; choose one by adding :NAME to the file.",
        path=path,
    )


def _check_full(path: Path, name: str, has: str, shown_HW: NDArray[np.float32]) -> None:
    if shown_HW.min() > 1 - NOTHING:
        raise InputError(
            f"The mask {path} is full: {name} is white all over, so that there is nothing to matte.",
            f"Check its channel. {has}; choose one by adding :NAME to the file.",
            path=path,
        )

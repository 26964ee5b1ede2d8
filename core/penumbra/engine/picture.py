"""A frame for a screen: its plate, its matte, or the subject over grey squares, as a small PNG."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch.nn import functional as F

from penumbra.codec import read_header, read_picture
from penumbra.delivery.provenance import PREFIX
from penumbra.engine.inputs import of_view
from penumbra.engine.plate_color import PlateColor, color_of
from penumbra.errors import FileError, InputError
from penumbra.evaluation import over_checkerboard
from penumbra.finishing import premultiplied
from penumbra.image import Header, placed
from penumbra.plates import PlateSource, Selection
from penumbra.shot import FrameRange, Shot

Look = Literal["matte", "over", "plate"]

# It crosses a pipe and is thrown away: smaller files would take longer to make than they save.
PNG_LEVEL = 1

Floats = NDArray[np.float32]


def picture(shot: Shot, frame: int, look: Look, height: int) -> bytes:
    """Draw one frame. Nothing but its plate and its delivered matte is read, no model, and nothing is kept.

    Pixels are averaged as light: a linear plate is made small first, which gives the same colors as later and costs a
    fraction; an encoded one (a camera's log, sRGB) is made linear first, for the mean of codes is not the code of the
    mean, and small lamps would go dark. Safe to call from any thread.

    Args:
        shot: The order, opened or not.
        frame: The frame.
        look: `plate`, its color in sRGB with highlights rolled off, as the network's view has them; `matte`, the
            alpha of all objects together in grey; `over`, these before grey squares. A matte that was delivered
            without color is shown with the plate's.
        height: Of the picture, in pixels. A smaller frame is not enlarged.

    Returns:
        A PNG of 8 bits, the display window as wide as an audience sees it.

    Raises:
        InputError: The frame has no matte yet, or one without an alpha; or the look or the height is none.
        FileError: A file is missing or cannot be read.
    """
    if look not in get_args(Look):
        raise InputError(f"{look!r} is no look.", f"Looks are {', '.join(get_args(Look))}.")
    if height < 1:
        raise InputError(f"A picture cannot be {height} pixels high.", "Ask for 1 or more.")
    shot = of_view(shot)
    if look == "matte":
        path, header = _delivered(shot, frame)
        return _png(_small(_alpha_HW(path, header)[..., None], header, height)[..., 0])
    plate = _plate_of(shot, frame)
    color = color_of(shot.settings, plate.header, plate.path(frame))
    if look == "plate":
        return _png(_seen(color, _small_plate(plate, color, height)))
    path, header = _delivered(shot, frame)
    rgba_HW4 = _small(_matte_HW4(path, header, plate, color), header, height)
    return _png(_seen(color, over_checkerboard(rgba_HW4)))


def _plate_of(shot: Shot, frame: int) -> PlateSource:
    """The plate as if it had this frame alone, so that no other file is opened."""
    settings = shot.settings
    selection = Selection(settings.layer, settings.part, settings.view)
    source = PlateSource.open(shot.plate, FrameRange(frame, frame), selection)
    if frame not in source.sequence.frames:
        path = source.path(frame)
        raise FileError(
            f"The plate has no frame {frame}: there is no {path}.", "Render or copy it.", frame=frame, path=path
        )
    return source


def _delivered(shot: Shot, frame: int) -> tuple[Path, Header]:
    path = shot.delivery.path(frame)
    if not path.is_file():
        raise InputError(
            f"Frame {frame} has no matte yet: there is no {path}.", "Make it first.", frame=frame, path=path
        )
    return path, read_header(path)


def _small_plate(plate: PlateSource, color: PlateColor, height: int) -> Floats:
    """Scene-linear and small, in the order that is right for its color space."""
    read = plate.read(plate.frames.first)
    if color.config.is_linear(color.chosen.space):
        return color.transform.to_working(_small(read.rgb_HW3, plate.header, height))
    return _small(color.transform.to_working(read.rgb_HW3), plate.header, height)


def _matte_HW4(path: Path, header: Header, plate: PlateSource, color: PlateColor) -> Floats:
    """A matte over its display window, premultiplied and scene-linear."""
    if set("RGBA") <= set(header.channels) and not _packed(header):
        return _over_display(path, header, "RGBA")
    if header.display_window.size != plate.header.display_window.size:
        raise InputError(
            f"The matte {path} is {header.display_window}, and the plate is {plate.header.display_window}.",
            "Make it again from this plate.",
            path=path,
        )
    return premultiplied(color.linear(plate.read(plate.frames.first)), _alpha_HW(path, header))


def _alpha_HW(path: Path, header: Header) -> Floats:
    """The alpha of all objects together, 0..1, over the display window."""
    names = _packed(header) or (["A"] if "A" in header.channels else [])
    if not names:
        has = ", ".join(header.channels)
        raise InputError(f"{path} has no alpha to show, only {has}.", "Matte the frame again.", path=path)
    together: Floats = np.nan_to_num(_over_display(path, header, names)).sum(-1).clip(0, 1)
    return together


def _packed(header: Header) -> list[str]:
    """The channels that are alphas of objects, where R, G, B, A are no color."""
    return [word.partition("=")[0] for word in (header.text(f"{PREFIX}packed") or "").split()]


def _over_display(path: Path, header: Header, names: Sequence[str]) -> Floats:
    pixels: Floats = placed(read_picture(path, names).pixels_HWC, header.data_window, header.display_window)
    return pixels


def _small(pixels_HWC: Floats, header: Header, height: int) -> Floats:
    """In the size wanted, every pixel counted, as wide as an audience sees it."""
    high, wide = pixels_HWC.shape[:2]
    share = min(1.0, height / high)
    size = max(1, round(high * share)), max(1, round(wide * header.pixel_aspect * share))
    with np.errstate(invalid="ignore", over="ignore"):
        may_be_broken = not np.isfinite(pixels_HWC.sum())  # quicker than to look at every value
    if may_be_broken:
        pixels_HWC = np.nan_to_num(pixels_HWC)  # one NaN would make many pixels black
    if size == (high, wide):
        return pixels_HWC
    channels_first = torch.from_numpy(pixels_HWC).permute(2, 0, 1)[None]
    small = F.interpolate(channels_first, size, mode="bilinear", antialias=True)[0]
    return np.ascontiguousarray(small.permute(1, 2, 0).numpy())


def _seen(color: PlateColor, linear_HW3: Floats) -> Floats:
    """As the network's view shows it, 0..1 sRGB."""
    shown: Floats = color.view()(torch.from_numpy(linear_HW3).permute(2, 0, 1)).permute(1, 2, 0).numpy()
    return shown


def _png(shown: Floats) -> bytes:
    """`[H,W,3]`, or `[H,W]` for grey."""
    file = io.BytesIO()
    Image.fromarray(np.round(np.clip(shown, 0, 1) * 255).astype(np.uint8)).save(file, "PNG", compress_level=PNG_LEVEL)
    return file.getvalue()

"""What a shot is made from: its plate, its masks, and the box of it that is wanted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from penumbra.errors import InputError
from penumbra.image import Header, Window, placed
from penumbra.plates import Mask, PlateSource, Selection, read_mask
from penumbra.shot import KeyFrame, Shot, with_view


@dataclass(frozen=True)
class Masks:
    """The key frame's masks.

    Attributes:
        alpha_OHW: float32, 0..1, over the canvas.
        said: What the person should know of them.
    """

    alpha_OHW: NDArray[np.float32] = field(repr=False)
    said: tuple[str, ...]


def of_view(shot: Shot) -> Shot:
    """The order for one view: `%V` and `%v` in the names of masks and mattes become that view's.

    The plate's name stays, for `PlateSource` has to know whether the view was in it.

    Raises:
        InputError: A name has a place for the view, and none is given.
    """
    view = shot.settings.view
    return replace(
        shot,
        key_frames=tuple(replace(key, path=with_view(key.path, view)) for key in shot.key_frames),
        delivery=replace(shot.delivery, out=with_view(shot.delivery.out, view)),
    )


def open_source(shot: Shot) -> PlateSource:
    """The plate of an order.

    Raises:
        PenumbraError: There are no such files, or it is not clear which are meant.
    """
    settings = shot.settings
    return PlateSource.open(shot.plate, shot.frames, Selection(settings.layer, settings.part, settings.view))


def box_of(shot: Shot, display: Window, canvas: Window) -> Window | None:
    """The box that a shot's region of interest gives, as far as the canvas holds it.

    Raises:
        InputError: That is nothing.
    """
    if (box := shot.settings.roi_box) is None:
        return None
    x0, y0, x1, y1 = box
    roi = Window.between(display.x + x0, display.y + y0, display.x + x1, display.y + y1) & canvas
    if not roi:
        raise InputError(
            f"The region of interest {shot.settings.roi} lies outside the plate, which is {display}.",
            "Give x0,y0,x1,y1 in pixels from the plate's top left corner.",
        )
    return roi


def read_masks(shot: Shot, plate: Header, canvas: Window, roi: Window | None) -> Masks:
    """The masks of all objects, in the shot's order.

    Raises:
        PenumbraError: One cannot be read, or lies outside the region of interest.
    """
    read = [read_mask(key.path, key.channel, plate, canvas, shot.settings.view) for key in shot.key_frames]
    said = [mask.said for mask in read if mask.said]
    if roi is not None:
        said += [
            text for key, mask in zip(shot.key_frames, read, strict=True) if (text := _cut(key, mask, canvas, roi))
        ]
    return Masks(np.stack([mask.alpha_HW for mask in read]), tuple(said))


def _cut(key: KeyFrame, mask: Mask, canvas: Window, roi: Window) -> str | None:
    """What is to be said of a mask that a region of interest cuts."""
    name = f"The mask of {key.object}" if key.object else f"The mask of frame {key.frame}"
    inside = np.count_nonzero(placed(mask.alpha_HW, canvas, roi))
    if not inside:
        raise InputError(
            f"{name} has nothing in the region of interest.",
            "Give a region that holds the subject on every frame, or --roi mask.",
            frame=key.frame,
        )
    if inside < np.count_nonzero(mask.alpha_HW):
        return f"{name} reaches out of the region of interest; what lies outside will be empty."
    return None

"""What a shot is made from: its plate, its masks, and the box of it that is wanted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from penumbra.engine.key_masks import KeyMasks, digest_of
from penumbra.errors import InputError, PenumbraError, raise_faults
from penumbra.image import Header, Window, placed
from penumbra.plates import Mask, PlateSource, Selection, read_mask
from penumbra.shot import KeyFrame, Shot, with_view


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


def read_masks(shot: Shot, plate: Header, canvas: Window, roi: Window | None) -> tuple[KeyMasks, tuple[str, ...]]:
    """The masks of all key frames, and what the person should know of them.

    Each is looked at now, so that a fault is told before the first frame, and none is kept.

    Raises:
        PenumbraError: Masks cannot be read, or lie outside the region of interest.
    """

    def read(key: KeyFrame) -> Mask:
        return read_mask(key.path, key.channel, plate, canvas, shot.settings.view, finished=key.is_approved)

    digests, said, faults = {}, [], list[PenumbraError]()
    for key in shot.key_frames:
        try:
            mask = read(key)
            # An approved matte is delivered whole.
            cut = None if roi is None or key.is_approved else _cut(key, mask, canvas, roi)
        except PenumbraError as fault:
            faults.append(fault)
            continue
        digests[key] = digest_of(mask.alpha_HW)
        said += [text for text in (mask.said, cut) if text]
    raise_faults(faults)
    return KeyMasks(digests, lambda key: read(key).alpha_HW), tuple(dict.fromkeys(said))


def _cut(key: KeyFrame, mask: Mask, canvas: Window, roi: Window) -> str | None:
    """What is to be said of a mask that a region of interest cuts."""
    name = f"The mask of {f'{key.object}, ' if key.object else ''}frame {key.frame}"
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

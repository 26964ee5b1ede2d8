"""Edge controls: what an artist may do to the alpha before it is delivered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from penumbra.finishing.islands import drop_specks, fill_holes
from penumbra.finishing.soft_edge import grow, soften
from penumbra.shot import Finish


def controlled(alpha_HW: NDArray[np.float32], finish: Finish, pixel_aspect: float = 1.0) -> NDArray[np.float32]:
    """The alpha after the artist's edge controls, in float32 from end to end.

    In this order, each on the result of the one before, and none at all where its value is the default:

    1. **Levels** (`black_point`, `white_point`, `gamma`) say what is empty and what is solid. They come first, for
       only then can it be said what is a hole and what a speck, and no haze is carried outward by growing.
    2. **Clean-up** (`fill_holes`, `drop_specks`), before growing would close the holes and swell the specks.
    3. **Grow** moves the edge with the softness that it has.
    4. **Soften** comes last, so that what is asked for is what is seen: nothing after it hardens or moves the edge.

    Units: `grow` is the distance that the edge moves, as in Nuke's Erode (filter) with the sign turned round.
    `soften` is the standard deviation of a Gaussian; the size of Natron's Blur is 2.4 times that (openfx-misc,
    CImgBlur), and Nuke's manual does not say what its size means. Both are in plate pixels, counted along the height:
    on an anamorphic plate the edge moves, and is softened, by the same distance on the screen in all directions.
    `fill_holes` and `drop_specks` are numbers of the file's pixels.

    Args:
        alpha_HW: float32, 0..1, at the plate's full size. It is not changed.
        finish: The controls; `foreground` is no concern of this function.
        pixel_aspect: Width of a pixel over its height.

    Returns:
        float32, 0..1. With every control at its default the very same array. Beyond the frame the alpha is taken to go
        on as at its border: growing brings in no black, shrinking does not eat at the frame's edge.
    """
    levels = (finish.black_point, finish.white_point, finish.gamma)
    if levels != (0, 1, 1):
        alpha_HW = _leveled(alpha_HW, *levels)
    if finish.fill_holes:
        alpha_HW = fill_holes(alpha_HW, finish.fill_holes)
    if finish.drop_specks:
        alpha_HW = drop_specks(alpha_HW, finish.drop_specks)
    if finish.grow:
        alpha_HW = grow(alpha_HW, finish.grow, pixel_aspect)
    if finish.soften:
        alpha_HW = soften(alpha_HW, finish.soften, pixel_aspect)
    return alpha_HW


def _leveled(alpha_HW: NDArray[np.float32], black: float, white: float, gamma: float) -> NDArray[np.float32]:
    """`((alpha - black) / (white - black)) ^ (1 / gamma)`, as Nuke's Grade, and held in 0..1."""
    # In float32 from the start, so that alpha at the white point is 1 exactly; points closer than that make a step.
    span = max(np.float32(white) - np.float32(black), np.finfo(np.float32).eps)
    leveled_HW: NDArray[np.float32] = np.clip((alpha_HW - np.float32(black)) / span, 0, 1)
    if gamma != 1:
        np.power(leveled_HW, 1 / gamma, out=leveled_HW)
    return leveled_HW

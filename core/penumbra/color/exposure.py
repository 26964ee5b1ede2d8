"""The exposure of a shot, from its key frame."""

from __future__ import annotations

import math

from torch import Tensor

from penumbra.color.matrix import IDENTITY, Matrix
from penumbra.color.view import LUMINANCE

# Where the middle of the picture's light comes to, scene-linear: the gray card.
MIDDLE_GRAY = 0.18
# As dark as this against the brightest, light counts as none: borders, noise, and the black around a lit subject.
DARKEST = 2.0**-10
BRIGHTEST_SHARE = 0.99
# In stops, either way.
LARGEST_EXPOSURE = 20.0


def auto_exposure(linear_3HW: Tensor, matrix: Matrix = IDENTITY) -> float:
    """The exposure that brings the middle of a picture's light to `MIDDLE_GRAY`.

    The middle is the median luminance (BT.709) of the pixels that carry light: those within ten stops of the 99th
    percentile of all that are above zero. A median is one of the picture's own values, so that neither a few lamps
    nor the number of threads move it; and of a picture that is brighter by exactly a stop it gives exactly 1.00 less.

    Args:
        linear_3HW: `[3,H,W]`, scene-linear in the working space, unbounded. NaN, infinite and negative pixels do not
            count.
        matrix: From the working space to linear Rec.709.

    Returns:
        Stops, in hundredths, from -LARGEST_EXPOSURE to LARGEST_EXPOSURE; 0 where there is no light.
    """
    red, green, blue = linear_3HW.unbind(-3)
    # A product and a sum at a time: each is rounded in the same way wherever a thread's share of the pixels ends.
    weights = [sum(LUMINANCE[row] * matrix[row][column] for row in range(3)) for column in range(3)]
    luminance = (red * weights[0] + green * weights[1] + blue * weights[2]).flatten()
    light = luminance[(luminance > 0) & luminance.isfinite()]
    if light.numel() == 0:
        return 0.0
    brightest = light.kthvalue(math.ceil(BRIGHTEST_SHARE * light.numel())).values
    middle = float(light[light >= brightest * DARKEST].median())
    # The power of two is taken off first, so that a whole stop changes nothing in what is rounded.
    mantissa, power = math.frexp(middle)
    hundredths = round(100 * math.log2(MIDDLE_GRAY / mantissa)) - 100 * power
    return min(max(hundredths / 100, -LARGEST_EXPOSURE), LARGEST_EXPOSURE)

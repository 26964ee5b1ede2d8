"""Plate x alpha."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from penumbra.image import Plate


def premultiplied(plate: Plate, alpha_HW: NDArray[np.float32]) -> NDArray[np.float32]:
    """The premultiplied matte, `rgb x alpha` and alpha (Porter and Duff, Compositing Digital Images, 1984).

    Args:
        plate: Scene-linear, unbounded; values above 1 and below 0 stay what they are.
        alpha_HW: float32, 0..1, the plate's size.

    Returns:
        `[H, W, 4]` float32. Exactly 0 where alpha is 0. A value of the plate that is NaN or infinite becomes
        0: a hole of one pixel is seen and mended, a NaN would spread through every filter of the comp.
    """
    rgba_HW4 = np.empty((*alpha_HW.shape, 4), np.float32)
    rgb_HW3 = rgba_HW4[..., :3]
    with np.errstate(invalid="ignore", over="ignore"):  # infinity x 0, and a sum that is too large
        np.multiply(plate.rgb_HW3, alpha_HW[..., None], out=rgb_HW3)
        rgb_HW3 += 0.0  # -0, where a negative plate met an alpha of 0, becomes 0
        may_be_broken = not np.isfinite(rgb_HW3.sum())  # quicker than to look at every value
    if may_be_broken:
        np.nan_to_num(rgb_HW3, copy=False, nan=0.0, posinf=0.0, neginf=0.0)
    rgba_HW4[..., 3] = alpha_HW
    return rgba_HW4

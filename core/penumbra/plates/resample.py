"""Masks of another size than the plate's."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from penumbra.image import Window, placed


def resampled(
    mask_HW: NDArray[np.float32], data: Window, own: Window, display: Window, canvas: Window
) -> NDArray[np.float32]:
    """Lay a mask's display window on the plate's, whatever their sizes, and take what lies in the canvas.

    The filter is the triangle, as wide as a pixel of the coarser side: bilinear where the mask grows, an average
    where it shrinks. It has no negative lobes, so that 0..1 stays 0..1 without halos, solid stays solid, soft edges
    stay soft, and how much is covered stays the same. Inside the mask's display window, what has no pixels is 0; at
    the end of what it knows, its display window and its pixels beside that, the outermost value goes on.

    Args:
        mask_HW: float32, 0..1, the pixels of `data`.
        data: Where the mask has pixels, in its own plane.
        own: Its display window.
        display: The plate's display window.
        canvas: The window wanted, in the plate's plane; holds `display`.

    Returns:
        float32 `[H, W]`, 0..1, of the canvas's size; 0 beyond what the mask knows.
    """
    left, top, right, bottom = _laid(canvas, display, own)
    reached = Window.between(floor(left), floor(top), ceil(right), ceil(bottom))
    known = own | (data & reached)
    left, top, right, bottom = _laid(known, own, display)
    whole = Window.between(ceil(left), ceil(top), floor(right), floor(bottom)) & canvas
    left, top, right, bottom = _laid(whole, display, own)
    box = (float(left - known.x), float(top - known.y), float(right - known.x), float(bottom - known.y))
    picture = Image.fromarray(np.ascontiguousarray(placed(mask_HW, data, known)))
    resized = np.array(picture.resize(whole.size, Image.Resampling.BILINEAR, box))
    return placed(resized, whole, canvas)


def _laid(window: Window, own: Window, other: Window) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """The sides of a window in another plane, once the display window `own` is laid on `other`. Exact."""
    wide, high = Fraction(other.width, own.width), Fraction(other.height, own.height)
    return (
        other.x + (window.x - own.x) * wide,
        other.y + (window.y - own.y) * high,
        other.x + (window.right - own.x) * wide,
        other.y + (window.bottom - own.y) * high,
    )

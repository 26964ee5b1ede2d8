"""A glimpse of a plate: a few bands of its rows, small enough to keep for every frame of a shot."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from penumbra.image import Window

# Rows and columns of a glimpse, whatever the plate's size.
ROWS, COLUMNS = 9, 16
# How many rows a band has: enough for grain to vanish in the means, and so few that at most one block of them has to be
# decoded. Bands begin at multiples of it, as the blocks of 16, 32 or 256 rows of a compressed file do.
BAND = 8
# Values are taken as arcsinh(x / DARK): alike for scene-linear, log and display-encoded plates, for it is a logarithm
# above DARK, where one lamp is not worth all the rest, and a straight line below, where the logarithm of noise would
# be large. What is brighter than BRIGHT, infinite too, says no more.
DARK, BRIGHT = 0.05, 100.0

Floats = NDArray[np.float32]


def bands(display: Window) -> list[range]:
    """The rows that a glimpse is made of, a band for each of its own; a small picture's bands are thinner."""
    high = min(BAND, max(1, display.height // (2 * ROWS)))
    middles = [(2 * row + 1) * display.height // (2 * ROWS) for row in range(ROWS)]
    tops = [display.y + middle - middle % high for middle in middles]
    return [range(top, top + high) for top in tops]


def seen(rows_hWC: Floats, columns: Window, display: Window) -> Floats:
    """One row of a glimpse, `[COLUMNS,3]`: means of the values that are known, and NaN where none is.

    Args:
        rows_hWC: A band's pixels, of one channel or three; may be without rows.
        columns: Where these lie; only `x` and `width` count.
        display: What the shot shows.
    """
    means = np.full((COLUMNS, 3), np.nan, np.float32)
    values = np.arcsinh(np.clip(rows_hWC, 0, BRIGHT) / np.float32(DARK))
    known = ~np.isnan(values)
    values[~known] = 0
    edges = display.x + np.arange(COLUMNS + 1) * display.width // COLUMNS - columns.x
    for cell, (left, right) in enumerate(pairwise(edges)):
        part = slice(max(left, 0), max(right, left + 1, 0))
        counts = known[:, part].sum((0, 1))
        np.divide(values[:, part].sum((0, 1)), counts, out=means[cell], where=counts > 0)
    return means

"""Moving and softening an edge, on pixels of any shape, and by fractions of a pixel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import ceil, cos, floor, pi, sin, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, special

Floats = NDArray[np.float32]

# A tile and its surroundings stay in a core's second-level cache, which is worth a factor of five.
TILE = 256
# Between two of these directions a circle of 1.5 pixels is cut short by 0.01 pixels.
DIRECTIONS = 32


def grow(alpha_HW: Floats, distance: float, pixel_aspect: float = 1.0) -> Floats:
    """Move every edge outward; a negative distance moves it inward.

    Gray-scale morphology with a flat disc: a pixel gets the greatest alpha within the distance (Serra, Image Analysis
    and Mathematical Morphology, 1982). So each contour of a soft edge moves alike, and the edge stays as soft as it
    was. Between pixels the alpha is taken as linear, which makes every fraction of a pixel count; like every move by a
    fraction, it makes an edge of one or two pixels softer, by less than one.

    Args:
        alpha_HW: float32. Beyond its border it goes on as at the border.
        distance: In pixel heights.
        pixel_aspect: Width of a pixel over its height; the disc is one on the screen.
    """
    # Shrinking is growing of what is not covered. A change of sign, unlike 1 - alpha, loses no bit.
    sign = np.float32(np.sign(distance))
    y_radius = abs(distance)
    x_radius = y_radius / pixel_aspect
    reach = ceil(y_radius), ceil(x_radius)
    runs = {dy: floor(_chord(dy / y_radius) * x_radius) for dy in range(-floor(y_radius), floor(y_radius) + 1)}
    rim = sorted(_rim(x_radius, y_radius))

    def dilated(piece_HW: Floats) -> Floats:
        most_HW = _greatest_in_runs(piece_HW, reach, runs)
        for dx, dy in rim:
            np.maximum(most_HW, _shifted(piece_HW, reach, dx, dy), out=most_HW)
        return most_HW

    return sign * _by_tiles(sign * alpha_HW, reach, dilated) + 0.0  # no -0


def soften(alpha_HW: Floats, deviation: float, pixel_aspect: float = 1.0) -> Floats:
    """Blur with a Gaussian.

    Its kernel is the Gaussian that belongs to pixels, `exp(-t) I_n(t)` with `t` the variance (Lindeberg, Scale-Space
    for Discrete Signals, 1990): a sampled one is wider than asked for below one pixel.

    Args:
        alpha_HW: float32. Beyond its border it goes on as at the border.
        deviation: The standard deviation, in pixel heights.
        pixel_aspect: Width of a pixel over its height; the blur is round on the screen.
    """
    for axis, sigma in enumerate((deviation, deviation / pixel_aspect)):
        reach = ceil(4 * sigma) + 1
        kernel = special.ive(np.arange(-reach, reach + 1), sigma**2, dtype=np.float64)
        alpha_HW = _blurred(alpha_HW, axis, reach, kernel / kernel.sum())
    return alpha_HW


def _blurred(alpha_HW: Floats, axis: int, reach: int, kernel: NDArray[np.float64]) -> Floats:
    def convolved(piece_HW: Floats) -> Floats:
        wide_HW: Floats = ndimage.correlate1d(piece_HW, kernel, axis)
        return wide_HW[reach:-reach] if axis == 0 else wide_HW[:, reach:-reach]

    return _by_tiles(alpha_HW, (reach, 0) if axis == 0 else (0, reach), convolved)


def _by_tiles(alpha_HW: Floats, reach: tuple[int, int], made: Callable[[Floats], Floats]) -> Floats:
    """Filter tile by tile. Where all that a tile can see has one value, which is most of a matte, that is the result.

    Args:
        alpha_HW: What is filtered.
        reach: How far the filter sees, in rows and columns.
        made: The filter: from a tile with so much more on each side to the tile.
    """
    wide_HW = np.pad(alpha_HW, [(side, side) for side in reach], mode="edge")
    result_HW = np.empty_like(alpha_HW)
    for top in range(0, alpha_HW.shape[0], TILE):
        for left in range(0, alpha_HW.shape[1], TILE):
            tile_HW = result_HW[top : top + TILE, left : left + TILE]
            height, width = (size + 2 * side for size, side in zip(tile_HW.shape, reach, strict=True))
            piece_HW = wide_HW[top : top + height, left : left + width]
            least = piece_HW.min()
            tile_HW[:] = least if least == piece_HW.max() else made(piece_HW)
    return result_HW


def _greatest_in_runs(piece_HW: Floats, reach: tuple[int, int], runs: dict[int, int]) -> Floats:
    """The greatest of all whole pixels in the disc. A disc is a stack of rows, and rows of one length are shared."""
    height, width = (size - 2 * side for size, side in zip(piece_HW.shape, reach, strict=True))
    run_HW = piece_HW[:, reach[1] : reach[1] + width].copy()
    most_HW = run_HW[reach[0] : reach[0] + height].copy()
    for half in range(max(runs.values()) + 1):
        for dx in {-half, half}:
            np.maximum(run_HW, piece_HW[:, reach[1] + dx : reach[1] + dx + width], out=run_HW)
        for dy in (dy for dy, longest in runs.items() if longest == half):
            np.maximum(most_HW, run_HW[reach[0] + dy : reach[0] + dy + height], out=most_HW)
    return most_HW


def _rim(x_radius: float, y_radius: float) -> Iterator[tuple[float, float]]:
    """Points on the circle: where it crosses rows and columns of pixels, and in fixed directions.

    The crossings make a large circle round; they move onto a pixel just when the pixel comes into the disc, so that
    nothing jumps as the distance grows. A small circle crosses too little, and has the directions.
    """
    for row in range(-floor(y_radius * sqrt(0.5)), floor(y_radius * sqrt(0.5)) + 1):
        x = _chord(row / y_radius) * x_radius
        yield from ((-x, row), (x, row))
    for column in range(-floor(x_radius * sqrt(0.5)), floor(x_radius * sqrt(0.5)) + 1):
        y = _chord(column / x_radius) * y_radius
        yield from ((column, -y), (column, y))
    for angle in np.arange(DIRECTIONS) * (2 * pi / DIRECTIONS):
        yield cos(angle) * x_radius, sin(angle) * y_radius


def _chord(offset: float) -> float:
    """Half the chord of the unit circle at an offset from its center."""
    return sqrt(1 - offset**2)


def _shifted(piece_HW: Floats, reach: tuple[int, int], dx: float, dy: float) -> Floats:
    """The picture seen from a tile's pixels at an offset, linear between pixels."""
    height, width = (size - 2 * side for size, side in zip(piece_HW.shape, reach, strict=True))
    x, y = floor(dx), floor(dy)
    rows_HW = piece_HW[reach[0] + y : reach[0] + y + height + (dy > y)]
    seen_HW = rows_HW[:, reach[1] + x : reach[1] + x + width]
    if dx > x:
        seen_HW = _between(seen_HW, rows_HW[:, reach[1] + x + 1 : reach[1] + x + 1 + width], dx - x)
    return _between(seen_HW[:-1], seen_HW[1:], dy - y) if dy > y else seen_HW


def _between(near_HW: Floats, far_HW: Floats, share: float) -> Floats:
    """Exact where both are the same, so that solid stays solid."""
    step_HW = far_HW - near_HW
    step_HW *= share
    step_HW += near_HW
    return step_HW

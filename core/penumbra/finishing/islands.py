"""Clean-up of the core and of the ground: holes filled, specks dropped, without a trace at their rims."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

# Less than half covered is a hole's inside: soft shading of the core is none.
HOLE_BELOW = 0.5
# Low, so that a faint speck is one, and fine hair that hangs on by faint pixels is none.
SPECK_ABOVE = 0.05
# How far from a hole or a speck its soft rim may reach, in pixels.
RIM = 16


def fill_holes(alpha_HW: Floats, area: int) -> Floats:
    """Fill regions of alpha below 0.5 that the matte encloses.

    A hole is filled up to its lowest pass: the highest level at which one would still have to climb on every way out
    of it (reconstruction by erosion: Vincent, Morphological Grayscale Reconstruction, IEEE TIP 1993). In a solid core
    that is 1, for the hole and for its soft rim; in thinner matte it is what is around, so that no new edge is made.

    Args:
        alpha_HW: float32, 0..1. What touches the frame's edge may go on outside, and is no hole.
        area: The largest that is filled, in pixels below 0.5, neighbors sharing a side.
    """
    return _without_basins(alpha_HW, alpha_HW < HOLE_BELOW, area, corners=False)


def drop_specks(alpha_HW: Floats, area: int) -> Floats:
    """Drop regions of alpha above 0.05 around which there is less: the mirror image of `fill_holes`.

    A speck sinks to the highest level that leads away from it, together with its faint skirt: on clean ground to 0.

    Args:
        alpha_HW: float32, 0..1. What touches the frame's edge may go on outside, and is no speck.
        area: The largest that is dropped, in pixels above 0.05, neighbors sharing a side or a corner.
    """
    return -_without_basins(-alpha_HW, alpha_HW > SPECK_ABOVE, area, corners=True)


def _without_basins(height_HW: Floats, basin_HW: Flags, area: int, corners: bool) -> Floats:
    """Fill those of the basins that are small and do not touch the border."""
    label_HW = _labels(basin_HW, corners)
    small = np.bincount(label_HW.ravel()) <= area
    small[0] = False
    for border in (label_HW[0], label_HW[-1], label_HW[:, 0], label_HW[:, -1]):
        small[border] = False
    small_HW = small[label_HW]
    group_HW = _labels(_around(label_HW, small), corners=True)
    flooded_HW = height_HW.copy()
    for index, box in enumerate(ndimage.find_objects(group_HW), 1):
        window = _widened(box, 1)
        dry_HW = (group_HW[window] != index) | (basin_HW & ~small_HW)[window]
        start_HW = np.where(dry_HW, height_HW[window], np.float32(np.inf))
        flooded_HW[window] = np.maximum(flooded_HW[window], _sunk(start_HW, height_HW[window]))
    # Other dips were flooded on the way; only what the small basins' water reaches stays so.
    pool_HW = _labels(flooded_HW > height_HW)
    filled = np.zeros(pool_HW.max() + 1, bool)
    filled[pool_HW[small_HW]] = True
    return np.where(filled[pool_HW], flooded_HW, height_HW)


def _labels(flags_HW: Flags, corners: bool = False) -> NDArray[np.int32]:
    """A number for each connected region, 0 elsewhere; `corners`: whether what meets at a corner is connected."""
    label_HW, _ = ndimage.label(flags_HW, np.ones((3, 3)) if corners else None)
    return label_HW.astype(np.int32, copy=False)


def _around(label_HW: NDArray[np.int32], small: Flags) -> Flags:
    """The small basins' boxes and the room of their rims, without the frame's own border."""
    around_HW = np.zeros(label_HW.shape, bool)
    for box, is_small in zip(ndimage.find_objects(label_HW), small[1:], strict=True):
        if is_small:
            around_HW[_widened(box, RIM)] = True
    around_HW[[0, -1]] = around_HW[:, [0, -1]] = False
    return around_HW


def _widened(box: tuple[slice, ...], by: int) -> tuple[slice, ...]:
    return tuple(slice(max(side.start - by, 0), side.stop + by) for side in box)


def _sunk(level_HW: Floats, height_HW: Floats) -> Floats:
    """Let the level sink to that of its lowest neighbor, but not below the ground, until it rests.

    Swept over the lines from all four sides in turn, for a sweep takes the water all the way across.
    """
    grounds = [np.ascontiguousarray(np.rot90(height_HW, turn)) for turn in (1, 2, 3, 4)]
    while True:
        before_HW = level_HW
        for ground_HW in grounds:
            level_HW = np.rot90(level_HW).copy()
            for line in range(1, len(level_HW)):
                np.minimum(level_HW[line], level_HW[line - 1], out=level_HW[line])
                np.maximum(level_HW[line], ground_HW[line], out=level_HW[line])
        if np.array_equal(level_HW, before_HW):
            return level_HW

"""The field's measures of a matte, in the convention of VideoMatte and YouTubeMatte: lower is better, 0 is perfect.

Alphas are float `[H,W]`, 0..1. The factors (1e3, 1e2, 1e-3) are those of the published tables.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Alpha = NDArray[np.floating]

GRADIENT_SIGMA = 1.4
# The filter ends where the Gaussian has fallen to this.
GRADIENT_CUT = 0.01
CONNECTIVITY_STEP = 0.1
# Below this a difference to the connected part counts as none (Rhemann et al. 2009).
CONNECTIVITY_TOLERANCE = 0.15


@dataclass(frozen=True)
class Errors:
    """The errors of one frame, or their means.

    Attributes:
        mad: Mean absolute difference x 1e3.
        mse: Mean squared difference x 1e3.
        grad: Squared difference of the gradients' lengths, summed, x 1e-3.
        conn: Connectivity error, summed, x 1e-3.
    """

    mad: float
    mse: float
    grad: float
    conn: float


def errors(predicted: Alpha, true: Alpha) -> Errors:
    """Compare two alphas of one size."""
    p, t = predicted.astype(np.float64), true.astype(np.float64)
    return Errors(
        mad=float(np.abs(p - t).mean()) * 1e3,
        mse=float(((p - t) ** 2).mean()) * 1e3,
        grad=float(((_gradient(p) - _gradient(t)) ** 2).sum()) / 1e3,
        conn=float(np.abs(_connected(p, t)).sum()) / 1e3,
    )


def temporal_error(before: tuple[Alpha, Alpha], now: tuple[Alpha, Alpha]) -> float:
    """DtSSD x 1e2 of two frames that follow each other, each as (predicted, true): wrong change between them."""
    moved_p, moved_t = (np.asarray(b, np.float64) - a for a, b in zip(before, now, strict=True))
    return float(np.sqrt(((moved_p - moved_t) ** 2).mean())) * 1e2


def _gradient(alpha: NDArray[np.float64]) -> NDArray[np.float64]:
    """The length of the gradient by Gaussian derivative filters of unit energy; borders are repeated."""
    sigma = GRADIENT_SIGMA
    half = math.ceil(sigma * math.sqrt(-2 * math.log(math.sqrt(2 * math.pi) * sigma * GRADIENT_CUT)))
    x = np.arange(-half, half + 1, dtype=np.float64)
    gauss = np.exp(-(x**2) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
    slope = -x * gauss / sigma**2
    energy = math.sqrt((gauss**2).sum() * (slope**2).sum())
    down, across = (
        ndimage.convolve1d(
            ndimage.convolve1d(alpha, slope / energy, axis=axis, mode="nearest"), gauss, axis=1 - axis, mode="nearest"
        )
        for axis in (0, 1)
    )
    return np.hypot(down, across)


def _connected(predicted: NDArray[np.float64], true: NDArray[np.float64]) -> NDArray[np.float64]:
    """The difference of how well each pixel is connected to the part that is solid in both (Rhemann et al. 2009)."""
    level = np.full(predicted.shape, -1.0)
    steps = np.arange(round(1 / CONNECTIVITY_STEP) + 1) * CONNECTIVITY_STEP
    for below, step in pairwise(steps):
        solid = _largest_part((predicted >= step) & (true >= step))
        level[(level == -1) & ~solid] = below
    level[level == -1] = 1

    def degree(alpha: NDArray[np.float64]) -> NDArray[np.float64]:
        over = alpha - level
        return np.where(over >= CONNECTIVITY_TOLERANCE, 1 - over, 1.0)

    return degree(predicted) - degree(true)


def _largest_part(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    labels, count = ndimage.label(mask)
    if count == 0:
        return np.zeros_like(mask)
    largest = 1 + int(np.argmax(np.bincount(labels.ravel())[1:]))
    return np.asarray(labels == largest)

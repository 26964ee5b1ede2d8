"""The rough roto for the first frame, drawn as a hurried artist would: a spline, not a key."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw
from scipy import interpolate, ndimage
from skimage import measure

from maker import exr
from maker.animation import FIRST_FRAME
from maker.exr import Halfs, Singles

Floats = npt.NDArray[np.float64]

MARGIN = 24
"""Pixels that the artist's shape may run out of the picture."""
SPACING = 17.0
"""Pixels between control points."""
OUTWARD = 2.2
"""Pixels that the shape is drawn outside the body on the whole."""
SLIP = 1.5
"""Pixels (standard deviation) by which the hand misses with each point."""
SOFT = 1.1
"""Pixels (standard deviation) of the soft edge."""
OVERSAMPLE = 8


def draw_roto(out: Path, frame: int) -> None:
    """Draw the mask of ``frame`` from its truth and write it: RGBA, the mask in every channel."""
    alpha = exr.read(out / f"truth/truth.{frame:04d}.exr")[..., 3]
    mask = rasterize(spline(control_points(alpha)), alpha.shape)
    rgba: Halfs = np.repeat(mask[..., None], 4, axis=2).astype(np.float16)
    exr.write(out / f"roto/roto.{frame:04d}.exr", rgba, "RGBA", "zip", frame, FIRST_FRAME, "Rough roto")


def control_points(alpha_HW: Singles) -> Floats:
    """A few points [N, 2] (x, y) around the body, hairs ignored, each a little off."""
    padded = np.pad(alpha_HW, MARGIN)
    # The body goes on below the picture: the artist draws past the edge instead of along it.
    padded[-MARGIN:] = padded[-MARGIN - 1]
    body = ndimage.binary_opening(padded > 0.5, ndimage.generate_binary_structure(2, 1), iterations=4)
    body = ndimage.binary_fill_holes(body)
    reach = ndimage.distance_transform_edt(~body) - ndimage.distance_transform_edt(body)
    contours = measure.find_contours(ndimage.gaussian_filter(reach, 2.0), OUTWARD)
    contour = max(contours, key=len)[:, ::-1] - MARGIN
    steps = np.linalg.norm(np.diff(contour, axis=0), axis=1)
    along = np.concatenate([[0], np.cumsum(steps)])
    rng = np.random.default_rng(1001)
    count = round(along[-1] / SPACING)
    stops = (np.arange(count) + rng.uniform(-0.3, 0.3, count)) * along[-1] / count
    points = np.stack([np.interp(stops % along[-1], along, contour[:, i]) for i in range(2)], 1)
    result: Floats = points + rng.normal(0, SLIP, points.shape)
    return result


def spline(points_N2: Floats) -> Floats:
    """A smooth closed curve through the points, as a fine polygon [M, 2]."""
    closed = np.vstack([points_N2, points_N2[:1]])
    knots, _ = interpolate.splprep(closed.T, s=0, per=True)
    return np.stack(interpolate.splev(np.linspace(0, 1, 40 * len(points_N2)), knots), 1)


def rasterize(curve_M2: Floats, shape: tuple[int, ...]) -> Singles:
    """Anti-aliased coverage [H, W] in 0..1 of the closed curve, its edge softened."""
    height, width = shape[0] + 2 * MARGIN, shape[1] + 2 * MARGIN
    canvas = Image.new("L", (width * OVERSAMPLE, height * OVERSAMPLE))
    corners = [((x + MARGIN + 0.5) * OVERSAMPLE, (y + MARGIN + 0.5) * OVERSAMPLE) for x, y in curve_M2]
    ImageDraw.Draw(canvas).polygon(corners, fill=255)
    fine = np.asarray(canvas, np.float32) / 255
    mask = fine.reshape(height, OVERSAMPLE, width, OVERSAMPLE).mean((1, 3))
    soft = ndimage.gaussian_filter(mask, SOFT)
    soft[soft < 1e-3] = 0
    result: Singles = np.clip(soft, 0, 1)[MARGIN:-MARGIN, MARGIN:-MARGIN]
    return result

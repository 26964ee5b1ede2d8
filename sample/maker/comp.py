"""The comp: premultiplied truth over the backdrop, in float, then grain. No Blender needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy import ndimage

from maker import exr
from maker.animation import FIRST_FRAME
from maker.exr import Halfs, Singles

PLATE_CODEC = "dwab:45"
GRAIN = (0.007, 0.006, 0.010)


def compose_frame(renders: Path, out: Path, frame: int) -> None:
    """Read the three renders of ``frame``; write its plate and its truth."""
    beauty = exr.read(renders / f"beauty/beauty.{frame:04d}.exr")
    coverage = exr.read(renders / f"coverage/coverage.{frame:04d}.exr")
    backdrop = exr.read(renders / f"backdrop/backdrop.{frame:04d}.exr")[..., :3]
    truth = premultiplied_truth(beauty[..., :3], coverage[..., 3])
    clean = over(truth.astype(np.float32), backdrop)
    plate = (clean + grain(clean, frame)).astype(np.float16)
    exr.write(out / f"truth/truth.{frame:04d}.exr", truth, "RGBA", "zip:9", frame, FIRST_FRAME, "Premultiplied truth")
    exr.write(out / f"plate/plate.{frame:04d}.exr", plate, "RGB", PLATE_CODEC, frame, FIRST_FRAME, "Plate")


def premultiplied_truth(color_HW3: Singles, alpha_HW: Singles) -> Halfs:
    """Half RGBA [H, W, 4], color 0 where alpha is 0.

    The color is rounded to 7 significant bits (under 1 %, below the grain): it then zips to two
    thirds, and since the plate is composed from the rounded values, the truth stays exact.
    """
    alpha = alpha_HW.astype(np.float16).astype(np.float32)
    color = _round_half(_within_reach(color_HW3, alpha))
    color[alpha == 0] = 0
    return np.dstack([color, alpha.astype(np.float16)])


def over(truth_HW4: Singles, backdrop_HW3: Singles) -> Singles:
    """Premultiplied over: ``F + (1 - alpha) B`` (Porter and Duff, 1984)."""
    result: Singles = truth_HW4[..., :3] + (1 - truth_HW4[..., 3:]) * backdrop_HW3
    return result


def grain(clean_HW3: Singles, frame: int) -> Singles:
    """Film grain: softer than a pixel, partly shared by the colors, growing as the root of light."""
    rng = np.random.default_rng((frame, 2026))
    height, width, _ = clean_HW3.shape
    noise = rng.standard_normal((height, width, 3)) + rng.standard_normal((height, width, 1))
    noise = ndimage.gaussian_filter(noise.astype(np.float32), (0.75, 0.75, 0.0))
    noise /= noise.std()
    result: Singles = noise * np.array(GRAIN, np.float32) * np.sqrt(np.clip(clean_HW3, 0.0, 4.0) + 0.02)
    return result


def _within_reach(color_HW3: Singles, alpha_HW: Singles) -> Singles:
    """Keep color no brighter than its coverage allows.

    The denoiser spreads color a little past the edge, where coverage is next to none; divided by
    that coverage it would be absurd. The ceiling is the brightest solid color nearby.
    """
    solid = alpha_HW > 0.15
    pure = np.where(solid[..., None], color_HW3 / np.maximum(alpha_HW, 0.15)[..., None], 0)
    ceiling = ndimage.maximum_filter(pure, (21, 21, 1))
    reach = np.where(ceiling > 0, ceiling, 1.0) * alpha_HW[..., None]
    result: Singles = np.minimum(np.maximum(color_HW3, 0), reach)
    return result


def _round_half(color: Singles) -> Halfs:
    """Round to half float with 4 of the 10 mantissa bits cleared."""
    bits = color.astype(np.float16).view(np.uint16)
    return ((bits + np.uint16(8)) & np.uint16(0xFFF0)).view(np.float16)

"""Two passes over one gap become one matte: mixed where they agree, one of them where they do not."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

# Farther apart than this, one pass says subject and the other background: no mixture of them is half right.
STRONG = 0.5
# What disagrees brings so many pixels around it along: the soft edge of a subject goes where the subject goes.
EDGE = 6
# From there the choice fades into the mixture, by two blurs of this radius in pixels. So no step from one pixel to the
# next grows by more than half of 1 / (2 * FADE + 1), which is 0.1.
FADE = 2


@dataclass(frozen=True)
class Blended:
    """A frame between two key frames.

    Attributes:
        alpha_OHW: 0..1, never outside of what the two passes say there.
        disagreement: The share of the frame, 0..1, over which the passes disagree strongly on any object.
    """

    alpha_OHW: Tensor
    disagreement: float


def ramp(place: float) -> float:
    """The share of the right pass at a place in the gap: smoothstep, `x^2 (3 - 2x)`, level at both key frames.

    Args:
        place: 0 at the left key frame, 1 at the right one.
    """
    return place * place * (3 - 2 * place)


def blend(left_OHW: Tensor, right_OHW: Tensor, share: float) -> Blended:
    """One matte from two.

    Where the passes disagree strongly a mixture would show both subjects as ghosts. There the pass of the nearer key
    frame is taken wholly: the left one while `share` < 0.5, and the right one from 0.5 on. As the share only grows
    over a gap, such a region changes hands once, in the middle, and the frame just in the middle is the right pass's.
    So the weight of the right pass never falls while the share grows, in any pixel.

    Args:
        left_OHW: The alpha of the forward pass, float32, 0..1.
        right_OHW: The alpha of the backward pass.
        share: Of the right pass, 0..1. At 0 and at 1 the result is that pass bit for bit.
    """
    strong_OHW = _opened(((left_OHW - right_OHW).abs() > STRONG).to(left_OHW.dtype))
    chosen_OHW = _faded(strong_OHW)
    weight_OHW = share * (1 - chosen_OHW)
    if share >= 0.5:
        weight_OHW = weight_OHW + chosen_OHW
    disagreeing = int((strong_OHW > 0).any(0).sum())
    return Blended(left_OHW.lerp(right_OHW, weight_OHW), disagreeing / strong_OHW[0].numel())


def _opened(region_OHW: Tensor) -> Tensor:
    """Without what is narrower than 3 pixels: an edge that the passes see two pixels apart is no disagreement."""
    return _dilated(-_dilated(-region_OHW, 1), 1)


def _faded(region_OHW: Tensor) -> Tensor:
    """1 in the region and on the edge around it, falling to 0 outside."""
    # So much wider as both blurs reach, which then leave the edge whole.
    wide_OHW = _dilated(region_OHW, EDGE + 2 * FADE)
    for _ in range(2):
        wide_OHW = F.avg_pool2d(wide_OHW, 2 * FADE + 1, stride=1, padding=FADE, count_include_pad=False)
    return wide_OHW


def _dilated(picture_OHW: Tensor, radius: int) -> Tensor:
    """The greatest value within a square. Nothing comes in from beyond the border."""
    side = 2 * radius + 1
    rows_OHW = F.max_pool2d(picture_OHW, (side, 1), stride=1, padding=(radius, 0))
    return F.max_pool2d(rows_OHW, (1, side), stride=1, padding=(0, radius))

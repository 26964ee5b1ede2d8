"""What training minimizes. All take alphas `[B,T,1,H,W]`, predicted and true, and give a scalar."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

PYRAMID_LEVELS = 5
# A place has changed where the alpha moved by more than this, on average over a block of 16 by 16.
CHANGE_THRESHOLD = 0.001
BLUR = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)


def matting_loss(predicted: Tensor, true: Tensor, first_frame_weight: float, l1_weight: float = 1.0) -> Tensor:
    """L1, Laplacian pyramid, and the squared error of the difference between frames.

    The first frame has its own weight: it carries the artist's mask into memory, and what is wrong there stays wrong.
    """
    weight = predicted.new_ones(predicted.shape[1])
    weight[0] = first_frame_weight
    spatial = l1_weight * (predicted - true).abs().mean((0, 2, 3, 4)) + laplacian_loss(predicted, true)
    loss = (spatial * weight).sum() / len(weight)
    if len(weight) > 1:
        loss = loss + (predicted.diff(dim=1) - true.diff(dim=1)).square().mean()
    return loss


def laplacian_loss(predicted: Tensor, true: Tensor) -> Tensor:
    """The L1 of the Laplacian pyramids, level l weighted by 2^l / 5 -> one value per frame `[T]`."""
    frames = predicted.shape[1]
    level = (predicted - true).flatten(0, 1)
    total = predicted.new_zeros(level.shape[0])
    for index in range(PYRAMID_LEVELS):
        # The pyramid is linear: that of the difference is the difference of both.
        coarse = _blurred(level)[..., ::2, ::2]
        if index == PYRAMID_LEVELS - 1 or min(coarse.shape[-2:]) < len(BLUR):
            band, level = level, coarse
        else:
            smooth = F.interpolate(coarse, size=level.shape[-2:], mode="bilinear", align_corners=False)
            band, level = level - smooth, coarse
        total = total + 2**index / PYRAMID_LEVELS * band.abs().mean((1, 2, 3))
        if min(level.shape[-2:]) < len(BLUR):
            break
    return total.unflatten(0, (-1, frames)).mean(0)


def change_loss(logits: Tensor, alpha: Tensor) -> Tensor:
    """Binary cross entropy of the change probability.

    Args:
        logits: `[B,T-1,1,h,w]`, of every frame but the first.
        alpha: `[B,T,1,H,W]`, true.
    """
    stride = alpha.shape[-1] // logits.shape[-1]
    moved = F.avg_pool2d(alpha.diff(dim=1).abs().flatten(0, 1), stride)
    target = (moved > CHANGE_THRESHOLD).to(logits.dtype).unflatten(0, logits.shape[:2])
    return F.binary_cross_entropy_with_logits(logits, target)


def coarse_loss(logits: Tensor, alpha: Tensor) -> Tensor:
    """How well an auxiliary head's logits `[B,T,1,h,w]` tell the alpha at stride 16: binary cross entropy."""
    stride = alpha.shape[-1] // logits.shape[-1]
    target = F.avg_pool2d(alpha.flatten(0, 1), stride).unflatten(0, logits.shape[:2])
    return F.binary_cross_entropy_with_logits(logits, target)


def _blurred(picture: Tensor) -> Tensor:
    kernel = torch.tensor(BLUR, device=picture.device, dtype=picture.dtype)
    padded = F.pad(picture, (2, 2, 2, 2), mode="replicate")
    return F.conv2d(F.conv2d(padded, kernel.view(1, 1, 1, -1)), kernel.view(1, 1, -1, 1))

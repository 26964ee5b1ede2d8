"""The sRGB transfer curve (IEC 61966-2-1), of any shape. The sign is kept: nothing is lost below zero."""

from __future__ import annotations

import torch
from torch import Tensor

SLOPE = 12.92
OFFSET = 0.055
EXPONENT = 2.4
LINEAR_END = 0.0031308


def srgb_encoded(linear: Tensor) -> Tensor:
    """Scene-linear -> sRGB. Domain: unbounded, 1 is diffuse white; range: unbounded, 0..1 for 0..1."""
    size = linear.abs()
    curved = size.clamp(min=LINEAR_END).pow_(1 / EXPONENT).mul_(1 + OFFSET).sub_(OFFSET)
    # The line is below the curve up to LINEAR_END, and above it from there on.
    return torch.minimum(size.mul_(SLOPE), curved).copysign_(linear)

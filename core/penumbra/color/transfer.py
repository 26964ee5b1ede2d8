"""The sRGB transfer curve, both ways (IEC 61966-2-1), of any shape. The sign is kept: nothing is lost below zero."""

from __future__ import annotations

import torch
from torch import Tensor

SLOPE = 12.92
OFFSET = 0.055
EXPONENT = 2.4
LINEAR_END = 0.0031308
ENCODED_END = 0.04045


def srgb_encoded(linear: Tensor) -> Tensor:
    """Scene-linear -> sRGB. Domain: unbounded, 1 is diffuse white; range: unbounded, 0..1 for 0..1."""
    size = linear.abs()
    curved = (1 + OFFSET) * size.clamp(min=LINEAR_END) ** (1 / EXPONENT) - OFFSET
    return torch.where(size <= LINEAR_END, SLOPE * size, curved).copysign(linear)


def srgb_decoded(encoded: Tensor) -> Tensor:
    """SRGB -> scene-linear. Domain and range: unbounded, 0..1 for 0..1."""
    size = encoded.abs()
    curved = ((size.clamp(min=ENCODED_END) + OFFSET) / (1 + OFFSET)) ** EXPONENT
    return torch.where(size <= ENCODED_END, size / SLOPE, curved).copysign(encoded)

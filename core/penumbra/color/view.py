"""The view: what the network is shown of a plate. It never reaches the artist; the matte is made from the plate."""

from __future__ import annotations

import torch
from torch import Tensor

from penumbra.color.transfer import srgb_decoded, srgb_encoded
from penumbra.errors import InputError

COLOR_SPACES = ("linear", "srgb")

# Where the highlights begin to be compressed, in scene-linear light (1 is diffuse white).
SHOULDER_START = 0.6


def check_colorspace(name: str) -> str:
    """The name itself, if it is known.

    Raises:
        InputError: It is not; the message says which are.
    """
    if name not in COLOR_SPACES:
        raise InputError(f"The color space {name!r} is not known.", f"Known are: {', '.join(COLOR_SPACES)}.")
    return name


def scene_linear(rgb_3HW: Tensor, colorspace: str) -> Tensor:
    """A plate's pixels as scene-linear light; the same object where they are that already."""
    return srgb_decoded(rgb_3HW) if check_colorspace(colorspace) == "srgb" else rgb_3HW


def shoulder(linear_3HW: Tensor) -> Tensor:
    """Compress highlights smoothly: identity up to SHOULDER_START, slope 1 there, 1 at infinity; order is kept.

    y = s + (1 - s) t / (1 + t), t = (x - s) / (1 - s). The largest channel is compressed and the others follow in
    proportion, so that hue stays. Domain: 0 and up; range: 0..1.
    """
    peak = linear_3HW.amax(-3, keepdim=True)
    over = ((peak - SHOULDER_START) / (1 - SHOULDER_START)).clamp(min=0)
    compressed = SHOULDER_START + (1 - SHOULDER_START) * over / (1 + over)
    return torch.where(peak > SHOULDER_START, linear_3HW * (compressed / peak.clamp(min=SHOULDER_START)), linear_3HW)


def network_view(linear_3HW: Tensor, colorspace: str = "linear") -> Tensor:
    """Scene-linear light -> the network's 0..1 sRGB.

    A plate that came as sRGB is shown as it was: its whites are already where the network expects them. NaN is shown
    as black, Inf as the brightest light, and negative light as black.

    Args:
        linear_3HW: `[...,3,H,W]`, scene-linear, unbounded.
        colorspace: The plate's own; see `COLOR_SPACES`.
    """
    largest = torch.finfo(torch.float32).max / 4
    light = torch.nan_to_num(linear_3HW, nan=0.0, posinf=largest, neginf=0.0).clamp(0, largest)
    shown = light if colorspace == "srgb" else shoulder(light)
    return srgb_encoded(shown).clamp(0, 1)

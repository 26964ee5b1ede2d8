"""The view: what the network is shown of a plate. It never reaches the artist; the matte is made from the plate."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from penumbra.color.matrix import IDENTITY, Matrix
from penumbra.color.transfer import srgb_encoded

# Where highlights begin to be rolled off, in scene-linear light (1 is diffuse white).
ROLL_OFF_START = 0.6
# Of linear Rec.709 (ITU-R BT.709).
LUMINANCE = (0.2126, 0.7152, 0.0722)
# Inf is shown as this much light: more than there is, and still finite after any exposure.
BRIGHTEST = 1e20
SMALLEST = torch.finfo(torch.float32).tiny

# On the CPU a picture is made in parts of at most so many values. They stay in the processor's cache, which makes it
# several times as quick; and as torch splits only what is larger, the bits do not depend on the number of threads.
PART = 32768 - 1


@dataclass(frozen=True)
class View:
    """From scene-linear light to the network's 0..1 sRGB: a pure function, on any device.

    Linear Rec.709 by a matrix, brighter by the exposure, colors that Rec.709 does not hold brought into it
    (`within_gamut`), highlights rolled off (`roll_off`), and the sRGB curve. A display's picture is shown as it is,
    without roll-off, unless an exposure is given: its white is already where the network expects it. NaN is shown as
    black, and infinite light as the brightest.

    Attributes:
        matrix: From the working space to linear Rec.709.
        exposure: In stops; 1 shows the plate twice as bright.
        is_display_referred: Whether the plate came as a picture for a display.
    """

    matrix: Matrix = IDENTITY
    exposure: float = 0.0
    is_display_referred: bool = False

    def __call__(self, linear_3HW: Tensor) -> Tensor:
        """Show a picture.

        Args:
            linear_3HW: `[...,3,H,W]`, scene-linear in the working space, unbounded, in any order of memory.

        Returns:
            `[...,3,H,W]`, 0..1 sRGB, contiguous.
        """
        light_3N = linear_3HW.flatten(-2)
        shown_3N = torch.empty(light_3N.shape, dtype=light_3N.dtype, device=light_3N.device)
        pixels = light_3N.shape[-1]
        part = max(1, PART * pixels // max(1, light_3N.numel())) if light_3N.device.type == "cpu" else pixels
        for first in range(0, pixels, max(1, part)):
            here = slice(first, first + part)
            shown_3N[..., here] = self._shown(light_3N[..., here])
        return shown_3N.view(linear_3HW.shape)

    def _shown(self, light_3N: Tensor) -> Tensor:
        light = light_3N.clone(memory_format=torch.contiguous_format)
        light.nan_to_num_(nan=0.0, posinf=BRIGHTEST, neginf=0.0).clamp_(-BRIGHTEST, BRIGHTEST)
        light = self._mixed(light)
        light = within_gamut(light)
        if not (self.is_display_referred and self.exposure == 0):
            light = roll_off(light)
        return srgb_encoded(light).clamp_(0, 1)

    def _mixed(self, light_3N: Tensor) -> Tensor:
        """Matrix and exposure at once."""
        gain = _gain(self.exposure)
        if self.matrix == IDENTITY:
            return light_3N if gain == 1 else light_3N.mul_(gain)
        red, green, blue = light_3N.unbind(-2)
        rows = ((gain * r, gain * g, gain * b) for r, g, b in self.matrix)
        return torch.stack([(red * r).add_(green, alpha=g).add_(blue, alpha=b) for r, g, b in rows], -2)


def within_gamut(linear_3N: Tensor) -> Tensor:
    """Bring colors that Rec.709 does not hold, which have a negative channel there, to its border.

    They move toward the gray of their luminance until no channel is negative. A plain cut at zero would turn hues
    by twice as much. A color without luminance becomes black; all others are untouched.

    Args:
        linear_3N: `[...,3,N]`, linear Rec.709, finite.
    """
    lowest = linear_3N.amin(-2, keepdim=True).clamp_(max=0)
    if not lowest.any():
        return linear_3N
    red, green, blue = linear_3N.unbind(-2)
    luminance = (red * LUMINANCE[0]).add_(green, alpha=LUMINANCE[1]).add_(blue, alpha=LUMINANCE[2])
    gray = luminance.clamp_(min=0).unsqueeze(-2)
    kept = gray / (gray - lowest).clamp_(min=SMALLEST)
    return linear_3N * kept + gray * (1 - kept)


def roll_off(linear_3N: Tensor) -> Tensor:
    """The proportional roll-off: highlights compressed smoothly, with hue and saturation kept.

    The largest channel x becomes y, and the others follow in proportion:
    y = s + (1 - s) t / (1 + t), t = (x - s) / (1 - s), s = ROLL_OFF_START.
    Up to s nothing changes; the slope is 1 there, so that nothing kinks; and it only ends at 1, so that twice the
    light is always brighter. A hard cut at 1 would make all highlights one white, and channel by channel it would
    turn their hue: the edge of a lamp or of lit hair against a window would be gone.

    Args:
        linear_3N: `[...,3,N]`, linear Rec.709, 0 and up. The result is 0..1.
    """
    peak = linear_3N.amax(-2, keepdim=True)
    over = ((peak - ROLL_OFF_START) / (1 - ROLL_OFF_START)).clamp_(min=0)
    rolled = peak.clamp(max=ROLL_OFF_START) + (1 - ROLL_OFF_START) * over / (1 + over)
    return linear_3N * (rolled / peak.clamp(min=SMALLEST))  # below the start x / x, which is 1 to the bit


def _gain(stops: float) -> float:
    """2 to the stops, such that a whole stop more gives exactly twice as much."""
    whole = math.floor(stops)
    # Rounded, as 0.37 and 1.37 - 1 are not quite the same number.
    return math.ldexp(2.0 ** round(stops - whole, 9), whole)


# Of scene-linear Rec.709 that needs no exposure, as generated shots are.

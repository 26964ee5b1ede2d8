"""The foreground's own color under soft edges."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from penumbra.finishing.color_limits import ColorLimits
from penumbra.finishing.pyramid import doubled, halved
from penumbra.finishing.unmixing import SOLID, Colors, Samples, solidity, unmixed

# Light above this is taken as broken, as infinity is: its square would leave float32.
LARGEST = 1e9
# A pixel that counts as solid and is not quite: what share of its light may be the background's before it counts less,
# and how little it may count to be taken as a color of the foreground all the same.
SHINE = 0.1
COUNTS = 0.1
# The box that is worked in has its corners at multiples of this, so that the cells of the pyramid lie where those of
# the whole frame would, whatever the subject does.
BOX = 64
# Mixed pixels that are solved at a time: what they need stays in the cache, and memory in bounds.
AT_A_TIME = 1 << 14


def estimated_foreground(
    rgb_HW3: NDArray[np.float32], alpha_HW: NDArray[np.float32], device: torch.device | str = "cpu"
) -> NDArray[np.float32]:
    """The color of the foreground itself, without the background that shines through soft edges.

    The plate is taken as `alpha F + (1 - alpha) B`. How the colors of F and of B are spread nearby is learned from
    solid and from clear pixels, in a pyramid from coarse to fine (after Germer, Uelwer, Conrad, Harmeling, Fast
    Multi-Level Foreground Estimation, ICPR 2020), and `unmixed` finds the likeliest pair.

    Bounds: never below black, or the darkest solid color nearby where that is below black; never above twice (one stop
    over) the brightest solid color nearby. Nearby means within 32 to 96 pixels; where nothing is solid there, the
    nearest place where something is. Where nothing in the frame is solid, there is no upper bound.

    Args:
        rgb_HW3: Scene-linear, unbounded. Values that are no numbers, and those above 1e9, count as unknown; they do not
            spread.
        alpha_HW: 0..1, the same size.
        device: Where to compute.

    Returns:
        `[H,W,3]` float32, not premultiplied: the estimate where alpha is between 0 and 1, and exactly the plate where
        it is 0 or 1. On the CPU the same bits for any number of threads.
    """
    foreground_HW3 = np.array(rgb_HW3, np.float32)
    alpha_HW = np.asarray(alpha_HW, np.float32)
    mixed_HW = (alpha_HW > 0) & (alpha_HW < 1)
    if mixed_HW.any():
        box = _box(mixed_HW)
        light_3HW = _mended(torch.from_numpy(np.array(foreground_HW3[box].transpose(2, 0, 1), order="C")).to(device))
        alpha_1HW = torch.from_numpy(np.array(alpha_HW[None, *box], order="C")).to(device)
        foreground_HW3[mixed_HW] = _estimated(light_3HW, alpha_1HW).T.cpu().numpy()
    return foreground_HW3


def _box(mixed_HW: NDArray[np.bool_]) -> tuple[slice, slice]:
    """Where the mixed pixels are, with enough around them to know the colors there."""

    def span(lines: NDArray[np.bool_]) -> slice:
        where = lines.nonzero()[0]
        first, last = int(where[0]) // BOX - 1, int(where[-1]) // BOX + 2
        return slice(max(0, first * BOX), min(len(lines), last * BOX))

    return span(mixed_HW.max(1)), span(mixed_HW.max(0))


def _mended(rgb_3HW: Tensor) -> Tensor:
    """The plate, with colors from around where it has values that are no numbers."""
    known_1HW = (rgb_3HW.abs() < LARGEST).all(0, keepdim=True)
    if known_1HW.all():
        return rgb_3HW
    known_3HW = torch.where(known_1HW, rgb_3HW, 0)
    return torch.where(known_1HW, rgb_3HW, _means(known_3HW, known_1HW.float()))


def _means(color: Tensor, weight: Tensor) -> Tensor:
    """Weighted sums as means; where there is no weight, those of the coarser level."""
    mean = color / weight.clamp(min=1e-30)
    if weight.numel() == 1 or (weight > 0).all():
        return mean
    return torch.where(weight > 0, mean, doubled(_means(halved(color), halved(weight)), weight.shape[1:]))


def _estimated(light_3HW: Tensor, alpha_1HW: Tensor) -> Tensor:
    """The foreground `[3,N]` of the mixed pixels, row by row."""
    clear = _levels(Samples.of(light_3HW, solidity(1 - alpha_1HW)))
    weight_1HW = _trusted(light_3HW, alpha_1HW, clear)
    solid = _levels(Samples.of(light_3HW, weight_1HW))
    foreground, background = _learned(light_3HW, alpha_1HW, solid, clear)
    limits = ColorLimits.of(light_3HW, weight_1HW >= COUNTS)
    light, alpha = light_3HW.flatten(1), alpha_1HW.flatten()
    found = []
    for pixels in _mixed(alpha):
        y, x = pixels // light_3HW.shape[2], pixels % light_3HW.shape[2]
        estimate, _ = unmixed(light[:, pixels], alpha[pixels], foreground.between(y, x), background.between(y, x))
        found.append(limits.hold(estimate, y, x))
    return torch.cat(found, 1)


def _levels(samples: Samples) -> list[Samples]:
    """From half the plate's size down to a single cell."""
    levels = [samples]
    while levels[-1].weight.numel() > 1:
        levels.append(levels[-1].halved())
    return levels


def _trusted(light_3HW: Tensor, alpha_1HW: Tensor, clear: list[Samples]) -> Tensor:
    """How much each pixel tells of the foreground's color: less where a bright background is seen through it.

    A lamp of 200 adds 4 to a color even through an alpha of 0.98. The background's light is not taken off: with an
    alpha that is a little wrong, that would leave colors far below black.
    """
    background = clear[-1].colors(None)
    for samples in reversed(clear[:-1]):
        background = samples.colors(background)
    weight_1HW = solidity(alpha_1HW)
    light, alpha, weight = light_3HW.flatten(1), alpha_1HW.flatten(), weight_1HW.view(-1)
    for pixels in _mixed(alpha, SOLID):
        y, x = pixels // light_3HW.shape[2], pixels % light_3HW.shape[2]
        behind = (1 - alpha[pixels]) * background.between(y, x).mean.abs().amax(0)
        share = behind / (light[:, pixels].abs().amax(0) + 1e-12)
        weight[pixels] /= 1 + (share / SHINE).square()
    return weight_1HW


def _mixed(alpha: Tensor, least: float = 0.0) -> tuple[Tensor, ...]:
    """The places where there is more than `least` foreground and some background, some at a time."""
    places: Tensor = ((alpha > least) & (alpha < 1)).nonzero()[:, 0]
    return torch.split(places, AT_A_TIME)


def _learned(light: Tensor, alpha: Tensor, solid: list[Samples], clear: list[Samples]) -> tuple[Colors, Colors]:
    """The colors of the foreground and of the background, at half the plate's size."""
    pictures = []
    for _ in solid:
        light, alpha = halved(light), halved(alpha)
        pictures.append((light, alpha))
    foreground = background = None
    for (light, alpha), front, back in zip(reversed(pictures), reversed(solid), reversed(clear), strict=True):
        foreground, background = front.colors(foreground), back.colors(background)
        _settle(light.flatten(1), alpha.flatten(), foreground, background)
    assert foreground is not None
    assert background is not None
    return foreground, background


def _settle(light: Tensor, alpha: Tensor, foreground: Colors, background: Colors) -> None:
    """Move the means of mixed cells to what the plate says of them: the finer level begins from there."""
    for cells in _mixed(alpha):
        means = unmixed(light[:, cells], alpha[cells], foreground.at(cells), background.at(cells))
        for colors, mean in zip((foreground, background), means, strict=True):
            colors.mean.view(3, -1)[:, cells] = mean

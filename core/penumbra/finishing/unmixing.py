"""What colors a foreground and a background have nearby, and the likeliest pair of them that gives the plate."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from penumbra.finishing.pyramid import between, doubled, halved

# From this alpha on a pixel's color counts as the foreground's own; the same for the background, from 1 less this.
SOLID = 0.95
# What the rest counts, times alpha^4, so that something is known where nothing is solid.
FAINT = 1e-5
# What the coarser level counts beside the solid share of a cell: little, so that the nearest colors win.
COARSER = 0.005
# How far the alpha may be from the true one (standard deviation).
ALPHA_ERROR = 0.02
# Every color varies by at least this share of itself (standard deviation).
LEAST_SPREAD = 0.02
# Added to the diagonal of the equations, as a share of its sum. Lights make covariances of almost one direction,
# which float32 could not invert.
DAMPING = 1e-4


@dataclass(frozen=True)
class Colors:
    """How colors are spread: `mean` `[3,...]`, and `covariance` `[6,...]` in the order rr, gg, bb, rg, rb, gb."""

    mean: Tensor
    covariance: Tensor

    def at(self, cells: Tensor) -> Colors:
        """`[C,h,w]` -> `[C,N]`: in some of the cells, counted row by row."""
        mean, covariance = (picture.flatten(1).index_select(1, cells) for picture in (self.mean, self.covariance))
        return Colors(mean, covariance)

    def between(self, y: Tensor, x: Tensor) -> Colors:
        """`[C,h,w]` -> `[C,N]`: at pixels of a plate twice as large."""
        return Colors(between(self.mean, y, x, 2), between(self.covariance, y, x, 2))


@dataclass(frozen=True)
class Samples:
    """Sums over the cells of a level: of weights `[1,h,w]`, weighted colors `[3,h,w]` and their products `[6,h,w]`."""

    weight: Tensor
    color: Tensor
    products: Tensor

    @staticmethod
    def of(light: Tensor, weight: Tensor) -> Samples:
        """At half the size of `light` `[3,H,W]` and `weight` `[1,H,W]`.

        A sample is the mean of a few pixels, so that grain is not taken for a pattern.
        """
        total, color = halved(weight), halved(weight * light)
        return Samples(total, color, total * products(color / (total + 1e-30)))

    def halved(self) -> Samples:
        """At the next coarser level."""
        return Samples(halved(self.weight), halved(self.color), halved(self.products))

    def colors(self, coarser: Colors | None) -> Colors:
        """The spread of the colors here; where there are few, completed by the next coarser level's."""
        if coarser is None:
            total, color, squares = self.weight + 1e-30, self.color, self.products
        else:
            size = self.weight.shape[1:]
            mean = doubled(coarser.mean, size)
            total = self.weight + COARSER
            color = self.color + COARSER * mean
            squares = self.products + COARSER * (doubled(coarser.covariance, size) + products(mean))
        mean = color / total
        covariance = squares / total - products(mean)
        covariance[:3].clamp_(min=0)
        return Colors(mean, covariance)


def solidity(alpha: Tensor) -> Tensor:
    """How much a pixel of this alpha tells of the foreground's color."""
    return ((alpha - SOLID) / (1 - SOLID)).clamp(0, 1) + FAINT * alpha.square().square()


def products(color: Tensor) -> Tensor:
    """`[3,...]` -> `[6,...]`: the channels multiplied with each other, in the order of a covariance."""
    r, g, b = color
    return torch.stack((r * r, g * g, b * b, r * g, r * b, g * b))


def unmixed(light: Tensor, alpha: Tensor, foreground: Colors, background: Colors) -> tuple[Tensor, Tensor]:
    """The likeliest foreground and background under mixed pixels.

    Of all pairs that give `light = alpha F + (1 - alpha) B`, the one nearest to both means, distances measured by the
    covariances: where the background varies and the foreground does not, the background gives way, and the other way
    round. In closed form, with the residual r of the means:

        r = light - alpha mf - (1 - alpha) mb
        S = alpha^2 Cf + (1 - alpha)^2 Cb + e^2 alpha (1 - alpha) (mf - mb)(mf - mb)^T
        F = mf + alpha Cf S^-1 r,  B = mb + (1 - alpha) Cb S^-1 r

    Chuang, Curless, Salesin, Szeliski, A Bayesian Approach to Digital Matting, CVPR 2001, with alpha known. The last
    term of S is ours: a residual that an alpha wrong by `e` would explain does not move the colors.

    Args:
        light: `[3,N]`, scene-linear.
        alpha: `[N]`, above 0 and below 1.
        foreground: What is known of the foreground at each pixel, `[.,N]`.
        background: The same of the background.
    """
    rest = 1 - alpha
    residual = light - alpha * foreground.mean - rest * background.mean
    front, back = _with_least_spread(foreground), _with_least_spread(background)
    doubt = products(foreground.mean - background.mean) * (ALPHA_ERROR**2 * alpha * rest)
    solved = _solved(alpha.square() * front + rest.square() * back + doubt, residual)
    return foreground.mean + alpha * _applied(front, solved), background.mean + rest * _applied(back, solved)


def _with_least_spread(colors: Colors) -> Tensor:
    least = (LEAST_SPREAD * colors.mean).square() + 1e-12
    return torch.cat((colors.covariance[:3] + least, colors.covariance[3:]))


def _solved(matrix: Tensor, right: Tensor) -> Tensor:
    """Solve `matrix x = right` for `[3,N]`, N symmetric positive matrices `[6,N]`, by LDL^T (Golub, Van Loan, 4.1)."""
    rr, gg, bb = matrix[:3] + DAMPING * matrix[:3].sum(0)
    rg, rb, gb = matrix[3:]
    r_to_g, r_to_b = rg / rr, rb / rr
    gg = gg - r_to_g * rg
    gb = gb - r_to_g * rb
    g_to_b = gb / gg
    bb = bb - r_to_b * rb - g_to_b * gb
    r, g, b = right
    g = g - r_to_g * r
    b = (b - r_to_b * r - g_to_b * g) / bb
    g = g / gg - g_to_b * b
    return torch.stack((r / rr - r_to_g * g - r_to_b * b, g, b))


def _applied(matrix: Tensor, x: Tensor) -> Tensor:
    """Multiply: `matrix x`, for N symmetric matrices `[6,N]` and vectors `[3,N]`."""
    rr, gg, bb, rg, rb, gb = matrix
    r, g, b = x
    return torch.stack((rr * r + rg * g + rb * b, rg * r + gg * g + gb * b, rb * r + gb * g + bb * b))

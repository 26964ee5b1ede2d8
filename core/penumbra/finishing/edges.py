"""From the network's size to the plate's: edges that were lost between its pixels are found again in the plate.

A *cell* is one pixel of the network's picture, with the plate pixels that lie in it. Where the alpha changes, each cell
learns from itself and its eight neighbors how alpha follows color, and tells it to its plate pixels. All sums run over
such 3x3 cells, and only cells at an edge are worked on. What else was tried: docs/decisions/0006.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F

from penumbra.errors import InputError

# Where alpha differs by less than this among 3x3 cells there is no edge to find: 4 steps of 8 bits.
LEAST_EDGE = 1 / 64
# Added to the variance of color, so that rounding is not taken for contrast: 0.8 steps of 8 bits, squared.
LEAST_VARIANCE = 1e-5
# Steps of conjugate gradients. A third would solve the three colors exactly, and changes no figure.
SOLVER_STEPS = 2
# On the CPU so many values are worked on at a time. torch gives only more than that to several threads: so the bits do
# not depend on their number, nothing waits for them on a busy machine, and the values stay in the processor's cache.
PIECE_VALUES = 32768 - 1
# Keeps 0 / 0 from being no number.
TINY = 1e-30


def bilinear(alpha_Ohw: Tensor, size: tuple[int, int]) -> Tensor:
    """Alphas at another size, plainly.

    Args:
        alpha_Ohw: float32, 0..1.
        size: Height and width wanted.

    Returns:
        `[O,H,W]`, float32, 0..1; the same object where the size is that already.
    """
    if alpha_Ohw.shape[-2:] == size:
        return alpha_Ohw
    # One by one: of pictures with just three channels the last bits would depend on the number of threads.
    return F.interpolate(alpha_Ohw[:, None], size, mode="bilinear", align_corners=False)[:, 0]


def guided(alpha_Ohw: Tensor, view_3hw: Tensor, view_3HW: Tensor) -> Tensor:
    """Alphas at the plate's size, with the edges that the plate shows.

    A = up(a) + up(k) . (I - up(i)), where `up` is bilinear and k the regression of alpha on color over 3x3 cells, as in
    He and Sun, Fast Guided Filter, 2015 (whose A = up(k) . I + up(b) would also smooth a), but wary of grain: see
    `_slopes`. A is then held between the least and the greatest a of the 3x3 cells around its pixel's own, so that
    there are no halos.

    Args:
        alpha_Ohw: The network's, float32, 0..1.
        view_3hw: The picture that the network saw, float32, 0..1 sRGB.
        view_3HW: The same at the plate's size. The ratio need not be whole, nor the same across and down.

    Returns:
        `[O,H,W]`, float32, 0..1; the same object where the sizes are equal.

    Raises:
        InputError: The alphas and the small view differ in size.
    """
    seen, size = _size(view_3hw), _size(view_3HW)
    if _size(alpha_Ohw) != seen:
        raise InputError(
            f"The alphas are {_written(alpha_Ohw)}, and the view that they come from is {_written(view_3hw)}."
        )
    # A squeezed plate may be narrower than what the network saw; in that direction no edge was lost.
    common = min(seen[0], size[0]), min(seen[1], size[1])
    alpha_Ohw, view_3hw = bilinear(alpha_Ohw, common), bilinear(view_3hw, common)
    if common == size:
        return alpha_Ohw
    alpha_OHW = bilinear(alpha_Ohw, size)
    down, across = (_Side.of(*lengths, view_3hw.device) for lengths in zip(common, size, strict=True))
    for alpha_hw, alpha_HW in zip(alpha_Ohw, alpha_OHW, strict=True):
        _find_edges(alpha_hw, view_3hw, view_3HW, (down, across), alpha_HW)
    return alpha_OHW


@dataclass(frozen=True)
class _Side:
    """Cells along one side of the picture; no cell has more than `S` of the plate's rows or columns.

    Attributes:
        pixels_Sn: Which lie in a cell. Where it has fewer, its last one stands repeatedly.
        weights_S3n: Bilinear weights for each of the cell before, the cell itself, and the one after.
        around_3n: The cell before, the cell itself, and the one after; beyond the border the cell itself.
    """

    pixels_Sn: Tensor
    weights_S3n: Tensor
    around_3n: Tensor

    @classmethod
    def of(cls, cells: int, pixels: int, device: torch.device) -> _Side:
        """All cells of a side of so many, for at least as many pixels."""
        cell, pixel = torch.arange(cells, device=device), torch.arange(pixels, device=device)
        counts = torch.bincount((2 * pixel + 1) * cells // (2 * pixels), minlength=cells)
        slots = torch.arange(int(counts.max()), device=device)[:, None]
        pixels_Sn = counts.cumsum(0) - counts + torch.minimum(slots, counts - 1)
        # In cells, from the cell's middle to the pixel's: -0.5 to 0.5.
        offset_Sn = ((pixels_Sn.double() + 0.5) * cells / pixels - 0.5 - cell).float()
        before, after = (-offset_Sn).clamp(min=0), offset_Sn.clamp(min=0)
        around_3n = torch.stack((cell - 1, cell, cell + 1)).clamp(0, cells - 1)
        return cls(pixels_Sn, torch.stack((before, 1 - before - after, after), 1), around_3n)

    def at(self, cells_n: Tensor) -> _Side:
        """Those of these places."""
        return _Side(*(part.index_select(-1, cells_n) for part in (self.pixels_Sn, self.weights_S3n, self.around_3n)))


@dataclass(frozen=True)
class _Cells:
    """Some cells of a picture. Pictures are flat here, `[C,N]`: torch gathers from them ten times as fast.

    Attributes:
        place_n: Where each is in the small picture.
        around_33n: Where the 3x3 cells are.
        within_SSn: Where its pixels are in the plate.
        down_S3n: Bilinear weights for its rows.
        across_S3n: And for its columns.
    """

    place_n: Tensor
    around_33n: Tensor
    within_SSn: Tensor
    down_S3n: Tensor
    across_S3n: Tensor

    @classmethod
    def where(cls, chosen_hw: Tensor, down: _Side, across: _Side, plate_width: int) -> Iterator[_Cells]:
        """Those chosen, in pieces of PIECE_VALUES, or at once where the device is no CPU."""
        chosen_n, width = chosen_hw.flatten().nonzero()[:, 0], chosen_hw.shape[1]
        most = 3 * max(3, len(down.pixels_Sn)) * max(3, len(across.pixels_Sn))
        piece = PIECE_VALUES // most if chosen_hw.device.type == "cpu" else len(chosen_n)
        for place_n in chosen_n.split(max(1, piece)):
            y, x = place_n // width, place_n % width
            rows, columns = down.at(y), across.at(x)
            yield cls(
                place_n,
                rows.around_3n[:, None] * width + columns.around_3n,
                rows.pixels_Sn[:, None] * plate_width + columns.pixels_Sn,
                rows.weights_S3n,
                columns.weights_S3n,
            )

    def around(self, small_CN: Tensor) -> Tensor:
        """`[C,3,3,n]`: the 3x3 cells."""
        return _gathered(small_CN, self.around_33n)

    def within(self, plate_CN: Tensor) -> Tensor:
        """`[C,S,S,n]`: their plate pixels."""
        return _gathered(plate_CN, self.within_SSn)

    def up(self, small_CN: Tensor) -> Tensor:
        """`[C,S,S,n]`: bilinear at their plate pixels."""
        rows_CS3n = _weighted(self.around(small_CN)[:, None], self.down_S3n[None, :, :, None], axis=2)
        return _weighted(rows_CS3n[:, :, None], self.across_S3n[None, None], axis=3)


def _find_edges(
    alpha_hw: Tensor, view_3hw: Tensor, view_3HW: Tensor, sides: tuple[_Side, _Side], alpha_HW: Tensor
) -> None:
    """Finish `alpha_HW`, which is bilinear, in place."""
    least_hw, most_hw = -_greatest_around(-alpha_hw), _greatest_around(alpha_hw)
    pieces = list(_Cells.where(most_hw - least_hw > LEAST_EDGE, *sides, alpha_HW.shape[1]))
    small_1N, view_3N, plate_3N = alpha_hw.flatten()[None], view_3hw.flatten(1), view_3HW.flatten(1)
    # What bilinear colors lack: the plate's detail, and its grain.
    details_3SSn = [cells.within(plate_3N) - cells.up(view_3N) for cells in pieces]
    grain_1N, bend_1N = torch.full_like(small_1N, torch.inf), torch.zeros_like(small_1N)
    for cells, detail_3SSn in zip(pieces, details_3SSn, strict=True):
        _spread(grain_1N, cells.place_n, detail_3SSn.square().mean((0, 1, 2)))
        around_9n = cells.around(small_1N).flatten(0, 2)
        _spread(bend_1N, cells.place_n, around_9n[4] - around_9n.mean(0))
    slopes_3N = torch.zeros_like(view_3N)
    for cells in pieces:
        _spread(slopes_3N, cells.place_n, _slopes(cells, small_1N, view_3N, grain_1N, bend_1N))
    alpha_1N, hull_2N = alpha_HW.view(1, -1), torch.stack((least_hw, most_hw)).flatten(1)
    for cells, detail_3SSn in zip(pieces, details_3SSn, strict=True):
        found_SSn = cells.within(alpha_1N)[0] + (cells.up(slopes_3N) * detail_3SSn).sum(0)
        _spread(alpha_1N, cells.within_SSn, found_SSn.clamp(*_gathered(hull_2N, cells.place_n)))


def _slopes(cells: _Cells, alpha_1N: Tensor, view_3N: Tensor, grain_1N: Tensor, bend_1N: Tensor) -> Tensor:
    """How alpha follows color in each of the cells, `[3,n]`, as far as it is to be believed.

    The regression (C + (g + LEAST_VARIANCE) 1) k = c, with the covariances C of color, and c of color and alpha, and
    weakened twice:

    - by the share c.k / v of alpha's variance v that color explains: a third of it is chance in 9 cells of 3 colors;
    - by b / (b + k^2 g), as Wiener's filter. The grain g is the least variance, in any of the 3x3 cells, of what
      bilinear color leaves; k^2 g is what it would print into the alpha. What can hide between cells is of the order
      of b, the square of how alpha bends from cell to cell: a smooth ramp stays one, a sharp edge keeps its slope.
    """
    color_39n, alpha_9n = cells.around(view_3N).flatten(1, 2), cells.around(alpha_1N)[0].flatten(0, 1)
    color_39n, alpha_9n = color_39n - color_39n.mean(1, keepdim=True), alpha_9n - alpha_9n.mean(0)
    grain_n = cells.around(grain_1N).amin((0, 1, 2))
    bend_n = cells.around(bend_1N).square().mean((0, 1, 2))

    def variance_along(k_3n: Tensor) -> Tensor:
        return (color_39n * (color_39n * k_3n[:, None]).sum(0)).mean(1) + (grain_n + LEAST_VARIANCE) * k_3n

    common_3n = (color_39n * alpha_9n).mean(1)
    slopes_3n = _solved(variance_along, common_3n)
    explained_n = (slopes_3n * common_3n).sum(0) / (alpha_9n.square().mean(0) + TINY)
    printed_n = slopes_3n.square().sum(0) * grain_n
    return slopes_3n * explained_n * bend_n / (bend_n + printed_n + TINY)


def _solved(matrix: Callable[[Tensor], Tensor], right_3n: Tensor) -> Tensor:
    """The x of matrix(x) = right, for each of n, by conjugate gradients (Hestenes and Stiefel, 1952)."""
    x_3n, left_3n, step_3n = torch.zeros_like(right_3n), right_3n, right_3n
    for _ in range(SOLVER_STEPS):
        along_3n = matrix(step_3n)
        square_n = left_3n.square().sum(0)
        length_n = square_n / ((step_3n * along_3n).sum(0) + TINY)
        x_3n, left_3n = x_3n + length_n * step_3n, left_3n - length_n * along_3n
        step_3n = left_3n + left_3n.square().sum(0) / (square_n + TINY) * step_3n
    return x_3n


def _weighted(parts: Tensor, weights: Tensor, axis: int) -> Tensor:
    """The sum over `axis`, in its order."""
    first, second, third = (parts.select(axis, at) * weights.select(axis, at) for at in range(3))
    return first + second + third


def _gathered(picture_CN: Tensor, places: Tensor) -> Tensor:
    return picture_CN.index_select(1, places.flatten()).reshape(len(picture_CN), *places.shape)


def _spread(picture_CN: Tensor, places: Tensor, values: Tensor) -> None:
    """Written into the picture; where a place is named twice, the values are the same."""
    picture_CN.index_copy_(1, places.flatten(), values.reshape(len(picture_CN), -1))


def _greatest_around(alpha_hw: Tensor) -> Tensor:
    """The greatest of each 3x3 cells; by whole rows and columns, which is twice as quick as pooling."""
    padded = F.pad(alpha_hw[None], (1, 1, 1, 1), mode="replicate")[0]
    rows = torch.maximum(torch.maximum(padded[:-2], padded[1:-1]), padded[2:])
    return torch.maximum(torch.maximum(rows[:, :-2], rows[:, 1:-1]), rows[:, 2:])


def _size(picture: Tensor) -> tuple[int, int]:
    """Height and width."""
    return picture.shape[-2], picture.shape[-1]


def _written(picture: Tensor) -> str:
    return f"{picture.shape[-1]}x{picture.shape[-2]}"

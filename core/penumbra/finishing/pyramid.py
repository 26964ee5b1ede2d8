"""Pictures at half and at twice their size, and between their pixels, in float32 and with the same bits everywhere."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor


def halved(picture: Tensor) -> Tensor:
    """`[C,H,W]` -> half the size, rounded up, by the weights 1 3 3 1 (Burt and Adelson, 1983, of even width).

    Added in slices: a convolution's precision is not the same on every device.
    """
    return _added_up(_added_up(picture, 1), 2) / 64


def _added_up(picture: Tensor, axis: int) -> Tensor:
    """The weighted sums along one axis. Beyond the border lie the pixels at the border."""
    length = picture.shape[axis]
    if length % 2:
        picture = torch.cat((picture, picture.narrow(axis, length - 1, 1)), axis)
    even, odd = (picture.unflatten(axis, (-1, 2)).select(axis + 1, start) for start in (0, 1))
    last = even.shape[axis] - 1
    sums: Tensor = (even + odd).mul_(3)
    sums.narrow(axis, 1, last).add_(odd.narrow(axis, 0, last))
    sums.narrow(axis, 0, 1).add_(even.narrow(axis, 0, 1))
    sums.narrow(axis, 0, last).add_(even.narrow(axis, 1, last))
    sums.narrow(axis, last, 1).add_(odd.narrow(axis, last, 1))
    return sums


def doubled(picture: Tensor, size: Sequence[int]) -> Tensor:
    """`[C,h,w]` -> twice the size, bilinear, cut to `size` (height, width).

    Not by torch's own: its last bits depend on the number of threads.
    """
    return _spread_out(_spread_out(picture, 1), 2)[:, : size[0], : size[1]]


def _spread_out(picture: Tensor, axis: int) -> Tensor:
    last = picture.shape[axis] - 1
    before = torch.cat((picture.narrow(axis, 0, 1), picture.narrow(axis, 0, last)), axis)
    after = torch.cat((picture.narrow(axis, 1, last), picture.narrow(axis, last, 1)), axis)
    return torch.stack((picture.lerp(before, 0.25), picture.lerp(after, 0.25)), axis + 1).flatten(axis, axis + 1)


def between(picture: Tensor, y: Tensor, x: Tensor, cell: int) -> Tensor:
    """`[C,h,w]`, whose pixels are `cell` plate pixels large -> `[C,N]`, at N plate pixels, bilinear."""
    height, width = picture.shape[1:]
    down, right = (y + 0.5) / cell - 0.5, (x + 0.5) / cell - 0.5
    top, left = down.floor(), right.floor()
    down, right = down - top, right - left
    rows = [(top + step).long().clamp(0, height - 1) * width for step in (0, 1)]
    columns = [(left + step).long().clamp(0, width - 1) for step in (0, 1)]
    corners = [picture.flatten(1).index_select(1, row + column) for row in rows for column in columns]
    return corners[0].lerp(corners[1], right).lerp(corners[2].lerp(corners[3], right), down)

"""Windows: where pixels lie in the plane of the shot. The y axis points down, as in EXR."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Window:
    """A box of whole pixels: `x`, `y` is its first pixel, `width` and `height` are counts of pixels."""

    x: int
    y: int
    width: int
    height: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, the order in which people say them."""
        return self.width, self.height

    def __str__(self) -> str:
        """`2048x1152`, with the origin only where it is not zero."""
        origin = f"{self.x:+d}{self.y:+d}" if (self.x, self.y) != (0, 0) else ""
        return f"{self.width}x{self.height}{origin}"


def placed(pixels: NDArray[Any], source: Window, target: Window) -> NDArray[Any]:
    """The same pixels in another window: cropped where they reach outside it, 0 where there are none.

    Args:
        pixels: `[H, W]` or `[H, W, C]`, the size of `source`.
        source: The window that the pixels fill.
        target: The window wanted.

    Returns:
        An array of `target`'s size; the same object where both windows are equal.
    """
    if source == target:
        return pixels
    result = np.zeros((target.height, target.width, *pixels.shape[2:]), pixels.dtype)
    left, top = max(source.x, target.x), max(source.y, target.y)
    right = min(source.x + source.width, target.x + target.width)
    bottom = min(source.y + source.height, target.y + target.height)
    if left < right and top < bottom:
        result[top - target.y : bottom - target.y, left - target.x : right - target.x] = pixels[
            top - source.y : bottom - source.y, left - source.x : right - source.x
        ]
    return result

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
    def right(self) -> int:
        """One past the last column."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """One past the last row."""
        return self.y + self.height

    @classmethod
    def between(cls, x0: int, y0: int, x1: int, y1: int) -> Window:
        """From the first pixel to before `x1`, `y1`; without any pixels where they are not larger."""
        return cls(x0, y0, max(0, x1 - x0), max(0, y1 - y0))

    def __and__(self, other: Window) -> Window:
        """What both hold; a window without pixels where that is nothing."""
        corner = max(self.x, other.x), max(self.y, other.y)
        return Window.between(*corner, min(self.right, other.right), min(self.bottom, other.bottom))

    def __or__(self, other: Window) -> Window:
        """The smallest window that holds both; one without pixels adds nothing."""
        if not (self and other):
            return self or other
        corner = min(self.x, other.x), min(self.y, other.y)
        return Window.between(*corner, max(self.right, other.right), max(self.bottom, other.bottom))

    def __bool__(self) -> bool:
        return self.width > 0 and self.height > 0

    @property
    def area(self) -> int:
        """How many pixels it has."""
        return self.width * self.height

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, the order in which people say them."""
        return self.width, self.height

    def __str__(self) -> str:
        """`2048x1152`, with the origin only where it is not zero."""
        origin = f"{self.x:+d}{self.y:+d}" if (self.x, self.y) != (0, 0) else ""
        return f"{self.width}x{self.height}{origin}"


def around(flags_HW: NDArray[np.bool_], window: Window) -> Window:
    """The smallest part of a window that holds all places that are set; one without pixels where none is.

    Args:
        flags_HW: Of any size: it stands for the whole window.
        window: The window.
    """
    height, width = flags_HW.shape
    rows, columns = np.flatnonzero(flags_HW.any(axis=1)), np.flatnonzero(flags_HW.any(axis=0))
    if not len(rows):
        return Window(window.x, window.y, 0, 0)
    top, bottom = int(rows[0]) * window.height // height, -(-(int(rows[-1]) + 1) * window.height // height)
    left, right = int(columns[0]) * window.width // width, -(-(int(columns[-1]) + 1) * window.width // width)
    return Window.between(window.x + left, window.y + top, window.x + right, window.y + bottom)


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
    if shared := source & target:
        result[_rows_and_columns(shared, target)] = pixels[_rows_and_columns(shared, source)]
    return result


def _rows_and_columns(part: Window, of: Window) -> tuple[slice, slice]:
    return slice(part.y - of.y, part.bottom - of.y), slice(part.x - of.x, part.right - of.x)

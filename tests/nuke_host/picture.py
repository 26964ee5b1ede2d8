"""A picture between two nodes: planes over a box that need not be the format's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from tests.nuke_host.formats import Format

Box = tuple[int, int, int, int]
RGBA = ("rgba.red", "rgba.green", "rgba.blue", "rgba.alpha")


@dataclass(frozen=True)
class Picture:
    """`box` is x0, y0, x1, y1 from the format's top left, the last two outside; planes are float32 `[y1-y0, x1-x0]`."""

    format: Format
    box: Box
    planes: dict[str, np.ndarray] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)

    def over(self, box: Box) -> dict[str, np.ndarray]:
        """The planes over another box, zero outside their own."""
        return {name: pasted(plane, self.box, box) for name, plane in self.planes.items()}

    def within(self, box: Box) -> Picture:
        return replace(self, box=box, planes=self.over(box))

    def plane(self, name: str, box: Box) -> np.ndarray:
        """One channel over a box; zeros where there is none."""
        if name not in self.planes:
            return np.zeros((box[3] - box[1], box[2] - box[0]), np.float32)
        return pasted(self.planes[name], self.box, box)

    def whole(self) -> Box:
        return (0, 0, self.format._width, self.format._height)

    def rgba(self) -> np.ndarray:
        """What a viewer shows, `[H,W,4]` over the format."""
        return np.stack([self.plane(name, self.whole()) for name in RGBA], axis=-1)


def pasted(plane: np.ndarray, own: Box, box: Box) -> np.ndarray:
    if own == box:
        return plane
    out = np.zeros((box[3] - box[1], box[2] - box[0]), np.float32)
    x0, y0, x1, y1 = max(own[0], box[0]), max(own[1], box[1]), min(own[2], box[2]), min(own[3], box[3])
    if x0 < x1 and y0 < y1:
        out[y0 - box[1] : y1 - box[1], x0 - box[0] : x1 - box[0]] = plane[
            y0 - own[1] : y1 - own[1], x0 - own[0] : x1 - own[0]
        ]
    return out


def union(a: Box, b: Box) -> Box:
    if a[0] >= a[2] or a[1] >= a[3]:
        return b
    if b[0] >= b[2] or b[1] >= b[3]:
        return a
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def common(a: Box, b: Box) -> Box:
    x0, y0, x1, y1 = max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])
    return (x0, y0, max(x0, x1), max(y0, y1))

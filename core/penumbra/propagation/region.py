"""What the network sees of a plate, and at which size: the way to its picture, and where the alpha belongs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F

from penumbra.image import Window


@dataclass(frozen=True)
class Region:
    """A box of a plate, and the size at which the network sees it. The same for every frame of a pass.

    Attributes:
        canvas: Where the plate's pixels lie.
        box: The part of the canvas that the network sees.
        view: The height and width at which it sees the box.
    """

    canvas: Window
    box: Window
    view: tuple[int, int]

    @classmethod
    def of(cls, canvas: Window, box: Window, process_size: int, pixel_aspect: float = 1.0) -> Region:
        """For a box of a plate.

        Args:
            canvas: Where the plate's pixels lie.
            box: The part to be seen.
            process_size: The short side of the view. A smaller box is not enlarged, and no box costs more than the
                whole canvas would.
            pixel_aspect: Width of a pixel over its height: the network sees the picture as an audience does.
        """
        share = min(1.0, process_size / _short(box, pixel_aspect))
        if box != canvas:
            whole = min(1.0, process_size / _short(canvas, pixel_aspect))
            share = min(share, whole * math.sqrt(canvas.area / box.area))
        return cls(canvas, box, (max(1, round(box.height * share)), max(1, round(box.width * pixel_aspect * share))))

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of the box."""
        return self.box.height, self.box.width

    def cut(self, picture_CHW: Tensor) -> Tensor:
        """The box's part of a picture of the canvas, which shares its memory."""
        top, left = self.box.y - self.canvas.y, self.box.x - self.canvas.x
        return picture_CHW[..., top : top + self.box.height, left : left + self.box.width]

    def shrunk(self, picture_CHW: Tensor) -> Tensor:
        """From the box's size to the view's; every pixel counts. The same object where they are equal."""
        if self.view == self.size:
            return picture_CHW
        return F.interpolate(picture_CHW[None], self.view, mode="bilinear", antialias=True)[0].clamp(0, 1)

    def laid(self, alpha_OHW: Tensor) -> Tensor:
        """An alpha of the box's size on the whole canvas: 0 around it. The same object where they are equal."""
        if self.box == self.canvas:
            return alpha_OHW
        left, top = self.box.x - self.canvas.x, self.box.y - self.canvas.y
        return F.pad(alpha_OHW, (left, self.canvas.right - self.box.right, top, self.canvas.bottom - self.box.bottom))


def _short(window: Window, pixel_aspect: float) -> float:
    return min(window.height, window.width * pixel_aspect)

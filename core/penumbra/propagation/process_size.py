"""The size at which the network sees a plate, and the way there and back."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor
from torch.nn import functional as F


@dataclass(frozen=True)
class ProcessSize:
    """Two sizes of one picture, as height and width.

    Attributes:
        plate: The plate's.
        view: What the network sees: the same shape, its short side `process_size`, never enlarged.
    """

    plate: tuple[int, int]
    view: tuple[int, int]

    @classmethod
    def of(cls, height: int, width: int, process_size: int) -> ProcessSize:
        """For a plate of this height and width."""
        share = min(1.0, process_size / min(height, width))
        return cls((height, width), (max(1, round(height * share)), max(1, round(width * share))))

    def shrunk(self, picture_CHW: Tensor) -> Tensor:
        """From the plate's size to the view's; every pixel counts. The same object where they are equal."""
        if self.view == self.plate:
            return picture_CHW
        return F.interpolate(picture_CHW[None], self.view, mode="bilinear", antialias=True)[0].clamp(0, 1)

    def grown(self, alpha_HW: Tensor) -> Tensor:
        """From the view's size to the plate's, bilinear. The same object where they are equal."""
        if self.view == self.plate:
            return alpha_HW
        return F.interpolate(alpha_HW[None, None], self.plate, mode="bilinear", align_corners=False)[0, 0]

"""What the network sees in a frame, whatever the object: features at four strides, and the key to ask memory with."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from penumbra.network.backbone import PixelEncoder
from penumbra.network.blocks import Pointwise
from penumbra.network.config import NetworkConfig

# The mean and deviation of ImageNet, which the published encoder was trained with.
IMAGE_MEAN = (0.485, 0.456, 0.406)
IMAGE_DEVIATION = (0.229, 0.224, 0.225)


@dataclass(frozen=True)
class ImageFeatures:
    """A frame as the network sees it. `B` images; strides 16, 8, 4, 2 and 1.

    Attributes:
        f16: `[B,C,h,w]`.
        f8: `[B,C,2h,2w]`.
        f4: `[B,C,4h,4w]`.
        f2: `[B,C,8h,8w]`.
        f1: `[B,3,16h,16w]`, the normalized image.
        pixel: `[B,C,h,w]`, called P in the description.
        key: `[B,K,h,w]`.
        shrinkage: `[B,1,h,w]`, from 1 up: how sharply this place is remembered.
        selection: `[B,K,h,w]`, 0..1: which channels of the key count when this place asks.
    """

    f16: Tensor
    f8: Tensor
    f4: Tensor
    f2: Tensor
    f1: Tensor
    pixel: Tensor
    key: Tensor
    shrinkage: Tensor
    selection: Tensor

    @property
    def grid(self) -> tuple[int, int]:
        """Height and width at stride 16."""
        return self.pixel.shape[-2], self.pixel.shape[-1]


class KeyProjection(nn.Module):
    """The three parts of a memory key, from f16."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.pix_feat_proj = Pointwise(config.f16, config.pixel)
        self.key_proj = nn.Conv2d(config.pixel, config.key, 3, padding=1)
        self.d_proj = nn.Conv2d(config.pixel, 1, 3, padding=1)
        self.e_proj = nn.Conv2d(config.pixel, config.key, 3, padding=1)

    def forward(self, f16: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """`[B,C,h,w]` -> key, shrinkage, selection."""
        x = self.pix_feat_proj(f16)
        return self.key_proj(x), self.d_proj(x) ** 2 + 1, torch.sigmoid(self.e_proj(x))


class ImageNormalization(nn.Module):
    """0..1 sRGB -> the range that the encoder was trained with."""

    mean: Tensor
    deviation: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(IMAGE_MEAN)[:, None, None], persistent=False)
        self.register_buffer("deviation", torch.tensor(IMAGE_DEVIATION)[:, None, None], persistent=False)

    def forward(self, image: Tensor) -> Tensor:
        """`[B,3,H,W]` in and out."""
        return (image - self.mean) / self.deviation


def encode_image(
    image: Tensor, normalize: ImageNormalization, encoder: PixelEncoder, project: nn.Conv2d, keys: KeyProjection
) -> ImageFeatures:
    """All that a frame gives. `image` is `[B,3,H,W]`, 0..1 sRGB, H and W multiples of 16."""
    f1 = normalize(image)
    f16, f8, f4, f2 = encoder(f1)
    return ImageFeatures(f16, f8, f4, f2, f1, project(f16), *keys(f16))

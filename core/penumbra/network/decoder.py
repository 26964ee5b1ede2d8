"""From pixels that know the object to an alpha at full size, and what the sensory memory takes from it."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from penumbra.network.blocks import Pointwise, averaged, gated, per_object
from penumbra.network.config import NetworkConfig
from penumbra.network.image_encoder import ImageFeatures


@dataclass(frozen=True)
class Decoded:
    """What comes out: `alpha` `[N,1,H,W]` (not clamped), `detail` `[N,C,H,W]`, and the new `sensory` `[N,C,h,w]`."""

    alpha: Tensor
    detail: Tensor
    sensory: Tensor


class Residual(nn.Module):
    """Two convolutions around which the input goes, through a 1x1 where widths differ."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, out, 3, padding=1)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        self.downsample = Pointwise(channels, out) if channels != out else None

    def forward(self, x: Tensor) -> Tensor:
        """`[N,C,H,W]` -> `[N,out,H,W]`."""
        y: Tensor = self.conv2(F.relu(self.conv1(F.relu(x))))
        return y + (x if self.downsample is None else self.downsample(x))


class Upsampling(nn.Module):
    """Twice the size, with the image's features of that size added."""

    def __init__(self, channels: int, out: int) -> None:
        super().__init__()
        self.out_conv = Residual(channels, out)

    def forward(self, skip: Tensor, x: Tensor) -> Tensor:
        """`skip` `[B,C,2h,2w]`, `x` `[N,C,h,w]` -> `[N,out,2h,2w]`."""
        larger = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        result: Tensor = self.out_conv(larger + per_object(skip, x.shape[0]))
        return result


class Skips(nn.Module):
    """The image's features in the decoder's widths."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        detail = 4 if config.detail_sees_alpha else 3
        widths = zip((config.f8, config.f4, config.stem, detail), config.decoder[:4], strict=True)
        self.transforms = nn.ModuleList(Pointwise(channels, out) for channels, out in widths)


class SensoryUpdate(nn.Module):
    """The sensory memory takes in what every level of the decoder saw."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.sensory
        self.g16_conv = Pointwise(config.decoder[0], width)
        self.g8_conv = Pointwise(config.decoder[1], width)
        self.g4_conv = Pointwise(config.decoder[2], width)
        self.g2_conv = Pointwise(config.decoder[3], width)
        self.g1_conv = Pointwise(config.decoder[4] + 1, width)
        self.transform = nn.Conv2d(2 * width, 3 * width, 3, padding=1)

    def forward(self, levels: tuple[Tensor, ...], sensory: Tensor) -> Tensor:
        """`levels` from stride 16 to 1, `sensory` `[N,C,h,w]` -> the new sensory."""
        size = (sensory.shape[-2], sensory.shape[-1])
        convolutions = (self.g16_conv, self.g8_conv, self.g4_conv, self.g2_conv, self.g1_conv)
        seen = convolutions[0](levels[0])
        for convolve, level in zip(convolutions[1:], levels[1:], strict=True):
            seen = seen + convolve(averaged(level, size))
        return gated(self.transform(torch.cat((seen, sensory), 1)), sensory)


class MaskDecoder(nn.Module):
    """Pixels at stride 16 -> alpha."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        width = config.decoder
        self.sees_alpha = config.detail_sees_alpha
        self.decoder_feat_proc = Skips(config)
        self.up_16_8 = Upsampling(width[0], width[1])
        self.up_8_4 = Upsampling(width[1], width[2])
        self.up_4_2 = Upsampling(width[2], width[3])
        self.up_2_1 = Upsampling(width[3], width[4])
        self.pred_mat = nn.Conv2d(width[4], 1, 3, padding=1)
        self.pred_seg = nn.Conv2d(width[4], 1, 3, padding=1)
        self.sensory_update = SensoryUpdate(config)

    def forward(self, image: ImageFeatures, p16: Tensor, sensory: Tensor, last_alpha: Tensor) -> Decoded:
        """`p16` `[N,C,h,w]`, `sensory` `[N,C,h,w]`, `last_alpha` `[N,1,H,W]` -> the alpha of this frame."""
        detail = image.f1
        if self.sees_alpha:
            detail = torch.cat((per_object(detail, p16.shape[0]), last_alpha), 1)
        skips = self.decoder_feat_proc.transforms
        p8 = self.up_16_8(skips[0](image.f8), p16)
        p4 = self.up_8_4(skips[1](image.f4), p8)
        p2 = self.up_4_2(skips[2](image.f2), p4)
        p1 = self.up_2_1(skips[3](detail), p2)
        alpha = self.pred_mat(F.relu(p1))
        levels = (p16, p8, p4, p2, torch.cat((p1, alpha), 1))
        return Decoded(alpha, p1, self.sensory_update(levels, sensory))

    def segmentation_logits(self, detail: Tensor) -> Tensor:
        """The segmentation head's logits `[N,1,H,W]`, which only training asks for."""
        logits: Tensor = self.pred_seg(F.relu(detail))
        return logits

"""The two residual encoders without their last stages: of the image (ResNet-50), and of image and mask (ResNet-18)."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from penumbra.network.blocks import Pointwise
from penumbra.network.config import NetworkConfig


def convolution(channels: int, out: int, size: int, stride: int = 1) -> nn.Conv2d:
    """A convolution without bias: a batch norm follows."""
    if size == stride == 1:
        return Pointwise(channels, out, bias=False)
    return nn.Conv2d(channels, out, size, stride, padding=size // 2, bias=False)


def shortcut(channels: int, out: int, stride: int) -> nn.Sequential | None:
    """The way around a block, where widths or sizes differ."""
    if stride == 1 and channels == out:
        return None
    return nn.Sequential(convolution(channels, out, 1, stride), nn.BatchNorm2d(out))


class Bottleneck(nn.Module):
    """1x1, 3x3 (which carries the stride), 1x1 to four times the width."""

    expansion = 4

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        out = width * self.expansion
        self.conv1, self.bn1 = convolution(channels, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = convolution(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = convolution(width, out, 1), nn.BatchNorm2d(out)
        self.downsample = shortcut(channels, out, stride)

    def forward(self, x: Tensor) -> Tensor:
        """`[N,C,H,W]` -> `[N,4 width,H/stride,W/stride]`."""
        y = F.relu(self.bn1(self.conv1(x)))
        y = F.relu(self.bn2(self.conv2(y)))
        y = self.bn3(self.conv3(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class Basic(nn.Module):
    """Two 3x3, the first of which carries the stride."""

    expansion = 1

    def __init__(self, channels: int, width: int, stride: int) -> None:
        super().__init__()
        self.conv1, self.bn1 = convolution(channels, width, 3, stride), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = convolution(width, width, 3), nn.BatchNorm2d(width)
        self.downsample = shortcut(channels, width, stride)

    def forward(self, x: Tensor) -> Tensor:
        """`[N,C,H,W]` -> `[N,width,H/stride,W/stride]`."""
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


def stage(block: type[Bottleneck] | type[Basic], channels: int, width: int, count: int, stride: int) -> nn.Sequential:
    """`count` blocks, the first of which changes width and size."""
    out = width * block.expansion
    later = (block(out, width, 1) for _ in range(count - 1))
    return nn.Sequential(block(channels, width, stride), *later)


class PixelEncoder(nn.Module):
    """The normalized image -> features at strides 16, 8, 4 and 2."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        widths, blocks = config.encoder_widths, config.encoder_blocks
        self.conv1, self.bn1 = convolution(3, config.stem, 7, 2), nn.BatchNorm2d(config.stem)
        self.res2 = stage(Bottleneck, config.stem, widths[0], blocks[0], 1)
        self.layer2 = stage(Bottleneck, config.f4, widths[1], blocks[1], 2)
        self.layer3 = stage(Bottleneck, config.f8, widths[2], blocks[2], 2)

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """`[B,3,H,W]` -> f16, f8, f4, f2."""
        f2 = F.relu(self.bn1(self.conv1(image)))
        f4 = self.res2(F.max_pool2d(f2, 3, 2, 1))
        f8 = self.layer2(f4)
        return self.layer3(f8), f8, f4, f2


class MaskTrunk(nn.Module):
    """Image and mask -> features at stride 16: the part of the mask encoder that it inherits, for its names."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        widths, blocks = config.mask_widths, config.mask_blocks
        self.conv1, self.bn1 = convolution(4, config.mask_stem, 7, 2), nn.BatchNorm2d(config.mask_stem)
        self.layer1 = stage(Basic, config.mask_stem, widths[0], blocks[0], 1)
        self.layer2 = stage(Basic, widths[0], widths[1], blocks[1], 2)
        self.layer3 = stage(Basic, widths[1], widths[2], blocks[2], 2)

    def features(self, image_and_mask: Tensor) -> Tensor:
        """`[N,4,H,W]` -> `[N,C,h,w]`."""
        x = F.relu(F.max_pool2d(self.bn1(self.conv1(image_and_mask)), 3, 2, 1))
        x = self.layer3(self.layer2(self.layer1(x)))
        return x

"""How likely a place has changed since the last frame: there memory is read anew, elsewhere the last value stays."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from penumbra.network.blocks import Pointwise, averaged, per_object
from penumbra.network.config import NetworkConfig


class ChangeProbability(nn.Module):
    """Last and present image features, last alpha, and the difference of the readout to the last value -> a logit."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        first, second = config.change
        self.conv1x1_v2 = Pointwise(2 * config.pixel + 1 + config.value, first, bias=False)
        self.bn1 = nn.BatchNorm2d(first)
        self.conv3x3 = nn.Conv2d(first, second, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(second)
        self.conv3x3_out = nn.Conv2d(second, 1, 3, padding=1, bias=False)

    def forward(self, last_pixel: Tensor, pixel: Tensor, last_alpha: Tensor, difference: Tensor) -> Tensor:
        """The logit of change.

        Args:
            last_pixel: `[B,C,h,w]`, P of the last frame.
            pixel: `[B,C,h,w]`, P of this one.
            last_alpha: `[N,1,H,W]`.
            difference: `[N,C,h,w]`, attention readout minus the last value.

        Returns:
            `[N,1,h,w]`.
        """
        count, size = difference.shape[0], (difference.shape[-2], difference.shape[-1])
        seen = (per_object(last_pixel, count), per_object(pixel, count), averaged(last_alpha, size), difference)
        x = F.relu(self.bn1(self.conv1x1_v2(torch.cat(seen, 1))))
        logit: Tensor = self.conv3x3_out(F.relu(self.bn2(self.conv3x3(x))))
        return logit

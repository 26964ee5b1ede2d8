"""What is remembered of an object in a frame: its value, and a summary in a few numbers."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from penumbra.network.backbone import MaskTrunk
from penumbra.network.blocks import Fuser, averaged, gated, per_object, positions
from penumbra.network.config import NetworkConfig
from penumbra.network.image_encoder import ImageFeatures


class DeepUpdate(nn.Module):
    """The sensory memory takes in a value: only on memory frames."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.transform = nn.Conv2d(config.value + config.sensory, 3 * config.sensory, 3, padding=1)

    def forward(self, value: Tensor, sensory: Tensor) -> Tensor:
        """`[N,C,h,w]` each -> the new sensory."""
        return gated(self.transform(torch.cat((value, sensory), 1)), sensory)


class MaskEncoder(MaskTrunk):
    """Image and alpha -> value."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__(config)
        self.fuser = Fuser(config.pixel, config.mask_widths[2], config.value)
        self.sensory_update = DeepUpdate(config)

    def forward(self, image: ImageFeatures, alpha: Tensor) -> Tensor:
        """`alpha` `[N,1,H,W]` -> the value `[N,C,h,w]`."""
        seen = torch.cat((per_object(image.f1, alpha.shape[0]), alpha), 1)
        value: Tensor = self.fuser(image.pixel, self.features(seen))
        return value


def mlp(channels: int, out: int) -> nn.Sequential:
    """Linear, relu, linear."""
    return nn.Sequential(nn.Linear(channels, channels), nn.ReLU(), nn.Linear(channels, out))


class ObjectSummarizer(nn.Module):
    """A value -> one weighted sum of features per query, half of them over the object and half over the rest."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.queries = config.queries
        self.input_proj = nn.Linear(config.value, config.pixel)
        self.feature_pred = mlp(config.pixel, config.pixel)
        self.weights_pred = mlp(config.pixel, config.queries)

    def forward(self, value: Tensor, alpha: Tensor) -> Tensor:
        """`value` `[N,C,h,w]`, `alpha` `[N,1,H,W]` -> `[N,Q,C+1]`: sums of features, and last the sum of weights."""
        height, width = value.shape[-2:]
        mask = averaged(alpha, (height, width)).flatten(2).transpose(1, 2)
        x = self.input_proj(value.flatten(2).transpose(1, 2))
        x = x + positions(height, width, x.shape[-1], x).flatten(1).T
        half = self.queries // 2
        shares = torch.cat((mask.expand(-1, -1, half), (1 - mask).expand(-1, -1, half)), -1)
        weights = (torch.sigmoid(self.weights_pred(x)) * shares).transpose(1, 2)
        return torch.cat((weights @ self.feature_pred(x), weights.sum(-1, keepdim=True)), -1)

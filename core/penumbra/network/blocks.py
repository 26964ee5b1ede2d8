"""Building blocks that several parts of the network share. Attribute names are those of the published checkpoint."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def per_object(features: Tensor, count: int) -> Tensor:
    """Image features `[B,C,h,w]` for `count` objects: one image is shared, and otherwise each has its own."""
    return features if features.shape[0] == count else features.expand(count, -1, -1, -1)


def averaged(picture: Tensor, size: tuple[int, int]) -> Tensor:
    """The area average of `[N,C,H,W]` at a size that divides H and W."""
    return F.avg_pool2d(picture, (picture.shape[-2] // size[0], picture.shape[-1] // size[1]))


class Pointwise(nn.Conv2d):
    """A 1x1 convolution whose bits do not depend on how many threads run it.

    As a matrix product it is as quick as the convolution on a processor, whose way of splitting the sum changes with
    the threads. Training keeps the convolution, which suits its memory format.
    """

    def __init__(self, channels: int, out: int, bias: bool = True) -> None:
        super().__init__(channels, out, 1, bias=bias)

    def forward(self, x: Tensor) -> Tensor:
        """`[N,C,H,W]` -> `[N,out,H,W]`."""
        if torch.is_grad_enabled() or x.is_cuda:
            return super().forward(x)
        y = self.weight.flatten(1) @ x.flatten(2)
        return (y if self.bias is None else y.add_(self.bias[:, None])).unflatten(2, x.shape[2:])


class ChannelAttention(nn.Module):
    """A residual block whose result is weighted per channel by a small convolution over the channels' means."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv = nn.Conv1d(1, 1, 5, padding=2, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        """`[N,C,h,w]` in and out."""
        y = self.conv2(F.relu(self.conv1(F.relu(x))))
        weight = torch.sigmoid(self.conv(y.mean((2, 3))[:, None]))
        return y * weight[:, 0, :, None, None] + x


class Distributor(nn.Module):
    """The image's features and an object's, each through its own 1x1, added."""

    def __init__(self, image: int, own: int, out: int) -> None:
        super().__init__()
        self.x_transform = Pointwise(image, out)
        self.g_transform = Pointwise(own, out)

    def forward(self, image: Tensor, own: Tensor) -> Tensor:
        """`image` `[B,C,h,w]`, `own` `[N,D,h,w]` -> `[N,out,h,w]`."""
        return per_object(self.x_transform(image), own.shape[0]) + self.g_transform(own)


class Fuser(nn.Module):
    """Brings what is known of an object together with the image's features."""

    def __init__(self, image: int, own: int, out: int) -> None:
        super().__init__()
        self.distributor = Distributor(image, own, out)
        self.block1 = ChannelAttention(out)
        self.block2 = ChannelAttention(out)

    def forward(self, image: Tensor, own: Tensor) -> Tensor:
        """`image` `[B,C,h,w]`, `own` `[N,D,h,w]` -> `[N,out,h,w]`."""
        fused: Tensor = self.block2(self.block1(self.distributor(image, own)))
        return fused


def gated(values: Tensor, sensory: Tensor) -> Tensor:
    """One step of the sensory memory, always in float32: small errors would add up over a shot.

    Args:
        values: `[N,3C,h,w]`: forget, update and new value.
        sensory: `[N,C,h,w]`.
    """
    forget, update, new = values.float().chunk(3, dim=1)
    kept = torch.sigmoid(forget) * sensory.float() * (1 - torch.sigmoid(update))
    return kept + torch.sigmoid(update) * torch.tanh(new)


POSITION_SCALE = 32.0
POSITION_TEMPERATURE = 128.0


def positions(height: int, width: int, channels: int, like: Tensor) -> Tensor:
    """The two-dimensional sinusoid `[channels,h,w]`: half of the channels from x, then half from y.

    A position i of 0..last is scaled to i / (last + 1e-6) * 32. Sine and cosine alternate.
    """
    half = channels // 2
    exponent = torch.arange(0, half, 2, device=like.device, dtype=torch.float32) / half
    frequencies = POSITION_TEMPERATURE**-exponent

    def wave(count: int) -> Tensor:
        index = torch.arange(count, device=like.device, dtype=torch.float32)
        angle = (index / (count - 1 + 1e-6) * POSITION_SCALE)[:, None] * frequencies
        return torch.stack((angle.sin(), angle.cos()), dim=-1).flatten(1)

    x = wave(width).T[:, None, :].expand(-1, height, -1)
    y = wave(height).T[:, :, None].expand(-1, -1, width)
    return torch.cat((x, y)).to(like.dtype)


class Attention(nn.Module):
    """Multi-head attention with the parameter names of `torch.nn.MultiheadAttention`."""

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.in_proj_weight = nn.Parameter(torch.empty(3 * channels, channels))
        self.in_proj_bias = nn.Parameter(torch.zeros(3 * channels))
        self.out_proj = nn.Linear(channels, channels)
        nn.init.xavier_uniform_(self.in_proj_weight)
        nn.init.zeros_(self.out_proj.bias)

    def forward(self, query: Tensor, key: Tensor, value: Tensor, allowed: Tensor | None = None) -> Tensor:
        """`query` `[N,Q,C]`, `key` and `value` `[N,K,C]` -> `[N,Q,C]`.

        Args:
            query: Who asks.
            key: What is asked.
            value: What is answered.
            allowed: `[N,1,Q,K]`, True where a query may look.
        """
        weights, biases = self.in_proj_weight.chunk(3), self.in_proj_bias.chunk(3)
        q, k, v = (
            F.linear(x, weight, bias).unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for x, weight, bias in zip((query, key, value), weights, biases, strict=True)
        )
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        if allowed is not None:
            scores = scores.masked_fill(~allowed, -torch.inf)
        answer: Tensor = self.out_proj((scores.softmax(-1) @ v).transpose(1, 2).flatten(2))
        return answer

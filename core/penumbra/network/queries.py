"""The query transformer: the object as a whole (queries) and its pixels inform each other."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from penumbra.network.blocks import Attention, ChannelAttention, Pointwise, positions
from penumbra.network.config import NetworkConfig

# Added to the sum of weights, so that a query that saw nothing is zero and not undefined.
SUMMARY_EPSILON = 1e-4


class CrossAttention(nn.Module):
    """Attention, and a norm where the queries need one."""

    def __init__(self, config: NetworkConfig, normed: bool) -> None:
        super().__init__()
        self.cross_attn = Attention(config.pixel, config.heads)
        if normed:
            self.norm = nn.LayerNorm(config.pixel)


class SelfAttention(nn.Module):
    """The queries among themselves."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.self_attn = Attention(config.pixel, config.heads)
        self.norm = nn.LayerNorm(config.pixel)


class FeedForward(nn.Module):
    """Each query by itself."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.linear1 = nn.Linear(config.pixel, config.feed_forward)
        self.linear2 = nn.Linear(config.feed_forward, config.pixel)
        self.norm = nn.LayerNorm(config.pixel)

    def forward(self, queries: Tensor) -> Tensor:
        """`[N,Q,C]` in and out."""
        return queries + cast(Tensor, self.linear2(F.relu(self.linear1(self.norm(queries)))))


class PixelFeedForward(nn.Module):
    """Each pixel with its neighbors."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.conv = ChannelAttention(config.pixel)


class TransformerBlock(nn.Module):
    """Queries read pixels, then each other; pixels read queries."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.read_from_pixel = CrossAttention(config, normed=True)
        self.self_attn = SelfAttention(config)
        self.ffn = FeedForward(config)
        self.read_from_query = CrossAttention(config, normed=False)
        self.pixel_ffn = PixelFeedForward(config)

    def forward(
        self, queries: Tensor, place: Tensor, pixels: Tensor, pixel_place: Tensor, allowed: Tensor
    ) -> tuple[Tensor, Tensor]:
        """One round.

        Args:
            queries: `[N,Q,C]`.
            place: `[N,Q,C]`, the queries' positions.
            pixels: `[N,C,h,w]`.
            pixel_place: `[N,h*w,C]`, the pixels' positions.
            allowed: `[N,1,Q,h*w]`, what each query may look at.

        Returns:
            The new queries and pixels.
        """
        x = pixels.flatten(2).transpose(1, 2)
        # Parity: the residual adds to the normalized queries, not to the queries themselves.
        normed = self.read_from_pixel.norm(queries)
        queries = normed + self.read_from_pixel.cross_attn(normed + place, x + pixel_place, x, allowed)
        normed = self.self_attn.norm(queries)
        queries = normed + self.self_attn.self_attn(normed + place, normed + place, normed)
        queries = self.ffn(queries)
        x = x + self.read_from_query.cross_attn(x + pixel_place, queries + place, queries)
        return queries, self.pixel_ffn.conv(x.transpose(1, 2).unflatten(2, pixels.shape[-2:]))


def allowed_pixels(logits: Tensor, queries: int) -> Tensor:
    """What each query may look at: the first half the foreground, the second the background.

    A query that would see nothing sees all.

    Args:
        logits: `[N,1,h,w]`, foreground from 0 up.
        queries: How many there are.

    Returns:
        `[N,1,Q,h*w]`, True where a query may look.
    """
    foreground = logits.flatten(2) >= 0
    allowed = torch.cat((foreground.expand(-1, queries // 2, -1), ~foreground.expand(-1, queries // 2, -1)), 1)
    return (allowed | ~allowed.any(-1, keepdim=True))[:, None]


class QueryTransformer(nn.Module):
    """Fused pixels and the object's summaries -> pixels that know the object as a whole."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        channels = config.pixel
        self.query_init = nn.Embedding(config.queries, channels)
        self.query_emb = nn.Embedding(config.queries, channels)
        self.summary_to_query_init = nn.Linear(channels, channels)
        self.summary_to_query_emb = nn.Linear(channels, channels)
        self.pixel_init_proj = Pointwise(channels, channels)
        self.pixel_emb_proj = Pointwise(channels, channels)
        self.blocks = nn.ModuleList(TransformerBlock(config) for _ in range(config.transformer_blocks))
        # The first entry holds the place of the relu in the checkpoint's names. The last head serves training only.
        self.mask_pred = nn.ModuleList(
            nn.Sequential(nn.ReLU(), Pointwise(channels, 1)) for _ in range(config.transformer_blocks + 1)
        )

    def forward(self, fused: Tensor, summaries: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """One object a row.

        Args:
            fused: `[N,C,h,w]`.
            summaries: `[N,Q,C+1]`, sums over the memory frames.

        Returns:
            The pixels `[N,C,h,w]`, and each block's logits `[N,1,h,w]`.
        """
        summary = summaries[..., :-1] / (summaries[..., -1:] + SUMMARY_EPSILON)
        queries = self.query_init.weight + self.summary_to_query_init(summary)
        place = self.query_emb.weight + self.summary_to_query_emb(summary)
        pixels = self.pixel_init_proj(fused)
        sinusoid = positions(fused.shape[-2], fused.shape[-1], fused.shape[1], fused)
        pixel_place = (sinusoid + self.pixel_emb_proj(fused)).flatten(2).transpose(1, 2)
        logits = []
        for index, block in enumerate(self.blocks):
            logits.append(self.mask_pred[index](pixels))
            allowed = allowed_pixels(logits[-1], queries.shape[1])
            queries, pixels = block(queries, place, pixels, pixel_place, allowed)
        return pixels, tuple(logits)

    def last_logits(self, pixels: Tensor) -> Tensor:
        """The last head's logits `[N,1,h,w]`, which only training asks for."""
        logits: Tensor = self.mask_pred[-1](pixels)
        return logits

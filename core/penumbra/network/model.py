"""The whole network, assembled: pure functions of tensors. It knows no files, no frames and no memory.

Shapes: `B` images, `N` objects (N = B in training, B = 1 in a shot), `H W` in pixels, `h w` at stride 16.
The names of the parts are those of the published checkpoint, its spelling included.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from penumbra.network.backbone import PixelEncoder
from penumbra.network.blocks import Fuser, Pointwise, averaged
from penumbra.network.change import ChangeProbability
from penumbra.network.config import NetworkConfig
from penumbra.network.decoder import Decoded, MaskDecoder
from penumbra.network.image_encoder import ImageFeatures, ImageNormalization, KeyProjection, encode_image
from penumbra.network.mask_encoder import MaskEncoder, ObjectSummarizer
from penumbra.network.queries import QueryTransformer

STRIDE = 16


class PixelFuser(nn.Module):
    """What memory says of a place, with the sensory memory, the last alpha and the image."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.sensory_compress = Pointwise(config.sensory + 1, config.value)
        self.fuser = Fuser(config.pixel, config.value, config.pixel)

    def forward(self, image: ImageFeatures, readout: Tensor, sensory: Tensor, last_alpha: Tensor) -> Tensor:
        """`[N,C,h,w]` from `readout` and `sensory` `[N,C,h,w]` and `last_alpha` `[N,1,H,W]`."""
        felt = torch.cat((sensory, averaged(last_alpha, image.grid)), 1)
        fused: Tensor = self.fuser(image.pixel, readout + self.sensory_compress(felt))
        return fused


class SensoryHead(nn.Module):
    """A guess of the alpha at stride 16 from the sensory memory alone, so that training keeps it meaningful."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.projection = Pointwise(config.sensory, config.pixel + 1)

    def forward(self, pixel: Tensor, sensory: Tensor) -> Tensor:
        """`pixel` and `sensory` `[N,C,h,w]` -> a logit `[N,1,h,w]`."""
        projected = self.projection(sensory)
        return (pixel * projected[:, :-1]).sum(1, keepdim=True) + projected[:, -1:]


class AuxiliaryHeads(nn.Module):
    """What serves training only."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.sensory_aux = SensoryHead(config)


class Network(nn.Module):
    """The network of MatAnyone (CVPR 2025), in the widths and depths of `config`."""

    def __init__(self, config: NetworkConfig) -> None:
        super().__init__()
        self.config = config
        self.normalization = ImageNormalization()
        self.pixel_encoder = PixelEncoder(config)
        self.pix_feat_proj = Pointwise(config.f16, config.pixel)
        self.key_proj = KeyProjection(config)
        self.mask_encoder = MaskEncoder(config)
        self.object_summarizer = ObjectSummarizer(config)
        self.pixel_fuser = PixelFuser(config)
        self.object_transformer = QueryTransformer(config)
        self.mask_decoder = MaskDecoder(config)
        self.temp_sparity = ChangeProbability(config)
        self.aux_computer = AuxiliaryHeads(config)

    def encode_image(self, image: Tensor) -> ImageFeatures:
        """`image` `[B,3,H,W]`, 0..1 sRGB, H and W multiples of 16."""
        return encode_image(image, self.normalization, self.pixel_encoder, self.pix_feat_proj, self.key_proj)

    def encode_mask(self, image: ImageFeatures, alpha: Tensor) -> Tensor:
        """`alpha` `[N,1,H,W]`, 0..1 -> the value `[N,C,h,w]`."""
        value: Tensor = self.mask_encoder(image, alpha)
        return value

    def deep_update(self, value: Tensor, sensory: Tensor) -> Tensor:
        """The sensory memory `[N,C,h,w]` after a memory frame with this value."""
        updated: Tensor = self.mask_encoder.sensory_update(value, sensory)
        return updated

    def summarize(self, value: Tensor, alpha: Tensor) -> Tensor:
        """`[N,Q,C+1]`: what to add to the object's summaries on a memory frame."""
        summaries: Tensor = self.object_summarizer(value, alpha)
        return summaries

    def change_logit(self, last_pixel: Tensor, pixel: Tensor, last_alpha: Tensor, difference: Tensor) -> Tensor:
        """`[N,1,h,w]`: see `ChangeProbability`."""
        logit: Tensor = self.temp_sparity(last_pixel, pixel, last_alpha, difference)
        return logit

    def fuse(self, image: ImageFeatures, readout: Tensor, sensory: Tensor, last_alpha: Tensor) -> Tensor:
        """`[N,C,h,w]`: see `PixelFuser`."""
        fused: Tensor = self.pixel_fuser(image, readout, sensory, last_alpha)
        return fused

    def read_queries(self, fused: Tensor, summaries: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The pixels `[N,C,h,w]` and each block's logits: see `QueryTransformer`."""
        pixels, logits = self.object_transformer(fused, summaries)
        return pixels, logits

    def decode(self, image: ImageFeatures, pixels: Tensor, sensory: Tensor, last_alpha: Tensor) -> Decoded:
        """The alpha of this frame: see `MaskDecoder`."""
        decoded: Decoded = self.mask_decoder(image, pixels, sensory, last_alpha)
        return decoded

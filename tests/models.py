"""Models for tests: the published network with seeded weights, and a tiny one with weights of a seed."""

from pathlib import Path

import numpy as np
import torch

from penumbra.network import ModelCard, Network, NetworkConfig, save_weights
from tests.reference.seeded_weights import seeded_state_dict

TINY = NetworkConfig(
    stem=8, encoder_widths=(4, 8, 8), encoder_blocks=(1, 1, 1), mask_stem=8, mask_widths=(8, 8, 16),
    mask_blocks=(1, 1, 1), pixel=16, key=8, value=16, sensory=8, queries=4, heads=2, transformer_blocks=1,
    feed_forward=16, decoder=(16, 8, 8, 8, 8), change=(8, 8), detail_sees_alpha=True,
)  # fmt: skip


def save_tiny(path: Path, seed: int = 0) -> Path:
    """A tiny network whose alphas are neither 0 nor 1 everywhere, and follow the mask and the plate."""
    shapes = {name: list(tensor.shape) for name, tensor in Network(TINY).state_dict().items()}
    tensors = {name: torch.from_numpy(np.array(array)) for name, array in seeded_state_dict(shapes, seed).items()}
    # Louder where the mask comes in and the alpha goes out: which mask was given must show for many frames.
    tensors["mask_decoder.pred_mat.weight"] *= 10
    tensors["mask_decoder.decoder_feat_proc.transforms.3.weight"][:, 3] *= 4
    card = ModelCard(TINY, license="Apache-2.0", commercial=True, made="random weights for tests")
    save_weights(path, tensors, card)
    return path

"""The reference outputs of the published network, and what makes their inputs."""

import json
from pathlib import Path

import numpy as np
import torch

from penumbra.network import ModelCard, save_weights
from tests.reference.seeded_clip import seeded_clip
from tests.reference.seeded_weights import seeded_state_dict

__all__ = ["CLIP_TOLERANCE", "STAGE_TOLERANCE", "reference", "save_seeded", "seeded_clip", "seeded_tensors", "view"]

FOLDER = Path(__file__).parent / "reference"
# Float32 on two CPUs' kernels differs by 2e-6 over a clip; a single stage's values are larger than alphas.
CLIP_TOLERANCE = 1e-5
STAGE_TOLERANCE = 1e-4


def reference(name: str) -> dict[str, np.ndarray]:
    with np.load(FOLDER / f"{name}.npz") as file:
        return dict(file)


def seeded_tensors(seed: int) -> dict[str, torch.Tensor]:
    manifest = json.loads((FOLDER / "matanyone_manifest.json").read_text())
    return {name: torch.from_numpy(np.array(array)) for name, array in seeded_state_dict(manifest, seed).items()}


def save_seeded(path: Path, seed: int) -> Path:
    save_weights(path, seeded_tensors(seed), ModelCard())
    return path


def view(frame_HW3: np.ndarray) -> np.ndarray:
    """An 8-bit sRGB frame as the network is shown it."""
    return (frame_HW3.astype(np.float32) / 255).transpose(2, 0, 1)

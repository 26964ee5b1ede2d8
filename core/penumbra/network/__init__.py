"""Pure modules: tensors in, tensors out. This room knows no files but model files, no frames, no memory."""

from penumbra.network.config import PUBLISHED, NetworkConfig
from penumbra.network.decoder import Decoded
from penumbra.network.image_encoder import ImageFeatures
from penumbra.network.model import STRIDE, Network
from penumbra.network.weights import Model, ModelCard, load_weights, save_weights

__all__ = [
    "PUBLISHED",
    "STRIDE",
    "Decoded",
    "ImageFeatures",
    "Model",
    "ModelCard",
    "Network",
    "NetworkConfig",
    "load_weights",
    "save_weights",
]

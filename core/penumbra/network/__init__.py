"""Pure modules: tensors in, tensors out. This room knows no files but model files, no frames, no memory."""

from penumbra.network.blocks import averaged
from penumbra.network.config import PUBLISHED, NetworkConfig
from penumbra.network.decoder import Decoded, MaskDecoder
from penumbra.network.image_encoder import ImageFeatures
from penumbra.network.model import STRIDE, Network
from penumbra.network.registry import LICENSE_SUMMARY, Listed, add_model, listed, load_model, model_path, remove_model
from penumbra.network.weights import PUBLISHED_WARMUP, Model, ModelCard, save_weights

__all__ = [
    "LICENSE_SUMMARY",
    "PUBLISHED",
    "PUBLISHED_WARMUP",
    "STRIDE",
    "Decoded",
    "ImageFeatures",
    "Listed",
    "MaskDecoder",
    "Model",
    "ModelCard",
    "Network",
    "NetworkConfig",
    "add_model",
    "averaged",
    "listed",
    "load_model",
    "model_path",
    "remove_model",
    "save_weights",
]

"""What a file is: for `penumbra info`, and for any door that wants to show it."""

from penumbra.engine.info.look import ConfigInfo, LayerInfo, ModelInfo, PartInfo, PictureInfo, look_at
from penumbra.engine.info.picture import draw_info
from penumbra.engine.info.sequence import SequenceInfo
from penumbra.engine.info.shot import ShotInfo

__all__ = [
    "ConfigInfo",
    "LayerInfo",
    "ModelInfo",
    "PartInfo",
    "PictureInfo",
    "SequenceInfo",
    "ShotInfo",
    "draw_info",
    "look_at",
]

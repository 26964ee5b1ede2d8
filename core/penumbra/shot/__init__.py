"""The whole order, as data. Standard library only, for this room also runs inside Nuke's own Python."""

from penumbra.shot.delivery import CHANNELS, COMPRESSIONS, PIXEL_TYPES, Delivery
from penumbra.shot.frames import FrameRange, in_ranges, named
from penumbra.shot.key_frame import KeyFrame
from penumbra.shot.pattern import FramePattern
from penumbra.shot.settings import DEFAULT_MODEL, Settings
from penumbra.shot.shot import Shot

__all__ = [
    "CHANNELS",
    "COMPRESSIONS",
    "DEFAULT_MODEL",
    "PIXEL_TYPES",
    "Delivery",
    "FramePattern",
    "FrameRange",
    "KeyFrame",
    "Settings",
    "Shot",
    "in_ranges",
    "named",
]

"""The whole order, as data. Standard library only, for this room also runs inside Nuke's own Python."""

from penumbra.shot.delivery import CHANNELS, COMPRESSIONS, LOSSY, PIXEL_TYPES, WINDOWS, Delivery
from penumbra.shot.finish import FOREGROUNDS, Finish
from penumbra.shot.frames import FrameRange, in_ranges, named
from penumbra.shot.key_frame import KeyFrame
from penumbra.shot.pattern import FramePattern, with_view
from penumbra.shot.settings import DEFAULT_MODEL, EDGES, Settings
from penumbra.shot.shot import Shot

__all__ = [
    "CHANNELS",
    "COMPRESSIONS",
    "DEFAULT_MODEL",
    "EDGES",
    "FOREGROUNDS",
    "LOSSY",
    "PIXEL_TYPES",
    "WINDOWS",
    "Delivery",
    "Finish",
    "FramePattern",
    "FrameRange",
    "KeyFrame",
    "Settings",
    "Shot",
    "in_ranges",
    "named",
    "with_view",
]

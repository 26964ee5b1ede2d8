"""The whole order, as data. Standard library only, for this room also runs inside Nuke's own Python."""

from penumbra.shot.delivery import CHANNELS, COMPRESSIONS, LOSSY, PIXEL_TYPES, WINDOWS, Delivery
from penumbra.shot.finish import FOREGROUNDS, Finish
from penumbra.shot.frames import FrameRange, in_ranges, named, parse_frames
from penumbra.shot.key_frame import APPROVED, GUIDE, KeyFrame, parse_key_frames
from penumbra.shot.pattern import FramePattern, with_view
from penumbra.shot.presence import Presence
from penumbra.shot.settings import DEFAULT_MODEL, DIRECTIONS, EDGES, Settings
from penumbra.shot.shot import Shot

__all__ = [
    "APPROVED",
    "CHANNELS",
    "COMPRESSIONS",
    "DEFAULT_MODEL",
    "DIRECTIONS",
    "EDGES",
    "FOREGROUNDS",
    "GUIDE",
    "LOSSY",
    "PIXEL_TYPES",
    "WINDOWS",
    "Delivery",
    "Finish",
    "FramePattern",
    "FrameRange",
    "KeyFrame",
    "Presence",
    "Settings",
    "Shot",
    "in_ranges",
    "named",
    "parse_frames",
    "parse_key_frames",
    "with_view",
]

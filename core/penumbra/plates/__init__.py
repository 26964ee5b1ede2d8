"""Plates and masks: from numbered files to frames."""

from penumbra.plates.channels import Channel, Unclear, channels_of
from penumbra.plates.cuts import cut_places
from penumbra.plates.mask import Mask, read_mask
from penumbra.plates.read_ahead import ReadAhead
from penumbra.plates.selection import Color, Selection, chosen
from penumbra.plates.sequence import ImageSequence
from penumbra.plates.source import PlateSource

__all__ = [
    "Channel",
    "Color",
    "ImageSequence",
    "Mask",
    "PlateSource",
    "ReadAhead",
    "Selection",
    "Unclear",
    "channels_of",
    "chosen",
    "cut_places",
    "read_mask",
]

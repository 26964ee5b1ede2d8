"""Plates and masks: from numbered files to frames."""

from penumbra.plates.colorspace import default_colorspace
from penumbra.plates.mask import read_mask
from penumbra.plates.read_ahead import ReadAhead
from penumbra.plates.sequence import ImageSequence
from penumbra.plates.source import PlateSource

__all__ = ["ImageSequence", "PlateSource", "ReadAhead", "default_colorspace", "read_mask"]

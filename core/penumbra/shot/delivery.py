"""How mattes become files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penumbra.errors import InputError
from penumbra.shot import fields
from penumbra.shot.pattern import FramePattern

CHANNELS = ("rgba", "alpha")
PIXEL_TYPES = ("half", "float")
COMPRESSIONS = ("none", "zip", "zips", "piz", "dwaa", "dwab")


@dataclass(frozen=True)
class Delivery:
    """What is written, and where.

    Attributes:
        out: The pattern of the mattes' names, `matte.####.exr`. Its text is accepted.
        channels: `rgba`, premultiplied, or `alpha` alone.
        pixel_type: `half` or `float`.
        compression: One of `COMPRESSIONS`.
    """

    out: Path
    channels: str = "rgba"
    pixel_type: str = "half"
    compression: str = "zip"

    def __post_init__(self) -> None:
        """Check every field."""
        out = fields.path("delivery.out", self.out)
        object.__setattr__(self, "out", out)
        if out.suffix.lower() != ".exr":
            raise InputError(f"delivery.out is {out}, but mattes are EXR files.", "End its name with .exr.")
        if not FramePattern.fits(out):
            raise InputError(
                f"delivery.out is {out}, in which every frame would have the same name.",
                f"Write {out.with_name(out.stem + '.####.exr')}.",
            )
        FramePattern.parse(out)
        fields.one_of("delivery.channels", self.channels, CHANNELS)
        fields.one_of("delivery.pixel_type", self.pixel_type, PIXEL_TYPES)
        fields.one_of("delivery.compression", self.compression, COMPRESSIONS)

    def path(self, frame: int) -> Path:
        """The matte's file of one frame."""
        return FramePattern.parse(self.out).path(frame)

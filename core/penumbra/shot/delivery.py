"""How mattes become files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from penumbra.errors import InputError
from penumbra.shot import fields
from penumbra.shot.pattern import FramePattern

CHANNELS = ("rgba", "alpha", "packed", "cryptomatte")
PIXEL_TYPES = ("half", "float")
COMPRESSIONS = ("none", "zip", "zips", "piz", "dwaa", "dwab")
# These two change values a little, and take a level after a colon: dwaa:45.
LOSSY = ("dwaa", "dwab")
# They treat R, G, B as a color, and these are none.
EXACT = {"cryptomatte": "the numbers of a Cryptomatte", "packed": "the alphas of packed mattes"}
WINDOWS = ("display", "data", "auto")


@dataclass(frozen=True)
class Delivery:
    """What is written, and where.

    Attributes:
        out: The pattern of the mattes' names, `matte.####.exr`. Its text is accepted.
        channels: `rgba`, premultiplied; `alpha` alone; `packed`, up to four objects' alphas as R, G, B, A; or
            `cryptomatte`.
        pixel_type: `half` or `float`.
        compression: One of `COMPRESSIONS`; `dwaa` and `dwab` may have a level, as `dwaa:45`.
        window: Where the mattes' pixels lie: in the plate's `display` window, in its `data` window, or in a box
            around the matte (`auto`).
    """

    out: Path
    channels: str = "rgba"
    pixel_type: str = "half"
    compression: str = "zip"
    window: str = "display"

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
        fields.one_of("delivery.window", self.window, WINDOWS)
        fields.text("delivery.compression", self.compression)
        method, colon, level = self.compression.partition(":")
        fields.one_of("delivery.compression", method, COMPRESSIONS)
        if colon and (method not in LOSSY or not re.fullmatch(r"[1-9][0-9]{0,3}", level)):
            raise InputError(
                f"delivery.compression is {self.compression}: only {' and '.join(LOSSY)} have a level, from 1 to 9999.",
                "Write dwaa:45, and more for smaller files.",
            )
        if method in LOSSY and self.channels in EXACT:
            raise InputError(
                f"delivery.compression is {self.compression}, which would change {EXACT[self.channels]}.",
                "Use zip, zips, piz or none.",
            )

    @property
    def compression_method(self) -> str:
        """The compression without its level."""
        return self.compression.partition(":")[0]

    def path(self, frame: int) -> Path:
        """The matte's file of one frame."""
        return FramePattern.parse(self.out).path(frame)

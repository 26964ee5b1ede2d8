"""How mattes become files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from penumbra.errors import InputError
from penumbra.shot.fields import Like, OneOf, check, of_field
from penumbra.shot.pattern import FramePattern

CHANNELS = ("rgba", "alpha", "packed", "cryptomatte")
PIXEL_TYPES = ("half", "float")
COMPRESSIONS = ("none", "zip", "zips", "piz", "dwaa", "dwab")
# These two change values a little, and take a level after a colon: dwaa:45.
LOSSY = ("dwaa", "dwab")
# They treat R, G, B as a color, and these are none.
COMPRESSION = Like(
    f"({'|'.join(COMPRESSIONS)})|({'|'.join(LOSSY)}):[1-9][0-9]{{0,3}}",
    f"one of {', '.join(COMPRESSIONS)}; only {' and '.join(LOSSY)} have a level, from 1 to 9999, as dwaa:45",
)
EXACT = {"cryptomatte": "the numbers of a Cryptomatte", "packed": "the alphas of packed mattes"}
WINDOWS = ("display", "data", "auto")


@dataclass(frozen=True)
class Delivery:
    """What is written, and where.

    Attributes:
        out: The pattern of the mattes' names, `matte.####.exr`.
        channels: `rgba`, premultiplied; `alpha` alone; `packed`, up to four objects' alphas as R, G, B, A; or
            `cryptomatte`.
        pixel_type: 16-bit `half` or 32-bit `float`.
        compression: Of the EXR files. `dwaa` and `dwab` change values a little, the more, the higher their level.
        window: Where the mattes' pixels lie: in the plate's `display` window, in its `data` window, or in a box
            around the matte (`auto`).
    """

    out: Path
    channels: Annotated[str, OneOf(CHANNELS)] = "rgba"
    pixel_type: Annotated[str, OneOf(PIXEL_TYPES)] = "half"
    compression: Annotated[str, COMPRESSION] = "zip"
    window: Annotated[str, OneOf(WINDOWS)] = "display"

    def __post_init__(self) -> None:
        """Check every field, also against each other."""
        check(self, "delivery.{}")
        with of_field("out"):
            _check_out(self.out)
        if self.compression_method in LOSSY and self.channels in EXACT:
            raise InputError(
                f"delivery.compression is {self.compression}, which would change {EXACT[self.channels]}.",
                "Use zip, zips, piz or none.",
                field=("compression",),
            )

    @property
    def compression_method(self) -> str:
        """The compression without its level."""
        return self.compression.partition(":")[0]

    def path(self, frame: int) -> Path:
        """The matte's file of one frame."""
        return FramePattern.parse(self.out).path(frame)


def _check_out(out: Path) -> None:
    if out.suffix.lower() != ".exr":
        raise InputError(f"delivery.out is {out}, but mattes are EXR files.", "End its name with .exr.")
    if not FramePattern.fits(out):
        raise InputError(
            f"delivery.out is {out}, in which every frame would have the same name.",
            f"Write {out.with_name(out.stem + '.####.exr')}.",
        )
    FramePattern.parse(out)

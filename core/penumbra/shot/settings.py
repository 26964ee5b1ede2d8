"""Settings that change pixels. They are in the shot and never guessed from the machine."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from penumbra.errors import InputError
from penumbra.shot import fields

DEFAULT_MODEL = "penumbra-seed"
EDGES = ("guided", "bilinear")

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Settings:
    """How the plate is read and the alpha made.

    Attributes:
        model: A registered model's name, or a model's file.
        warmup: How often the key frame is repeated before the shot is followed; None means as the model was made for.
        process_size: The short side, in pixels, of what the network sees. A smaller plate is not enlarged.
        roi: The region that the network sees: `none`, all of it; `mask`, where the subject is; or `x0,y0,x1,y1` in
            pixels from the display window's top left corner, x1 and y1 not included.
        edges: How the alpha comes back to the plate's size: `guided` by the plate, or plainly `bilinear`.
        colorspace: The plate's color space by name; None lets the file decide.
        colorspace_reason: Why it is that one, for people to read; changes nothing.
        working_space: The scene-linear space that is delivered; None means the plate's own, or as its kind asks for.
        ocio: An OpenColorIO configuration: a file, or `ocio://` and a name; None means $OCIO, else the built-in one.
        exposure: Stops by which the network sees the plate brighter; `auto` is measured on the key frame.
        layer: The plate's layer; None means the plain R, G, B, or the only one.
        part: The plate's part, by name or number; None means the first that fits.
        view: The view of a stereo plate, as `left`.
    """

    model: str = DEFAULT_MODEL
    warmup: int | None = None
    process_size: int = 1080
    roi: str = "none"
    edges: str = "guided"
    colorspace: str | None = None
    colorspace_reason: str | None = None
    working_space: str | None = None
    ocio: str | None = None
    exposure: float | Literal["auto"] = 0.0
    layer: str | None = None
    part: str | None = None
    view: str | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        fields.text("settings.model", self.model)
        if self.warmup is not None:
            fields.whole_number("settings.warmup", self.warmup, 0, 100)
        fields.whole_number("settings.process_size", self.process_size, 16, 8192)
        fields.one_of("settings.edges", self.edges, EDGES)
        part: object = self.part
        if isinstance(part, int):  # as a person writes it in a shot file
            object.__setattr__(self, "part", str(part))
        for name in ("colorspace", "colorspace_reason", "working_space", "ocio", "layer", "part", "view"):
            if getattr(self, name) is not None:
                fields.text(f"settings.{name}", getattr(self, name))
        if self.exposure != "auto":
            fields.number("settings.exposure", self.exposure, -30, 30, or_else="auto")
            object.__setattr__(self, "exposure", float(self.exposure))
        if self.roi not in ("none", "mask"):
            _box(self.roi)

    @property
    def roi_box(self) -> Box | None:
        """x0, y0, x1, y1 where `roi` says them."""
        return None if self.roi in ("none", "mask") else _box(self.roi)


def _box(text: object) -> Box:
    number = r"\s*(-?\d+)\s*"
    found = re.fullmatch(",".join([number] * 4), text) if isinstance(text, str) else None
    if not found:
        raise InputError(f"settings.roi must be none, mask, or x0,y0,x1,y1 in whole pixels, not {text!r}.")
    x0, y0, x1, y1 = map(int, found.groups())
    if x1 <= x0 or y1 <= y0:
        raise InputError(f"settings.roi is {text}, which holds no pixel.", "x1 and y1 must be larger than x0 and y0.")
    return x0, y0, x1, y1

"""Settings that change pixels. They are in the shot and never guessed from the machine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from penumbra.errors import InputError
from penumbra.shot.fields import Like, OneOf, Rule, Within, check

DEFAULT_MODEL = "penumbra-seed"
EDGES = ("guided", "bilinear")
DIRECTIONS = ("both", "forward", "backward")
ROI = Like(
    ",".join([r"\s*-?[0-9]{1,9}\s*"] * 4) + "|none|mask",
    "none, mask, or x0,y0,x1,y1 in whole pixels",
)

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
        direction: Where the frames between two key frames are made from: the earlier one (`forward`), the later one
            (`backward`), or `both`, blended.
        across_cuts: Whether a cut in the plate is followed like any other motion.
        edges: How the alpha comes back to the plate's size: `guided` by the plate, or plainly `bilinear`.
        colorspace: The plate's color space by name; None lets the file decide.
        colorspace_reason: Why it is that one, for people to read; changes nothing.
        working_space: The scene-linear space that is delivered; None means the plate's own, or as its kind asks for.
        ocio: An OpenColorIO configuration: a file, or `ocio://` and a name; None means $OCIO, else the built-in one.
        exposure: Stops by which the network sees the plate brighter; `auto` is measured on the first key frame.
        layer: The plate's layer; None means the plain R, G, B, or the only one.
        part: The plate's part, by name or number; None means the first that fits.
        view: The view of a stereo plate, as `left`.
    """

    model: str = DEFAULT_MODEL
    warmup: Annotated[int, Within(0, 100)] | None = None
    process_size: Annotated[int, Within(16, 8192)] = 1080
    roi: Annotated[str, ROI] = "none"
    direction: Annotated[str, OneOf(DIRECTIONS)] = "both"
    across_cuts: bool = False
    edges: Annotated[str, OneOf(EDGES)] = "guided"
    colorspace: str | None = None
    colorspace_reason: str | None = None
    working_space: str | None = None
    ocio: str | None = None
    exposure: Annotated[float, Within(-30, 30)] | Literal["auto"] = 0.0
    layer: str | None = None
    part: str | None = None
    view: str | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        if Rule(int).allows(self.part):  # as a person writes it in a shot file
            object.__setattr__(self, "part", str(Rule(int).checked("settings.part", self.part)))
        check(self, "settings.{}")
        if (box := self.roi_box) is not None and (box[2] <= box[0] or box[3] <= box[1]):
            raise InputError(
                f"settings.roi is {self.roi}, which holds no pixel.",
                "x1 and y1 must be larger than x0 and y0.",
                field=("roi",),
            )

    @property
    def roi_box(self) -> Box | None:
        """x0, y0, x1, y1 where `roi` says them."""
        if self.roi in ("none", "mask"):
            return None
        x0, y0, x1, y1 = map(int, self.roi.split(","))
        return x0, y0, x1, y1

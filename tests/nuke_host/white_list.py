"""The node classes that the fake knows, each with the knobs that Penumbra or its tests use; written by hand.

What is not here does not exist: a plugin that needs more adds it here, with its default looked up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.nuke_host.knob_tables import COPY, IMAGE, MIX, READ, ROOT, WRITE, Knobs
from tests.nuke_host.knobs.arrays import (
    AColor_Knob,
    BBox_Knob,
    Boolean_Knob,
    Double_Knob,
    Int_Knob,
)
from tests.nuke_host.knobs.choices import Channel_Knob, ChannelMask_Knob, Enumeration_Knob, Format_Knob
from tests.nuke_host.knobs.texts import (
    MultilineString,
    NameKnob,
    String_Knob,
)


@dataclass(frozen=True)
class NodeClass:
    """`inputs` is how many can be connected, `source` that none is needed."""

    knobs: Knobs = ()
    inputs: int = 1
    source: bool = False


CLASSES: dict[str, NodeClass] = {
    "Root": NodeClass(ROOT, 0),
    "Group": NodeClass(
        # The last three are there for their names: nobody else's knob can have them.
        (
            *IMAGE,
            ("lock_connections", Boolean_Knob, False),
            ("window", String_Knob, ""),
            ("mapsize", String_Knob, ""),
            ("rootNodeUpdated", MultilineString, ""),
        ),
        0,
    ),
    "Input": NodeClass((("number", Int_Knob, 0),), 0, source=True),
    "Output": NodeClass((), 1),
    "Read": NodeClass((*READ, *IMAGE), 0, source=True),
    "Write": NodeClass((*WRITE, *IMAGE), 1),
    "Copy": NodeClass((*COPY, ("channels", ChannelMask_Knob, "none"), *MIX, *IMAGE), 3),
    "Premult": NodeClass(
        (
            ("channels", ChannelMask_Knob, "rgb"),
            ("alpha", Channel_Knob, "rgba.alpha"),
            ("invert", Boolean_Knob, False),
            *IMAGE,
        )
    ),
    "Unpremult": NodeClass(
        (
            ("channels", ChannelMask_Knob, "rgb"),
            ("alpha", Channel_Knob, "rgba.alpha"),
            ("invert", Boolean_Knob, False),
            *IMAGE,
        )
    ),
    "Merge2": NodeClass(
        (("operation", Enumeration_Knob, ["over", "under", "plus", "multiply", "mask", "stencil"]), *MIX, *IMAGE), 3
    ),
    "Keymix": NodeClass(
        (
            ("channels", ChannelMask_Knob, "all"),
            ("maskChannel", Channel_Knob, "rgba.alpha"),
            ("invertMask", Boolean_Knob, False),
            *MIX,
            *IMAGE,
        ),
        3,
    ),
    "Constant": NodeClass(
        (
            ("channels", ChannelMask_Knob, "rgba"),
            ("color", AColor_Knob, 0),
            ("format", Format_Knob, "2K_Super_35(full-ap)"),
            ("first", Int_Knob, 1),
            ("last", Int_Knob, 1),
            *IMAGE,
        ),
        1,
        source=True,
    ),
    "Switch": NodeClass((("which", Double_Knob, 0), *IMAGE), 100),
    "Dot": NodeClass((), 1),
    "NoOp": NodeClass(IMAGE, 1),
    "Roto": NodeClass(
        (
            ("curves", MultilineString, ""),
            ("output", ChannelMask_Knob, "alpha"),
            ("premultiply", ChannelMask_Knob, "none"),
            ("cliptype", Enumeration_Knob, ["no clip", "bbox", "format"], 2),
            ("opacity", Double_Knob, 1),
            *IMAGE,
        ),
        5,
        source=True,
    ),
    "Crop": NodeClass(
        (
            ("box", BBox_Knob, 0),
            ("softness", Double_Knob, 0),
            ("reformat", Boolean_Knob, False),
            ("intersect", Boolean_Knob, False),
            ("crop", Boolean_Knob, True),
            *IMAGE,
        )
    ),
    "Reformat": NodeClass(
        (
            ("type", Enumeration_Knob, ["to format", "to box", "scale"]),
            ("format", Format_Knob, "2K_Super_35(full-ap)"),
            ("resize", Enumeration_Knob, ["none", "width", "height", "fit", "fill", "distort"], 1),
            ("center", Boolean_Knob, True),
            ("filter", Enumeration_Knob, ["Impulse", "Cubic", "Lanczos4"], 1),
            ("black_outside", Boolean_Knob, False),
            *IMAGE,
        )
    ),
    "Grade": NodeClass(
        (
            ("channels", ChannelMask_Knob, "rgb"),
            ("white", AColor_Knob, 1),
            ("multiply", AColor_Knob, 1),
            ("add", AColor_Knob, 0),
            *IMAGE,
        ),
        2,
    ),
    "TimeOffset": NodeClass((("time_offset", Int_Knob, 0), ("reverse_input", Boolean_Knob, False), *IMAGE)),
    "Viewer": NodeClass(
        (("viewerProcess", String_Knob, ""), ("frame_range", String_Knob, ""), ("viewerInputOrder", String_Knob, "")),
        10,
    ),
    "BackdropNode": NodeClass(
        (("bdwidth", Double_Knob, 80), ("bdheight", Double_Knob, 80), ("z_order", Double_Knob, 0)),
        0,
        source=True,
    ),
    "StickyNote": NodeClass((), 0, source=True),
}
CLASSES["RotoPaint"] = CLASSES["Roto"]


def knobs_of(specs: Knobs) -> dict[str, Any]:
    """Fresh knobs, each at its default."""
    made = {}
    for name, kind, start, *index in specs:
        if isinstance(start, list):
            knob = kind(name, None, start)
            if index:
                knob._read(start[index[0]])
        elif kind is Format_Knob:
            knob = kind(name, None, start)
        else:
            knob = kind(name)
            _put(knob, start)
        knob._default = knob._script()
        made[name] = knob
    return made


def _put(knob: Any, start: Any) -> None:
    if isinstance(knob, NameKnob):
        return
    knob._read(str(start).lower() if isinstance(start, bool) else str(start))

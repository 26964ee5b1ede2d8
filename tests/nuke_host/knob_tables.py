"""Knobs that several classes share, or that one has many of: (name, class, default or menu); by hand (facts 4-7)."""

from __future__ import annotations

from typing import Any

from tests.nuke_host.knobs.arrays import (
    Boolean_Knob,
    ColorChip_Knob,
    Disable_Knob,
    Double_Knob,
    Int_Knob,
)
from tests.nuke_host.knobs.choices import Channel_Knob, ChannelMask_Knob, Enumeration_Knob, Format_Knob, MultiView_Knob
from tests.nuke_host.knobs.texts import (
    EvalString_Knob,
    File_Knob,
    Multiline_Eval_String_Knob,
    MultilineString,
    NameKnob,
    Script_Knob,
    String_Knob,
)

Knobs = tuple[tuple[Any, ...], ...]


EVERY: Knobs = (
    ("name", NameKnob, ""),
    ("label", Multiline_Eval_String_Knob, ""),
    ("note_font", String_Knob, "Verdana"),
    ("note_font_size", Double_Knob, 11),
    ("note_font_color", ColorChip_Knob, 0),
    ("tile_color", ColorChip_Knob, 0),
    ("gl_color", ColorChip_Knob, 0),
    ("selected", Boolean_Knob, False),
    ("hide_input", Boolean_Knob, False),
    ("xpos", Int_Knob, 0),
    ("ypos", Int_Knob, 0),
    ("icon", File_Knob, ""),
    ("help", MultilineString, ""),
    ("onCreate", MultilineString, ""),
    ("onDestroy", MultilineString, ""),
    ("knobChanged", MultilineString, ""),
    ("updateUI", MultilineString, ""),
    ("autolabel", MultilineString, ""),
)

IMAGE: Knobs = (
    ("disable", Disable_Knob, False),
    ("cached", Boolean_Knob, False),
    ("dope_sheet", Boolean_Knob, False),
    ("postage_stamp", Boolean_Knob, False),
    ("useLifetime", Boolean_Knob, False),
    ("lifetimeStart", Int_Knob, 0),
    ("lifetimeEnd", Int_Knob, 0),
)

SPACES = ["default", "linear", "sRGB", "rec709", "Cineon", "Gamma2.2", "scene_linear", "ACES - ACEScg", "raw"]
_OUTSIDE = ["hold", "loop", "bounce", "black"]
_FRAME_MODE = ["expression", "start at", "offset"]

READ: Knobs = (
    ("file", File_Knob, ""),
    ("format", Format_Knob, "2K_Super_35(full-ap)"),
    ("proxy", File_Knob, ""),
    ("file_type", Enumeration_Knob, ["", "exr", "dpx", "jpeg", "png", "tiff"]),
    ("first", Int_Knob, 1),
    ("last", Int_Knob, 1),
    ("before", Enumeration_Knob, _OUTSIDE),
    ("after", Enumeration_Knob, _OUTSIDE),
    ("frame_mode", Enumeration_Knob, _FRAME_MODE),
    ("frame", EvalString_Knob, ""),
    ("origfirst", Int_Knob, 1),
    ("origlast", Int_Knob, 1),
    ("origset", Boolean_Knob, False),
    ("on_error", Enumeration_Knob, ["error", "black", "checkerboard", "nearest frame"]),
    ("localizationPolicy", Enumeration_Knob, ["on", "fromAutoLocalizePath", "onDemand", "off"], 1),
    ("reload", Script_Knob, ""),
    ("version", Int_Knob, 0),
    ("auto_alpha", Boolean_Knob, False),
    ("premultiplied", Boolean_Knob, False),
    ("colorspace", Enumeration_Knob, SPACES),
    ("raw", Boolean_Knob, False),
)

WRITE: Knobs = (
    ("channels", ChannelMask_Knob, "rgb"),
    ("file", File_Knob, ""),
    ("proxy", File_Knob, ""),
    ("frame_mode", Enumeration_Knob, _FRAME_MODE),
    ("frame", EvalString_Knob, ""),
    ("views", MultiView_Knob, ""),
    ("file_type", Enumeration_Knob, ["", "exr", "dpx", "jpeg", "png", "tiff"]),
    ("colorspace", Enumeration_Knob, SPACES),
    ("raw", Boolean_Knob, False),
    ("premultiplied", Boolean_Knob, False),
    ("create_directories", Boolean_Knob, False),
    ("render_order", Double_Knob, 1),
    ("use_limit", Boolean_Knob, False),
    ("first", Int_Knob, 1),
    ("last", Int_Knob, 1),
    ("reading", Boolean_Knob, False),
    ("on_error", Enumeration_Knob, ["error", "black", "checkerboard", "nearest frame"]),
)

# They are there only while `file_type` is exr.
WRITE_EXR: Knobs = (
    ("datatype", Enumeration_Knob, ["16 bit half", "32 bit float"]),
    (
        "compression",
        Enumeration_Knob,
        [
            "none",
            "Zip (1 scanline)",
            "Zip (16 scanlines)",
            "PIZ Wavelet (32 scanlines)",
            "RLE",
            "B44",
            "B44A",
            "DWAA",
            "DWAB",
        ],
        1,
    ),
    ("dw_compression_level", Double_Knob, 45),
    ("autocrop", Boolean_Knob, False),
    ("interleave", Enumeration_Knob, ["channels, layers and views", "channels and layers", "channels"]),
    (
        "metadata",
        Enumeration_Knob,
        ["no metadata", "default metadata", "all metadata except input/*", "all metadata"],
        1,
    ),
)

MIX: Knobs = (("mix", Double_Knob, 1),)

COPY: Knobs = tuple(
    knob
    for at in range(4)
    for knob in (
        (f"from{at}", Channel_Knob, "none" if at else "rgba.alpha"),
        (f"to{at}", Channel_Knob, "none" if at else "rgba.alpha"),
    )
)

ROOT: Knobs = (
    ("name", String_Knob, ""),
    ("label", Multiline_Eval_String_Knob, ""),
    ("onCreate", MultilineString, ""),
    ("onDestroy", MultilineString, ""),
    ("knobChanged", MultilineString, ""),
    ("first_frame", Int_Knob, 1),
    ("last_frame", Int_Knob, 100),
    ("frame", Double_Knob, 1),
    ("lock_range", Boolean_Knob, False),
    ("fps", Double_Knob, 24),
    ("format", Format_Knob, "2K_Super_35(full-ap)"),
    ("proxy", Boolean_Knob, False),
    ("proxy_type", Enumeration_Knob, ["format", "scale"], 1),
    ("proxy_scale", Double_Knob, 0.5),
    ("project_directory", File_Knob, ""),
    ("views", MultilineString, "main #ffffff"),
    ("colorManagement", Enumeration_Knob, ["Nuke", "OCIO"]),
    (
        "OCIO_config",
        Enumeration_Knob,
        ["nuke-default", "aces_1.2", "fn-nuke_cg-config-v1.0.0_aces-v1.3_ocio-v2.1", "custom"],
    ),
    ("customOCIOConfigPath", File_Knob, ""),
    ("workingSpaceLUT", Enumeration_Knob, ["linear", "scene_linear", "ACES - ACEScg", "ACEScg"]),
)

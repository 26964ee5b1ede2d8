"""The color spaces that plates come in, by the names that files, people and configurations give them."""

from __future__ import annotations

from dataclasses import dataclass

from penumbra.color.config import Config

# x and y of red, green, blue and white in CIE 1931, as EXR writes them.
Chromaticities = tuple[float, float, float, float, float, float, float, float]

# Of each of the eight numbers. The gamuts below are ten times as far apart.
SAME_CHROMATICITY = 1e-3


@dataclass(frozen=True)
class KnownSpace:
    """A color space that configurations of different age and make call differently.

    Attributes:
        interop_id: What files call it (Color Interop Forum).
        names: What configurations call it, the newest first: ACES 2 and 1.3 by alias, ACES 1.2, Nuke's own.
        words: What people say.
        chromaticities: Of the scene-linear ones, from their makers' papers.
    """

    interop_id: str
    names: tuple[str, ...]
    words: tuple[str, ...] = ()
    chromaticities: Chromaticities | None = None

    def is_called(self, word: str) -> bool:
        """Whether any of the names is that, whatever its case and punctuation."""
        return squeezed(word) in {squeezed(name) for name in (self.interop_id, *self.names, *self.words)}

    def within(self, config: Config) -> str | None:
        """What a configuration calls it; None where it does not have it."""
        found = (config.canonical(name) for name in (self.interop_id, *self.names))
        return next((space for space in found if space), None)


REC709 = KnownSpace(
    "lin_rec709_scene",
    ("lin_rec709", "lin_srgb", "Utility - Linear - Rec.709", "Utility - Linear - sRGB"),
    ("Rec.709 linear", "linear sRGB"),
    (0.64, 0.33, 0.30, 0.60, 0.15, 0.06, 0.3127, 0.3290),
)
SRGB = KnownSpace(
    "srgb_rec709_scene",
    ("srgb_tx", "srgb_texture", "sRGB - Texture", "Utility - sRGB - Texture", "sRGB", "srgb8"),
    ("sRGB texture",),
)
KNOWN = (
    KnownSpace(
        "lin_ap0_scene",
        ("lin_ap0", "ACES2065-1", "ACES - ACES2065-1"),
        ("AP0", "ACES"),
        (0.7347, 0.2653, 0.0, 1.0, 0.0001, -0.0770, 0.32168, 0.33767),
    ),
    KnownSpace(
        "lin_ap1_scene",
        ("lin_ap1", "ACEScg", "ACES - ACEScg"),
        ("AP1",),
        (0.713, 0.293, 0.165, 0.830, 0.128, 0.044, 0.32168, 0.33767),
    ),
    REC709,
    SRGB,
    KnownSpace(
        "lin_p3d65_scene",
        ("lin_p3d65", "lin_displayp3", "Utility - Linear - P3-D65"),
        ("P3-D65 linear",),
        (0.680, 0.320, 0.265, 0.690, 0.150, 0.060, 0.3127, 0.3290),
    ),
    KnownSpace(
        "lin_rec2020_scene",
        ("lin_rec2020", "Utility - Linear - Rec.2020"),
        ("Rec.2020 linear",),
        (0.708, 0.292, 0.170, 0.797, 0.131, 0.046, 0.3127, 0.3290),
    ),
    KnownSpace(
        "lin_adobergb_scene",
        ("lin_adobergb", "Utility - Linear - Adobe RGB"),
        (),
        (0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.3290),
    ),
    KnownSpace(
        "ocio:lin_awg3_scene",
        ("lin_arri_wide_gamut_3", "Input - ARRI - Linear - ALEXA Wide Gamut"),
        ("linear AWG3",),
        (0.684, 0.313, 0.221, 0.848, 0.0861, -0.1020, 0.3127, 0.3290),
    ),
    KnownSpace(
        "ocio:lin_awg4_scene",
        ("lin_arri_wide_gamut_4",),
        ("linear AWG4",),
        (0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308, 0.3127, 0.3290),
    ),
    KnownSpace(
        "ocio:lin_sgamut3_scene",
        ("lin_sgamut3", "Input - Sony - Linear - S-Gamut3"),
        (),
        (0.730, 0.280, 0.140, 0.855, 0.100, -0.050, 0.3127, 0.3290),
    ),
    KnownSpace(
        "ocio:lin_sgamut3cine_scene",
        ("lin_sgamut3cine", "Input - Sony - Linear - S-Gamut3.Cine"),
        (),
        (0.766, 0.275, 0.225, 0.800, 0.089, -0.087, 0.3127, 0.3290),
    ),
    KnownSpace(
        "ocio:lin_rwg_scene",
        ("lin_redwidegamutrgb", "Input - RED - Linear - REDWideGamutRGB"),
        ("linear RWG",),
        (0.780308, 0.304253, 0.121595, 1.493994, 0.095612, -0.084589, 0.3127, 0.3290),
    ),
    KnownSpace(
        "ocio:lin_vgamut_scene",
        ("lin_vgamut", "Input - Panasonic - Linear - V-Gamut"),
        (),
        (0.730, 0.280, 0.165, 0.840, 0.100, -0.030, 0.3127, 0.3290),
    ),
    KnownSpace(
        "ocio:arrilogc3_awg3_scene",
        ("arri_logc3_ei800", "Input - ARRI - V3 LogC (EI800) - Wide Gamut", "AlexaV3LogC"),
        ("LogC3", "LogC", "ARRI LogC3", "ARRI LogC", "LogC3 EI800"),
    ),
    KnownSpace("ocio:arrilogc4_awg4_scene", ("arri_logc4", "ARRILogC4"), ("LogC4",)),
    KnownSpace(
        "ocio:slog3_sgamut3_scene",
        ("slog3_sgamut3", "Input - Sony - S-Log3 - S-Gamut3", "SLog3"),
        ("Sony S-Log3",),
    ),
    KnownSpace(
        "ocio:slog3_sgamut3cine_scene",
        ("slog3_sgamut3cine", "Input - Sony - S-Log3 - S-Gamut3.Cine"),
        ("S-Log3.Cine",),
    ),
    KnownSpace(
        "ocio:redlog3g10_rwg_scene",
        ("log3g10_redwidegamutrgb", "Input - RED - REDLog3G10 - REDWideGamutRGB", "Log3G10"),
        ("RED Log3G10",),
    ),
    KnownSpace("ocio:vlog_vgamut_scene", ("vlog_vgamut", "Input - Panasonic - V-Log - V-Gamut", "VLog"), ("V-Log",)),
    KnownSpace("ocio:canonlog2_cgamutd55_scene", ("canonlog2_cinemagamut_d55",), ("Canon Log 2", "C-Log2", "Clog2")),
    KnownSpace("ocio:canonlog3_cgamutd55_scene", ("canonlog3_cinemagamut_d55",), ("Canon Log 3", "C-Log3")),
    KnownSpace("ocio:applelog_rec2020_scene", ("apple_log",), ("Apple Log",)),
    KnownSpace("ocio:bmdfilm5_wg5_scene", ("bmdfilm_widegamut_gen5",), ("BMDFilm Gen5", "Blackmagic Film Gen5")),
    KnownSpace("ocio:davinci_dwg_scene", ("davinci_intermediate_widegamut",), ("DaVinci Intermediate",)),
)


def squeezed(name: str) -> str:
    """A name without case, spaces and punctuation: `S-Log3` and `slog3` are the same."""
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def are_same(one: Chromaticities, other: Chromaticities) -> bool:
    """Whether they are the same but for rounding."""
    return all(abs(a - b) < SAME_CHROMATICITY for a, b in zip(one, other, strict=True))


def by_chromaticities(values: Chromaticities) -> KnownSpace | None:
    """The space of these primaries and white; None where none is known."""
    return next((space for space in KNOWN if space.chromaticities and are_same(values, space.chromaticities)), None)

"""Header entries between OpenImageIO and the house, and which of them travel into a written file."""

from __future__ import annotations

from collections.abc import Iterable

import OpenImageIO as oiio

from penumbra.image import Attribute

# Said anew for every file that is written, or true only of the file that they come from.
LEFT_BEHIND = {
    "acesimagecontainerflag",  # the library refuses to write compressed files with it
    "compression",
    "multiview",
    "name",  # of the part
    "orientation",
    "pixelaspectratio",
    "planarconfig",
    "preview",
    "resolutionunit",
    "view",
    "wrapmodes",  # of a texture, which is tiled
    "xresolution",
    "yresolution",
}
LEFT_BEHIND_GROUPS = (
    "dpx:",
    "exif:",
    "gps:",
    "iccprofile",
    "iptc:",
    "jpeg:",
    "oiio:",
    "openexr:",
    "png:",
    "thumbnail",
    "tiff:",
)
# Color space names travel only where they name a linear space, as what is written is scene-linear.
COLOR_TAGS = {"oiio:colorspace", "colorinteropid"}
LINEAR_TAGS = ("lin_", "ocio:lin_")

# The library prints these types in a way that it cannot read itself.
KINDS = {
    "vector2i": oiio.TypeDesc(oiio.INT, oiio.VEC2, oiio.VECTOR),
    "vector2i[2]": oiio.TypeDesc(oiio.INT, oiio.VEC2, oiio.VECTOR, 2),  # a box
    "vectori": oiio.TypeDesc(oiio.INT, oiio.VEC3, oiio.VECTOR),
}


def read_attributes(spec: oiio.ImageSpec) -> tuple[Attribute, ...]:
    """All entries of a header."""
    return tuple(Attribute(entry.name, str(entry.type), entry.value) for entry in spec.extra_attribs)


def write_attributes(spec: oiio.ImageSpec, metadata: Iterable[Attribute]) -> None:
    """Give a scene-linear file what travels; timecodes, rationals and matrices keep their types."""
    for entry in metadata:
        if _travels(entry):
            spec.attribute(entry.name, KINDS.get(entry.kind) or oiio.TypeDesc(entry.kind), entry.value)


def _travels(entry: Attribute) -> bool:
    name = entry.name.lower()
    if name in COLOR_TAGS:
        return isinstance(entry.value, str) and entry.value.lower().startswith(LINEAR_TAGS)
    if name == "textureformat":  # which an environment map has as well
        return bool(entry.value != "Plain Texture")
    return name not in LEFT_BEHIND and not name.startswith(LEFT_BEHIND_GROUPS)

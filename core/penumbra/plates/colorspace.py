"""Which color space a file most likely has. Only a default: the person's word goes before it."""

from __future__ import annotations

from penumbra.image import Header

# Names that OpenImageIO reports or writes, in lower case.
SRGB_TAGS = {"srgb", "srgb_rec709_scene", "srgb_rec709_display", "srgb_tx", "srgb_texture"}
LINEAR_TAGS = {"linear", "scene_linear", "acescg", "aces2065-1"}


def default_colorspace(header: Header) -> tuple[str, str]:
    """Choose `linear` or `srgb`, and say why in words.

    A header's own word is taken only where it clearly says one of the two. Otherwise half and float are
    linear, and integers sRGB.
    """
    tag = header.text("colorInteropID") or header.text("oiio:ColorSpace") or ""
    if tag.lower() in LINEAR_TAGS or tag.lower().startswith("lin_"):
        return "linear", f"the file's header says {tag}"
    if tag.lower() in SRGB_TAGS:
        return "srgb", f"the file's header says {tag}"
    if header.pixel_type in ("half", "float", "double") or header.file_format == "openexr":
        return "linear", f"{header.pixel_type} {header.file_format} files hold scene-linear light"
    if header.file_format in ("dpx", "cineon"):
        return "srgb", (
            f"the {header.file_format} header does not say; a log scan needs converting to linear first"
        )
    return "srgb", f"{header.pixel_type} {header.file_format} files are made for the screen"

"""Which color space a plate is in: the person's word, else what the file says, else what its kind suggests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from penumbra.color.config import Config
from penumbra.color.header import NAMES, chromaticities_in, named_space
from penumbra.color.known import SRGB, by_chromaticities
from penumbra.color.spaces import asked_space, plain_linear
from penumbra.errors import InputError
from penumbra.image import Header

# A name in a header that says that there is none.
UNKNOWN = "unknown"
FILM_SCANS = ("dpx", "cineon")


@dataclass(frozen=True)
class Chosen:
    """A plate's color space.

    Attributes:
        space: Its name in the configuration.
        reason: Why it is that one, for people to read.
    """

    space: str
    reason: str


def choose_space(config: Config, asked: str | None, header: Header, path: Path) -> Chosen:
    """Choose the color space of a plate's pixels.

    In this order: the person's word; the name in the header; EXR's chromaticities; a file rule of one's own
    configuration; scene-linear for half and float, sRGB for integers. What was looked at in vain is in the reason.

    Args:
        config: Names the spaces.
        asked: The person's word: a name, alias or role of the configuration, `linear`, `srgb`, or what people call
            it (`LogC3`, `s-log3`, `ACEScg`). None where there is none.
        header: Of one of the plate's files.
        path: That file, for file rules.

    Raises:
        InputError: The word is not known, or the configuration has nothing to call such a file.
        FileError: The configuration cannot be used.
    """
    if asked is not None:
        space = asked_space(config, asked)
        return Chosen(space, "as asked" if space == asked else f"asked for as {asked}")
    looks = (_by_name(config, header), _by_chromaticities(config, header), _by_file_rule(config, path))
    remarks = []
    for found, said in (*looks, _by_kind(config, header)):
        remarks += [said] if said else []
        if found is not None:
            return Chosen(found, "; ".join(remarks))
    lacking = "no role scene_linear" if _is_scene_linear(header) else "no space that is called sRGB"
    raise InputError(
        f"{path} does not say its color space, and the OCIO configuration {config.name} has {lacking}.",
        "Say it with --colorspace.",
        path=path,
    )


# What a look finds: a space or None, and words: the reason, or why it was in vain, or nothing.
_Found = tuple[str | None, str]


def _by_name(config: Config, header: Header) -> _Found:
    name = next((text for entry in NAMES if (text := header.text(entry))), UNKNOWN)
    if name.lower() == UNKNOWN:
        return None, ""
    space = named_space(config, name)
    return space, f"the file's header says {name}" + ("" if space else f", which {config.name} does not have")


def _by_chromaticities(config: Config, header: Header) -> _Found:
    values = chromaticities_in(header.metadata)
    if values is None or not _is_scene_linear(header):
        return None, ""
    known = by_chromaticities(values)
    if known is None:
        numbers = " ".join(f"{value:.4g}" for value in values)
        return None, f"the file's chromaticities ({numbers}) are not those of any known space"
    if (space := known.within(config)) is None:
        return None, f"the file's chromaticities are those of {known.interop_id}, which {config.name} does not have"
    return space, "the file's chromaticities"


def _by_file_rule(config: Config, path: Path) -> _Found:
    found = config.file_rule(path)
    return (None, "") if found is None else (found[0], f"the file rule {found[1]} of {config.name}")


def _by_kind(config: Config, header: Header) -> _Found:
    kind = f"{header.pixel_type} {header.file_format}"
    if _is_scene_linear(header):
        primaries = (
            f"{config.name} says in which space"
            if config.is_own
            else "Rec.709 is EXR's standard: if it is another, say which with --colorspace, as ACEScg"
        )
        return plain_linear(config), f"{kind} files hold scene-linear light, and {primaries}"
    if header.file_format in FILM_SCANS:
        transfer = header.text("dpx:Transfer") or "Undefined"
        return SRGB.within(config), (
            f"a guess, as the {header.file_format} header's word is {transfer}: if it is a log scan or a camera's, say "
            "so with --colorspace, as ADX10, LogC3, LogC4, S-Log3, Log3G10 or V-Log"
        )
    return SRGB.within(config), f"{kind} files are made for the screen"


def _is_scene_linear(header: Header) -> bool:
    return header.pixel_type in ("half", "float", "double") or header.file_format == "openexr"

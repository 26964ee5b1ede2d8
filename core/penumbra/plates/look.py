"""What the headers of one frame say, as far as it is kept for every frame of a shot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from penumbra.codec import check_readable, read_headers
from penumbra.image import Header, Window
from penumbra.plates.channels import Unclear
from penumbra.plates.selection import Color, Selection, chosen

# What headers say of the color of their pixels.
COLOR_ENTRIES = ("chromaticities", "colorinteropid", "oiio:colorspace", "dpx:transfer")


class Format(NamedTuple):
    """What all frames of a shot share: the display window, and the pixel's width over its height."""

    display_window: Window
    pixel_aspect: float

    @classmethod
    def of(cls, header: Header) -> Format:
        """The aspect to three digits, as files hold it in 32 bits."""
        return cls(header.display_window, round(header.pixel_aspect, 3))


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a frame's file.

    Attributes:
        color: The channels of its color, or why there are none.
        format: Display window and pixel aspect.
        data_window: Where it has pixels.
        of_color: Its header with no other entries than those on color.
    """

    color: Color | Unclear
    format: Format
    data_window: Window
    of_color: Header

    @classmethod
    def at(cls, path: Path, selection: Selection) -> Look:
        """Read the headers and choose.

        Raises:
            UnreadableError: It cannot be read, or not what is chosen.
        """
        headers = read_headers(path)
        color = chosen(headers, selection)
        header = header_of(headers, color)
        check_readable(path, header)
        entries = tuple(entry for entry in header.metadata if entry.name.lower() in COLOR_ENTRIES)
        return cls(color, Format.of(header), header.data_window, replace(header, metadata=entries))


def header_of(headers: Sequence[Header], color: Color | Unclear) -> Header:
    """The header of the part that was chosen, else of the first that has plain pixels."""
    if isinstance(color, Color):
        return headers[color.part]
    return next((header for header in headers if not header.deep), headers[0])


def usual(looks: Iterable[Look]) -> Format:
    """The format that most frames have; of several, the first."""
    count = Counter(look.format for look in looks)
    return max(count, key=count.__getitem__)

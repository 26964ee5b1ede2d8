"""Which of a file's channels are the plate's color."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from penumbra.image import Header
from penumbra.plates.channels import Channel, Unclear, channels_of, of_view

# How a person may ask for the layer that has no name.
PLAIN = ("rgba", "rgb")
CRYPTOMATTE = re.compile(r".*crypto.*\d\d", re.IGNORECASE)


@dataclass(frozen=True)
class Selection:
    """What a person wants of a file.

    Attributes:
        layer: The layer's name, or its last words where they are clear; None means the plain one, or the only one.
        part: The part's name or number, from 0; None means the first that fits.
        view: The view's name; None means the default one, or the only one.
        view_is_named: The view is in the file's name, so that the file itself need not have it.
    """

    layer: str | None = None
    part: str | None = None
    view: str | None = None
    view_is_named: bool = False


@dataclass(frozen=True)
class Color:
    """The channels of a color.

    Attributes:
        part: The part that they are in, counted from 0.
        channels: Three of red, green, blue, or one of gray, as their part names them.
        layer: Their layer; empty for the plain one.
        view: Their view; None where the file tells none.
    """

    part: int
    channels: tuple[str, ...]
    layer: str
    view: str | None


def chosen(headers: Sequence[Header], wanted: Selection) -> Color | Unclear:
    """The color that is meant: by the names in this file, however its parts are ordered."""
    channels = _of_part(headers, channels_of(headers), wanted.part)
    if isinstance(channels, Unclear):
        return channels
    everything = _colors(channels)
    if not everything:
        told = ", ".join(channel.label for channel in channels)
        step = "Give a plate with R, G, B, or with one layer."
        return Unclear(f"no color; the channels are {told}", step, asked=wanted.part is not None)
    colors = of_view(headers, everything, wanted.view, is_named=wanted.view_is_named)
    if isinstance(colors, Unclear):
        return colors
    return _default(colors) if wanted.layer is None else _asked(colors, wanted.layer)


def _of_part(
    headers: Sequence[Header], channels: tuple[Channel, ...], part: str | None
) -> tuple[Channel, ...] | Unclear:
    """A name goes before a number, for a part may be called 1."""
    if part is None:
        return channels
    names = [header.part.lower() for header in headers]
    if part.lower() in names:
        index = names.index(part.lower())
    elif part.isdecimal() and int(part) < len(headers):
        index = int(part)
    else:
        told = ", ".join(f"{number} {header.part}".strip() for number, header in enumerate(headers))
        return Unclear(f"no part {part}; the parts are {told}", "Choose one of these with --part, by name or number.")
    if headers[index].deep:
        return Unclear(f"only a deep picture in part {part}", "Choose another with --part.")
    return tuple(channel for channel in channels if channel.part == index)


def _colors(channels: Sequence[Channel]) -> list[Color]:
    """Every layer that has red, green and blue, or gray, in the order of the parts."""
    layers: dict[tuple[int, str, str | None], dict[str, str]] = {}
    # Where a layer has both R and r, R comes last and is meant.
    for channel in sorted(channels, key=lambda channel: channel.name.rpartition(".")[2].isupper()):
        names = layers.setdefault((channel.part, channel.layer, channel.view), {})
        names[channel.short] = channel.name
    colors = []
    for (part, layer, view), names in layers.items():
        found = tuple(names[short] for short in "rgb" if short in names)
        if len(found) < 3:
            found = (names["y"],) if "y" in names else ()
        if found and not is_cryptomatte(layer):
            colors.append(Color(part, found, layer, view))
    return sorted(colors, key=lambda color: (color.part, -len(color.channels)))


def is_cryptomatte(layer: str) -> bool:
    """Whether it is a Cryptomatte's: numbers that stand for names, in channels that look like colors."""
    return CRYPTOMATTE.fullmatch(layer) is not None


def _default(colors: Sequence[Color]) -> Color | Unclear:
    """The plain layer, else that of the first part whose channels have plain names, else the only one."""
    only = [color for color in colors if len(color.channels) == 3] or colors
    for fitting in (
        [color for color in colors if not color.layer],
        [color for color in colors if "." not in color.channels[0]],
        only if len(only) == 1 else (),
    ):
        if fitting:
            return fitting[0]
    return Unclear(
        f"several layers and none is the plain one: {_told(only)}",
        f"Choose one with --layer, as in --layer {only[0].layer}.",
    )


def _asked(colors: Sequence[Color], layer: str) -> Color | Unclear:
    """The most literal reading that fits anything, if it fits one layer."""
    wanted = layer.lower()
    readings = (
        [color for color in colors if color.layer == layer],
        [color for color in colors if color.layer.lower() == wanted],
        [color for color in colors if not color.layer and wanted in PLAIN],
        [color for color in colors if color.layer.lower().endswith(f".{wanted}")],
    )
    found = next((reading for reading in readings if reading), [])
    if len({color.layer for color in found}) == 1:
        return found[0]
    if found:
        return Unclear(f"several layers that fit {layer}: {_told(found)}", "Write the layer's full name.")
    return Unclear(f"no layer {layer} with color; the layers are {_told(colors)}", "Choose one of these with --layer.")


def _told(colors: Sequence[Color]) -> str:
    return ", ".join(dict.fromkeys(color.layer or PLAIN[0] for color in colors))

"""What the numbers in this script's streams mean."""

from __future__ import annotations

import re

import nuke

from penumbra_nuke.host.node import evaluated, seen
from penumbra_nuke.order import Color


def working_color(override: str = "") -> Color:
    """The script's working space, and the configuration that knows it.

    Args:
        override: The artist's own word for it.
    """
    root = nuke.root()
    if _value(root, "colorManagement") != "OCIO":
        # Nuke's own color management works in linear light with the primaries of Rec.709.
        return Color(override or "linear")
    return Color(override or plain_name(_value(root, "workingSpaceLUT")) or None, _config(root))


def plain_name(shown: str) -> str:
    """A color space's own name, from what Nuke's menus show: `scene_linear (ACES - ACEScg)`, `ACES/ACEScg`."""
    # Only after a role's name, or `default`: brackets may belong to the name itself, as in `Linear Rec.709 (sRGB)`.
    inner = re.match(r"(?:default|[a-z]+(?:_[a-z]+)*) \((.+)\)$", shown.strip())
    name = inner.group(1) if inner else shown.strip()
    # A menu's families are parted by a bare stroke; a name's own has spaces around it.
    return re.split(r"(?<! )/(?! )", name)[-1]


def is_working_space(read: nuke.Node) -> bool:
    """Whether a Read gives its file's numbers as they are."""
    if read["raw"].value():
        return True
    space = plain_name(str(read["colorspace"].value()))
    ours = working_color().space
    return space in (ours, "scene_linear") or (ours == "linear" and space in ("linear", "default", "scene_linear"))


def _config(root: nuke.Node) -> str | None:
    """The file of a configuration of the studio's own; those that come with Nuke are known by their spaces' names."""
    if _value(root, "OCIO_config") != "custom":
        return None
    return seen(evaluated(root["customOCIOConfigPath"])) or None


def _value(node: nuke.Node, name: str) -> str:
    knob = node.knob(name)
    return "" if knob is None else str(knob.value())

"""The channels of a file, over all its parts, by layer and view, whichever way its writer has named them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from penumbra.image import Header

# Nuke says red where EXR says R.
WORDS = {"red": "r", "green": "g", "blue": "b", "alpha": "a"}
# Parts that hold the layer without a name, as writers call them; `other` is Nuke's, for channels beside the color.
PLAIN_PARTS = ("rgba", "rgb", "other")
# Nuke's name for the view of a script that has only one.
ONLY_VIEW = "main"


@dataclass(frozen=True)
class Channel:
    """One channel.

    Attributes:
        part: The part that it is in, counted from 0.
        name: Its name there.
        layer: Its layer without a view's name; empty for the plain one.
        view: Its view; None where the file tells none.
    """

    part: int
    name: str
    layer: str
    view: str | None

    @property
    def short(self) -> str:
        """What it is within its layer: `r`, `g`, `b`, `a`, `y`, `z` or another name, in lower case."""
        last = self.name.rpartition(".")[2].lower()
        return WORDS.get(last, last)

    @property
    def label(self) -> str:
        """How a person may ask for it: with the layer, also where only the part has that name."""
        return f"{self.layer}.{self.name}" if self.layer and "." not in self.name else self.name


@dataclass(frozen=True)
class Unclear:
    """Why nothing in a file could be chosen.

    Attributes:
        has: What the file has instead, as it goes on after `has` or `have`.
        next_step: What to do about it, as a sentence.
        asked: Whether another order would do; otherwise only another file would.
    """

    has: str
    next_step: str
    asked: bool = True


class OfView(Protocol):
    """A channel, or several."""

    @property
    def view(self) -> str | None:
        """The view; None where the file tells none."""


Seen = TypeVar("Seen", bound=OfView)


def channels_of(headers: Sequence[Header]) -> tuple[Channel, ...]:
    """All channels that have plain pixels.

    A layer is what stands before the channel's name, without the view. In a file of several parts, a channel
    without any has the name of its part: Nuke and others leave the layer's out there. The view is the part's, or
    is found in the channel's name where the file has a multiView entry, which makes what is without one the first
    view's (https://openexr.com/en/latest/MultiViewOpenEXR.html).
    """
    views = multi_view(headers)
    found = []
    for part, header in enumerate(headers):
        if header.deep:
            continue
        own = _layer_of_part(header) if len(headers) > 1 else ""
        for name in header.channels:
            layer, view = _layer_and_view(name, header.view, views)
            found.append(Channel(part, name, layer or own, view))
    return tuple(found)


def multi_view(headers: Sequence[Header]) -> tuple[str, ...]:
    """The views that the file lists in its header, the default first; empty for most files."""
    for entry in headers[0].metadata:
        if entry.name.lower() == "multiview":
            return (entry.value,) if isinstance(entry.value, str) else tuple(entry.value)
    return ()


def of_view(
    headers: Sequence[Header], choice: Sequence[Seen], view: str | None, *, is_named: bool
) -> Sequence[Seen] | Unclear:
    """What belongs to one view.

    Args:
        headers: The file's.
        choice: What to choose from.
        view: The view wanted; None means the default one, or the only one.
        is_named: The view is in the file's name, so that the file itself need not have it.
    """
    there = list(dict.fromkeys(item.view for item in choice if item.view))
    told = ", ".join(there)
    if view is None and len(there) > 1:
        default = multi_view(headers)[:1]
        if not default:
            return Unclear(f"several views: {told}", f"Choose one with --view, as in --view {there[0]}.")
        (view,) = default
    if view is None:
        return choice
    if found := [item for item in choice if (item.view or "").lower() == view.lower()]:
        return found
    if is_named and len(there) < 2:
        return choice
    if not there:
        return Unclear("no views", "Leave out --view, or write %V in the name where each view has its own files.")
    return Unclear(f"no view {view}; the views are {told}", f"Choose one of these, as in --view {there[0]}.")


def _layer_and_view(name: str, of_part: str | None, views: tuple[str, ...]) -> tuple[str, str | None]:
    """`beauty.right.R` -> beauty, right. The standard has the view last; some writers have it first."""
    layers = name.split(".")[:-1]
    for place in (-1, 0):
        if layers and (layers[place] in views or layers[place] == of_part):
            view = layers.pop(place)
            return ".".join(layers), view
    return ".".join(layers), of_part or next(iter(views), None)


def _layer_of_part(header: Header) -> str:
    """The part's name without its view: Nuke's `diffuse.left` and `rgba_main` are diffuse and the plain layer."""
    layer = header.part
    for view in filter(None, (header.view, ONLY_VIEW)):
        for mark in "._":
            layer = layer.removesuffix(mark + view).removeprefix(view + mark)
        layer = "" if layer == view else layer
    return "" if layer.lower() in PLAIN_PARTS else layer

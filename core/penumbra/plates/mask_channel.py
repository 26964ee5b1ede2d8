"""Which of a file's channels is the mask."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from penumbra.codec import check_readable
from penumbra.errors import InputError
from penumbra.image import Header
from penumbra.plates.channels import WORDS, Channel, Unclear, channels_of, of_view


def mask_channel(path: Path, headers: Sequence[Header], channel: str | None, view: str | None) -> Channel:
    """The channel that a person means, or that is most likely a mask.

    Args:
        path: The file, for the message.
        headers: The file's.
        channel: Its full name (`matte.A`), or its last part (`A`) or its layer (`matte`) where that is clear; None
            means the alpha, else the only channel, else red.
        view: The view that is chosen where the file has several; None means the default one.

    Raises:
        FileError: There are only deep pictures.
        InputError: It is not clear.
    """
    everything = channels_of(headers)
    if not everything:
        check_readable(path, headers[0])
    of_this_view = of_view(headers, everything, view, is_named=True)
    if isinstance(of_this_view, Unclear):
        raise InputError(f"The mask {path} has {of_this_view.has}.", of_this_view.next_step, path=path)
    # Of several parts that have a channel of one name, the first is meant.
    first: dict[str, Channel] = {}
    for one in of_this_view:
        first.setdefault(one.label, one)
    channels = list(first.values())
    return _default(path, channels) if channel is None else _asked(path, channels, everything, channel)


def _asked(path: Path, channels: Sequence[Channel], everything: Sequence[Channel], asked: str) -> Channel:
    """The most literal reading that fits anything, if it fits one thing."""
    wanted = asked.lower().removeprefix("rgba.")  # as Nuke writes the channels that have no layer here
    layer, _, last = wanted.rpartition(".")
    short = WORDS.get(last, last)
    readings = (
        [one for one in channels if one.label == asked],
        [one for one in channels if one.label.lower() == wanted],
        [one for one in channels if one.layer.lower() == layer and one.short == short],
        [one for one in channels if one.short == short and not layer],
        [one for one in channels if one.layer.lower() == wanted],
        [one for one in everything if one.name == asked],  # of another view, by its full name
    )
    found = next((reading for reading in readings if reading), [])
    if len(found) == 1:
        return found[0]
    problem = f"fits several channels: {labels(found)}" if found else "is none of its channels"
    raise InputError(
        f"The mask {path} was asked for {asked}, which {problem}.", f"It has {labels(channels)}.", path=path
    )


def _default(path: Path, channels: Sequence[Channel]) -> Channel:
    """Alpha, else the only channel, else red; those without a layer's name before the others."""
    plain = [one for one in channels if not one.layer]
    for fitting in (
        [one for one in plain if one.short == "a"],
        [one for one in channels if one.short == "a"],
        channels if len(channels) == 1 else (),
        [one for one in plain if one.short == "r"],
        [one for one in channels if one.short == "r"],
    ):
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            break
    raise InputError(
        f"It is not clear which channel of {path} is the mask: it has {labels(channels)}.",
        f"Name one, as in {path.name}:{channels[0].label}.",
        path=path,
    )


def labels(channels: Sequence[Channel]) -> str:
    """How a person may ask for each of them."""
    return ", ".join(channel.label for channel in channels)

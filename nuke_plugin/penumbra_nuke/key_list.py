"""The node's list of key frames: text that an artist can read and edit.

`1001 guide Penumbra1_3fa9c1d2/masks/1001.1.exr`, one a line: frame, kind, mask. In a script of several views a frame
may say its view, `1001@left`; without one, the mask is good for all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from penumbra.errors import InputError, PenumbraError, raise_faults

GUIDE, APPROVED = "guide", "approved"
KINDS = (GUIDE, APPROVED)


@dataclass(frozen=True)
class Key:
    """One line.

    Attributes:
        frame: The frame's number.
        kind: `guide` or `approved`.
        mask: Its file's name; a relative one starts at the cache folder. A channel may follow: `a.exr:matte.A`.
        view: The view that it is of; empty: of every view.
    """

    frame: int
    kind: str
    mask: str
    view: str = ""

    @property
    def place(self) -> str:
        """Its frame, and its view where it is of one: `1043@left`."""
        return f"{self.frame}@{self.view}" if self.view else str(self.frame)

    def __str__(self) -> str:
        """As it stands in the list."""
        return f"{self.place} {self.kind} {self.mask}"


def parse(text: str) -> tuple[Key, ...]:
    """The list's lines, in the order of their frames.

    Raises:
        InputError: A line is no key frame, or two are of one frame; `Faults` where that holds for several.
    """
    keys: list[Key] = []
    faults: list[PenumbraError] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        try:
            keys.append(_key(line))
        except InputError as fault:
            faults.append(fault)
    places = [key.place for key in keys]
    for place in sorted({place for place in places if places.count(place) > 1}):
        faults.append(
            InputError(
                f"The list has {places.count(place)} key frames on frame {place}.", "Delete all of these lines but one."
            )
        )
    raise_faults(faults)
    return tuple(sorted(keys, key=_order))


def written(keys: tuple[Key, ...]) -> str:
    """The list's text."""
    return "\n".join(map(str, sorted(keys, key=_order)))


def with_key(keys: tuple[Key, ...], new: Key) -> tuple[Key, ...]:
    """The list with a key frame added, or put in the place of its frame's old one."""
    return (*(key for key in keys if key.place != new.place), new)


def of_view(keys: tuple[Key, ...], view: str) -> tuple[Key, ...]:
    """What counts for a view: on each frame its own mask, and otherwise the one for all views."""
    found = {key.frame: key for key in keys if not key.view}
    found.update({key.frame: key for key in keys if view and key.view == view})
    return tuple(found[frame] for frame in sorted(found))


def neighbor(keys: tuple[Key, ...], frame: int, step: int) -> int:
    """The key frame before (`step` -1) or after (1) a frame; the frame itself where there is none."""
    if step < 0:
        return max((key.frame for key in keys if key.frame < frame), default=frame)
    return min((key.frame for key in keys if key.frame > frame), default=frame)


def _key(line: str) -> Key:
    found = re.match(r"(-?[0-9]+)(?:@(\w+))?\s+(\S+)\s+(\S.*)$", line)
    if found is None:
        raise InputError(
            f"{line!r} is no key frame.",
            "Write its frame, its kind and its mask, as in: 1001 guide roto.1001.exr. Or delete the line, go to the "
            "frame, and press Key this frame.",
        )
    frame, kind = int(found.group(1)), found.group(3).lower()
    if kind not in KINDS:
        raise InputError(
            f"Key frame {frame} is of the kind {found.group(3)!r}.",
            "Write guide (a roto shape) or approved (a finished matte).",
            frame=frame,
        )
    return Key(frame, kind, found.group(4), found.group(2) or "")


def _order(key: Key) -> tuple[int, str]:
    return key.frame, key.view

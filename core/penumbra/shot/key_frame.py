"""Key frames: where the artist says what is matte."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from penumbra.errors import InputError
from penumbra.shot import fields
from penumbra.shot.pattern import FramePattern

# A channel's name in an EXR has at most 255 letters, and is cut there without a word: a layer's four would become one.
LONGEST = 250
OBJECT = re.compile(rf"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST - 1}}}")
# Layers that have a meaning of their own.
RESERVED = ("rgba", "rgb", "alpha", "depth", "all", "none", "other")


@dataclass(frozen=True)
class KeyFrame:
    """A roto mask on one frame.

    Attributes:
        frame: Its number.
        path: The mask's file. Its text is accepted; a pattern (`roto.####.exr`) is filled with the frame.
        channel: The mask's channel (`A`, `matte.A`); None lets the reader choose.
        object: The name of the object that it is of, which becomes a layer's; None where there is only one.
    """

    frame: int
    path: Path
    channel: str | None = None
    object: str | None = None

    def __post_init__(self) -> None:
        """Check the fields, and name the one file that is meant."""
        fields.whole_number("A key frame's frame", self.frame)
        path = fields.path(f"The mask of key frame {self.frame}", self.path)
        if FramePattern.fits(path):
            path = FramePattern.parse(path).path(self.frame)
        object.__setattr__(self, "path", path)
        if self.channel is not None:
            fields.text(f"The channel of key frame {self.frame}", self.channel)
        if self.object is not None:
            check_object(self.object)

    @classmethod
    def parse(cls, text: str, of: str | None = None) -> KeyFrame:
        r"""`1001=roto.1001.exr`, with a channel `1001=roto.1001.exr:matte.A`.

        What follows the last colon is the channel, unless the colon belongs to the file: after a drive letter
        (`1001=C:\shot\roto.exr`), and where a file of the whole name exists. `of` names the object.

        Raises:
            InputError: It is not written like that.
        """
        parts = re.fullmatch(r"\s*(-?\d+)\s*=\s*(.+?)\s*", text)
        if not parts:
            raise InputError(f"{text!r} does not say which mask is on which frame.", "Write it as 1001=roto.1001.exr.")
        return cls(int(parts[1]), *split_channel(parts[2]), of)


def check_object(name: object) -> None:
    """An object's name: one that Nuke and others take for a layer's.

    Raises:
        InputError: It is none.
    """
    if not isinstance(name, str) or not OBJECT.fullmatch(name) or name.lower() in RESERVED:
        raise InputError(
            f"{name!r} cannot be an object's name, as it becomes a layer's.",
            f"Begin with a letter, go on with letters, digits and _, {LONGEST} at most, "
            f"and do not use {', '.join(RESERVED)}.",
        )


def split_channel(text: str) -> tuple[Path, str | None]:
    """`roto.exr:matte.A` -> the file and its channel, as `KeyFrame.parse` says."""
    name, colon, channel = text.rpartition(":")
    is_drive = re.fullmatch(r"[A-Za-z]", name) is not None
    if not colon or is_drive or "/" in channel or "\\" in channel or Path(text).is_file():
        return Path(text), None
    if not channel:
        raise InputError(f"{text!r} ends with a colon but names no channel.", "Write roto.exr or roto.exr:A.")
    return Path(name), channel

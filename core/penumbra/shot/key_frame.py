"""Key frames: where the artist says what is matte."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from penumbra.errors import InputError
from penumbra.shot.fields import Like, OneOf, Rule, check, of_field
from penumbra.shot.frames import parse_frames
from penumbra.shot.pattern import FramePattern

GUIDE, APPROVED = "guide", "approved"
KINDS = (GUIDE, APPROVED)

# Layers that have a meaning of their own, in any case.
RESERVED = ("rgba", "rgb", "alpha", "depth", "all", "none", "other")
# A channel's name in an EXR has at most 255 letters, and is cut there without a word: a layer's four would become one.
LONGEST = 250
OBJECT = Like(
    f"(?!(?:{'|'.join(''.join(f'[{each}{each.upper()}]' for each in name) for name in RESERVED)})$)"
    f"[A-Za-z][A-Za-z0-9_]{{0,{LONGEST - 1}}}",
    f"a letter, then letters, digits and _, {LONGEST} in all at most, and none of {', '.join(RESERVED)}, "
    "as it becomes a layer's name",
)
# The numbers of frames, as far as they are told from an object's name.
FRAMES = r"[-0-9,\s]*[0-9]"


@dataclass(frozen=True)
class KeyFrame:
    """What is matte on one frame.

    Attributes:
        frame: Its number.
        path: The mask's file; a pattern (`roto.####.exr`) is filled with the frame.
        channel: The mask's channel (`A`, `matte.A`); None lets the reader choose.
        object: The name of the object that it is of, which becomes a layer's; None where there is only one.
        kind: `guide`, a roto mask, whose edge the network refines; or `approved`, a finished matte, which is delivered
            exactly as it is.
    """

    frame: int
    path: Path
    channel: str | None = None
    object: Annotated[str, OBJECT] | None = None
    kind: Annotated[str, OneOf(KINDS)] = GUIDE

    def __post_init__(self) -> None:
        """Check the fields, and name the one file that is meant."""
        check(self, f"The {{}} of key frame {self.frame}" if type(self.frame) is int else "The {} of a key frame")
        if FramePattern.fits(self.path):
            with of_field("path"):
                object.__setattr__(self, "path", FramePattern.parse(self.path).path(self.frame))

    @property
    def is_approved(self) -> bool:
        """Whether it is a finished matte."""
        return self.kind == APPROVED

    @classmethod
    def parse(cls, text: str, of: str | None = None) -> KeyFrame:
        """One key frame, as `parse_key_frames` reads it.

        Raises:
            InputError: It is not written like that, or is of several frames.
        """
        keys = parse_key_frames(text, of)
        if len(keys) > 1:
            raise InputError(f"{text!r} is of {len(keys)} frames.", "Give one, as in 1001=roto.1001.exr.")
        return keys[0]


def parse_key_frames(
    text: str, of: str | None = None, kind: str = GUIDE, *, at: Callable[[str], str] = str
) -> tuple[KeyFrame, ...]:
    r"""`1001=roto.1001.exr`, with a channel `1001=roto.1001.exr:matte.A`, of many `1001,1020-1030=roto.####.exr`.

    What follows the last colon is the channel, unless the colon belongs to the file: after a drive letter
    (`1001=C:\shot\roto.exr`), and where a file of the whole name exists.

    Args:
        text: What was written.
        of: The name of the object.
        kind: `guide` or `approved`.
        at: Makes the file's name a whole one, where it starts somewhere else than here.

    Raises:
        InputError: It is not written like that, or one file would be the mask of several frames.
    """
    parts = re.fullmatch(rf"\s*({FRAMES})\s*=\s*(\S.*?)\s*", text)
    if not parts:
        raise InputError(f"{text!r} does not say which mask is on which frame.", "Write it as 1001=roto.1001.exr.")
    numbers = parse_frames(parts[1])
    path, channel = split_channel(at(parts[2]))
    check_each_has_a_file(numbers, path)
    return tuple(KeyFrame(number, path, channel, of, kind) for number in numbers)


def check_each_has_a_file(frames: Sequence[int], path: Path | str) -> None:
    """Several key frames cannot have one mask.

    Raises:
        InputError: They would.
    """
    if len(frames) > 1 and not FramePattern.fits(path):
        raise InputError(
            f"{path} would be the mask of {len(frames)} frames.", "Write a pattern, as in 1001,1020-1030=roto.####.exr."
        )


def check_object(name: object) -> None:
    """An object's name: one that Nuke and others take for a layer's.

    Raises:
        InputError: It is none.
    """
    Rule(str, OBJECT).checked("An object's name", name)


def split_channel(text: str) -> tuple[Path, str | None]:
    """`roto.exr:matte.A` -> the file and its channel, as `parse_key_frames` says."""
    name, colon, channel = text.rpartition(":")
    is_drive = re.fullmatch(r"[A-Za-z]", name) is not None
    is_file = os.path.isfile(text)  # noqa: PTH113 - Path.is_file raises where a name is too long
    if not colon or is_drive or is_file or "/" in channel or "\\" in channel:
        return Path(text), None
    if not channel:
        raise InputError(f"{text!r} ends with a colon but names no channel.", "Write roto.exr or roto.exr:A.")
    return Path(name), channel

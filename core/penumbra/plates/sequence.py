"""Numbered files on disk."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from penumbra.errors import FileError, InputError
from penumbra.shot import FramePattern, FrameRange, in_ranges

PICTURES = {
    *(".exr", ".sxr", ".dpx", ".cin", ".tif", ".tiff", ".png", ".jpg", ".jpeg"),
    *(".jp2", ".jxl", ".tga", ".hdr", ".bmp", ".psd", ".sgi", ".rla", ".pic"),
}
# The number stands before the extension; a minus belongs to it only after a dot or an underscore.
NUMBERED = re.compile(r"(?P<prefix>.*?)(?P<number>(?:(?<=[._])-)?\d+)")


@dataclass(frozen=True)
class ImageSequence:
    """Files of one name and many numbers.

    Attributes:
        pattern: Their name.
        frames: The numbers found on disk, in order; at least one.
    """

    pattern: FramePattern
    frames: tuple[int, ...]

    @classmethod
    def find(cls, path: Path) -> ImageSequence:
        """Find what a person means by a pattern, a folder with one sequence in it, or one file of a sequence.

        Raises:
            FileError: There is no such folder or no such file.
            InputError: The folder holds several sequences, or the file has no number.
        """
        if path.is_dir():
            return _only(path, _all_in(path))
        if FramePattern.fits(path):
            return _matching(FramePattern.parse(path))
        _names_in(path.parent)
        if not path.is_file():
            raise FileError(f"{path} does not exist.", "Check the name, or write #### for the frame number.", path=path)
        if not (numbered := NUMBERED.fullmatch(path.stem)):
            raise InputError(
                f"{path} has no frame number in its name.",
                "A plate is a sequence: name its files like plate.1001.exr.",
                path=path,
            )
        return _matching(FramePattern(path.parent, numbered["prefix"], 0, path.suffix))

    @property
    def extent(self) -> FrameRange:
        """From the first file to the last."""
        return FrameRange(self.frames[0], self.frames[-1])

    def path(self, frame: int) -> Path:
        """The file of one frame."""
        return self.pattern.path(frame)

    def missing(self, frames: FrameRange) -> list[int]:
        """The frames that have no file."""
        there = set(self.frames)
        return [frame for frame in frames if frame not in there]

    def __str__(self) -> str:
        """`plate.####.exr 1001-1010, 1013`."""
        return f"{self.pattern.name} {in_ranges(self.frames)}"


def _names_in(folder: Path) -> list[str]:
    """The names of a folder's files that are not hidden."""
    try:
        return sorted(entry.name for entry in folder.iterdir() if not entry.name.startswith("."))
    except OSError as fault:
        reason = (fault.strerror or str(fault)).lower()
        raise FileError(
            f"The folder {folder} cannot be read: {reason}.",
            "Check its name and your right to read it.",
            path=folder,
        ) from fault


def _matching(pattern: FramePattern) -> ImageSequence:
    """All files of a pattern. Without a width, the shortest number on disk tells how far to fill."""
    name = re.compile(re.escape(pattern.prefix) + r"(-?\d+)" + re.escape(pattern.suffix))
    names = _names_in(pattern.folder)
    numbers = [found[1] for found in map(name.fullmatch, names) if found]
    if not pattern.width and numbers:
        pattern = FramePattern(pattern.folder, pattern.prefix, min(map(len, numbers)), pattern.suffix)
    frames = sorted(int(number) for number in numbers if f"{int(number):0{pattern.width}d}" == number)
    if not frames:
        others = ", ".join(map(str, _all_in(pattern.folder))) or "no numbered pictures"
        raise FileError(
            f"No file is named {pattern}.", f"The folder holds {others}: check the name.", path=pattern.folder
        )
    return ImageSequence(pattern, tuple(frames))


def _all_in(folder: Path) -> list[ImageSequence]:
    """Every sequence of pictures in a folder."""
    numbers: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for path in map(Path, _names_in(folder)):
        numbered = NUMBERED.fullmatch(path.stem)
        if numbered and path.suffix.lower() in PICTURES:
            numbers[numbered["prefix"], path.suffix].append(numbered["number"])
    return [
        ImageSequence(FramePattern(folder, prefix, min(map(len, found)), suffix), tuple(sorted(set(map(int, found)))))
        for (prefix, suffix), found in numbers.items()
    ]


def _only(folder: Path, found: list[ImageSequence]) -> ImageSequence:
    if not found:
        raise FileError(
            f"The folder {folder} holds no numbered pictures.", "Name files like plate.1001.exr.", path=folder
        )
    if len(found) > 1:
        raise InputError(
            f"The folder {folder} holds {len(found)} sequences: {'; '.join(map(str, found))}.",
            f"Name the one that is the plate, as in {found[0].pattern}.",
            path=folder,
        )
    return _matching(found[0].pattern)

"""Names of numbered files: `plate.####.exr` and its kin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from penumbra.errors import InputError

# Nuke's ####, C's %04d, the <frame> of renderers, Houdini's $F4. Without a width numbers are not filled.
PLACE = re.compile(r"(?P<hashes>#+)|%0?(?P<printf>\d*)d|(?P<frame><frame>)|\$F(?P<houdini>\d*)")
# Nuke's places for a stereo view: its whole name, and its first letter.
VIEW, LETTER = "%V", "%v"


@dataclass(frozen=True)
class FramePattern:
    """A file name with a place for the frame number.

    Attributes:
        folder: Where the files lie.
        prefix: The name before the number.
        width: Digits that the number has at least, filled with zeros.
        suffix: The name after the number.
    """

    folder: Path
    prefix: str
    width: int
    suffix: str

    @classmethod
    def parse(cls, path: Path | str) -> FramePattern:
        """Read a pattern.

        Raises:
            InputError: The name has no place for a number, or several.
        """
        path = Path(path)
        places = list(PLACE.finditer(path.name))
        if len(places) != 1:
            has = "no place" if not places else "more than one place"
            raise InputError(f"{path} has {has} for the frame number.", "Write one, as in name.####.exr.", path=path)
        (place,) = places
        width = len(place["hashes"] or "") or int(place["printf"] or place["houdini"] or 0)
        return cls(path.parent, path.name[: place.start()], width, path.name[place.end() :])

    @classmethod
    def fits(cls, path: Path | str) -> bool:
        """Whether this is a pattern and not one file's name."""
        return PLACE.search(Path(path).name) is not None

    def path(self, frame: int) -> Path:
        """The file of one frame."""
        return self.folder / f"{self.prefix}{frame:0{self.width}d}{self.suffix}"

    @property
    def name(self) -> str:
        """The pattern without its folder, always with `#`."""
        return f"{self.prefix}{'#' * max(self.width, 1)}{self.suffix}"

    def __str__(self) -> str:
        """The pattern with its folder."""
        return str(self.folder / self.name)


def with_view(path: Path | str, view: str | None) -> Path:
    """A path whose `%V` are the view's name and whose `%v` are its first letter, in folders too.

    Raises:
        InputError: It has a place for the view, and none is given.
    """
    text = str(path)
    if VIEW not in text and LETTER not in text:
        return Path(path)
    if not view:
        place = VIEW if VIEW in text else LETTER
        raise InputError(
            f"{path} has a place for the view ({place}), and no view is given.",
            "Add --view left or --view right, or write the view's name there.",
            path=path,
        )
    return Path(text.replace(VIEW, view).replace(LETTER, view[0]))

"""The node as a shot: from what its knobs say to the document that every other door reads, too.

Plain data and nothing else: Penumbra's own side checks it, since Nuke 13's Python cannot load its records.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Mapping

from penumbra.errors import InputError, PenumbraError, raise_faults
from penumbra_nuke.key_list import Key

# The layout of shot files that is written here; `penumbra.shot` reads this one and older ones.
VERSION = 2
SETTINGS = ("model", "process_size", "direction", "across_cuts", "edges")
FINISH = ("foreground", "black_point", "white_point", "gamma", "grow", "soften", "fill_holes", "drop_specks")
DELIVERY = ("pixel_type", "matte_window")


@dataclass(frozen=True)
class Plate:
    """Where the plate's pixels are.

    Attributes:
        pattern: The files, with `%04d` or `####`.
        copied: Whether they were rendered from the plate input, rather than being the artist's own.
        why: In words for the artist: why they were rendered, or that nothing was.
    """

    pattern: str
    copied: bool
    why: str


@dataclass(frozen=True)
class Color:
    """What the plate's numbers mean.

    Attributes:
        space: The color space's name; None leaves it to the file.
        ocio: An OpenColorIO configuration's file; None: the built-in one.
    """

    space: str | None = None
    ocio: str | None = None


@dataclass(frozen=True)
class Asked:
    """What the node's knobs say.

    Attributes:
        name: The node's name, for people.
        uid: What tells it from every other node.
        keys: Its key frames.
        first: The first frame of the range.
        last: The last one, inclusive.
        cache: The cache folder, absolute, with forward slashes.
        values: The knobs that go into the shot as they are, by their names.
        roi: `none`, `mask`, or the box `x0,y0,x1,y1` from the display window's top left corner.
        view: The view's name; empty where the script has only one.
    """

    name: str
    uid: str
    keys: tuple[Key, ...]
    first: int
    last: int
    cache: str
    values: Mapping[str, Any]
    roi: str = "none"
    view: str = ""

    @property
    def folder(self) -> Path:
        """The node's own folder."""
        return Path(self.cache) / self.uid

    def mask(self, key: Key) -> tuple[str, str]:
        """A key frame's mask, absolute, and its channel, where the line names one after a colon."""
        file, colon, channel = key.mask.rpartition(":")
        path = Path(self.cache) / key.mask
        # A drive letter's colon is followed by a stroke, and a file may have one in its name.
        if not colon or re.search(r"[/\\]", channel) or path.is_file():
            return path.as_posix(), ""
        return (Path(self.cache) / file).as_posix(), channel

    @property
    def shot(self) -> str:
        """The shot file's name within a version."""
        return f"{self.in_view('shot')}.json"

    def in_view(self, name: str) -> str:
        """A file's name, with the view's where there is one: `matte` or `matte.left`."""
        return f"{name}.{self.view}" if self.view else name


def check(asked: Asked) -> None:
    """What can be seen without looking at a picture.

    Raises:
        PenumbraError: What is wrong; `Faults` where it is several things.
    """
    faults: list[PenumbraError] = []
    if asked.last < asked.first:
        faults.append(
            InputError(
                f"The frame range is {asked.first}-{asked.last}.",
                "Its last frame must not lie before the first; From plate takes the plate's.",
            )
        )
    model = str(asked.values["model"])
    if model.endswith((".safetensors", ".pth")) and not Path(model).is_absolute():
        faults.append(InputError(f"The model is {model!r}, which does not say where it lies.", "Give its whole path."))
    if asked.roi not in ("none", "mask"):
        x0, y0, x1, y1 = map(int, asked.roi.split(","))
        if x1 <= x0 or y1 <= y0:
            faults.append(
                InputError("The region of interest is a box, and the box is empty.", "Draw the box, or choose none.")
            )
    keys = [key for key in asked.keys if asked.first <= key.frame <= asked.last]
    if not keys:
        where = f" in {asked.first}-{asked.last}" if asked.keys else ""
        faults.append(
            InputError(
                f"There is no key frame{where}.",
                "Draw a roto shape, connect it to mask, go to its frame, press Key this frame.",
            )
        )
    for key in keys:
        file, _ = asked.mask(key)
        if not Path(file).is_file():
            faults.append(
                InputError(
                    f"The mask of key frame {key.frame} is not there: {file}",
                    "Go to the frame and press Key this frame; or correct or delete its line; or, where the node comes "
                    f"from another script, copy {Path(file).parent.parent.name} from that one's cache folder.",
                    frame=key.frame,
                )
            )
    raise_faults(faults)


def document(asked: Asked, plate: Plate, color: Color) -> dict[str, Any]:
    """The shot, as `penumbra.Shot` reads it, but for where its mattes go. Paths are absolute.

    Key frames outside of the range are left away, so that a part of a shot can be made on its own.

    Args:
        asked: What the knobs say.
        plate: The plate's files.
        color: What their numbers mean.
    """
    values = asked.values
    settings: dict[str, Any] = {name: values[name] for name in SETTINGS}
    settings["roi"] = asked.roi
    settings["exposure"] = "auto" if values["auto_exposure"] else values["exposure"]
    if color.space:
        # The mattes come back into the same stream: in the space that it is in.
        settings.update(colorspace=color.space, colorspace_reason="as the Nuke script says")
    if color.ocio:
        settings["ocio"] = told(color.ocio)
    return {
        "version": VERSION,
        "plate": told(plate.pattern),
        "frames": f"{asked.first}-{asked.last}",
        "key_frames": [_key_frame(asked, key) for key in asked.keys if asked.first <= key.frame <= asked.last],
        "settings": settings,
        "finish": {name: values[name] for name in FINISH},
        "delivery": {"pixel_type": values["pixel_type"], "window": values["matte_window"]},
    }


def _key_frame(asked: Asked, key: Key) -> dict[str, Any]:
    file, channel = asked.mask(key)
    whole = {"frame": key.frame, "kind": key.kind, "path": told(file)}
    return dict(whole, channel=channel) if channel else whole


def delivered(shot: dict[str, Any], out: str) -> dict[str, Any]:
    """A shot with the pattern of its mattes' names."""
    return dict(shot, delivery=dict(shot["delivery"], out=told(out)))


def told(path: str) -> str:
    """A path as shot files have it, where `$` begins a variable."""
    return path.replace("$", "$$")

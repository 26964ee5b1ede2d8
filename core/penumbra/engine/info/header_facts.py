"""What a header says, as people say it: timecode, camera, how the windows lie, what a matte was made from."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from penumbra.delivery.provenance import PREFIX
from penumbra.image import Header, Window

CRYPTOMATTE = "cryptomatte/"
TIMECODE = "smpte:timecode"
# What people ask about, and where writers put it: the first that is there counts, its entries one after the other.
# OpenEXR's standard attributes come first, as the library names them, then those of other formats.
FACTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "timecode": ((TIMECODE,), ("dpx:TimeCode",), ("nuke/input/timecode",)),
    "frames per second": (("framesPerSecond",), ("dpx:FrameRate",), ("dpx:TemporalFrameRate",)),
    "camera": (("cameraMake", "cameraModel"), ("cameraLabel",), ("Make", "Model"), ("dpx:InputDevice",)),
    "lens": (("lensMake", "lensModel"), ("Exif:LensModel",)),
    "ISO": (("isoSpeed",), ("Exif:PhotographicSensitivity",)),
    "exposure time in seconds": (("ExposureTime",),),
    "shutter angle in degrees": (("shutterAngle",),),
    "aperture": (("FNumber",),),
    "reel": (("reelName",),),
    "made on": (("DateTime",),),
    "made with": (("Software",),),
    "owner": (("Copyright",),),
    "comment": (("ImageDescription",),),
}

Fact = str | float


def facts(header: Header) -> dict[str, Fact]:
    """What the header says of those of `FACTS` of which it says anything; numbers are numbers."""
    entries = {entry.name.lower(): entry for entry in header.metadata}
    found: dict[str, Fact] = {}
    for fact, places in FACTS.items():
        for place in places:
            there = [entries[name.lower()] for name in place if name.lower() in entries]
            said = [_said(entry.name, entry.kind, entry.value) for entry in there]
            if any(said):
                found[fact] = said[0] if len(said) == 1 else " ".join(map(str, said))
                break
    return found


def fact_entries() -> set[str]:
    """The names, in lower case, of all header entries that `facts` looks at."""
    return {name.lower() for places in FACTS.values() for place in places for name in place}


def provenance_of(header: Header) -> dict[str, Fact]:
    """What Penumbra wrote into its own mattes, without the prefix of the names."""
    ours = {entry.name: entry.value for entry in header.metadata if entry.name.startswith(PREFIX)}
    return {name.removeprefix(PREFIX): value for name, value in ours.items()}


def cryptomattes_of(headers: Sequence[Header]) -> dict[str, list[str] | None]:
    """The objects of each Cryptomatte, by its name; None where the names are in another file or damaged."""
    entries: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for header in headers:
        for entry in header.metadata:
            if entry.name.startswith(CRYPTOMATTE) and entry.name.count("/") == 2:
                _, key, name = entry.name.split("/")
                entries[key][name] = str(entry.value)
    return {said.get("name", key): _manifest(said.get("manifest", "")) for key, said in entries.items()}


def lie_of(data: Window, display: Window) -> str:
    """How a data window lies in its display window: `overscan 50 left, 50 right; empty 10 top`."""
    if data == display:
        return "the display window"
    if not data & display:
        return "outside the display window"
    beyond = {
        "left": display.x - data.x,
        "right": data.right - display.right,
        "top": display.y - data.y,
        "bottom": data.bottom - display.bottom,
    }
    over = {side: count for side, count in beyond.items() if count > 0}
    empty = {side: -count for side, count in beyond.items() if count < 0}
    return "; ".join(f"{what} {_sides(sides)}" for what, sides in (("overscan", over), ("empty", empty)) if sides)


def plain(value: Any) -> Any:
    """A header's value as JSON can hold it: lists for tuples and arrays, words for what is no number."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    return value if isinstance(value, (str, int)) else str(value)


def _said(name: str, kind: str, value: Any) -> Fact:
    if name.lower() == TIMECODE and not isinstance(value, str):
        return _timecode(int(value[0]))
    if kind == "rational":
        return float(value[0] / value[1]) if value[1] else ""
    if isinstance(value, (int, float)):
        return value if math.isfinite(value) else ""
    return value if isinstance(value, str) else str(plain(value))


def _timecode(packed: int) -> str:
    """From two decimal digits to a byte, hours first (SMPTE 12M, as OpenEXR packs it); `;` where frames are dropped."""
    hours, minutes, seconds, frames = packed >> 24, packed >> 16, packed >> 8, packed
    digits = (f"{byte & mask:02x}" for byte, mask in ((hours, 0x3F), (minutes, 0x7F), (seconds, 0x7F), (frames, 0x3F)))
    text = ":".join(digits)
    return f"{text[:8]};{text[9:]}" if packed & 0x40 else text


def _manifest(text: str) -> list[str] | None:
    try:
        names = json.loads(text)
    except ValueError:
        return None
    return list(names) if isinstance(names, dict) else None


def _sides(counts: dict[str, int]) -> str:
    if len(counts) == 4 and len(set(counts.values())) == 1:
        return f"{counts['left']} on every side"
    return ", ".join(f"{count} {side}" for side, count in counts.items())

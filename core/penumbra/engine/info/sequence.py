"""What a sequence of files is: its frames, what is missing, and in what they differ."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from penumbra.codec import UnreadableError, check_whole, read_headers
from penumbra.errors import InputError
from penumbra.image import Header
from penumbra.plates import ImageSequence
from penumbra.plates.look import COLOR_ENTRIES
from penumbra.shot import in_ranges

# Headers on network storage are slow to come and cost nothing to wait for.
THREADS = 16

# In what the files of one sequence may differ, as people say it.
PROPERTIES: dict[str, Callable[[Header], str]] = {
    "format": lambda header: header.file_format,
    "display window": lambda header: str(header.display_window),
    "data window": lambda header: str(header.data_window),
    "pixel aspect": lambda header: f"{header.pixel_aspect:.3g}",
    "channels": lambda header: ", ".join(header.channels),
    "pixel type": lambda header: header.pixel_type,
    "compression": lambda header: header.compression,
    "color in the header": lambda header: _color(header),
}


@dataclass(frozen=True)
class SequenceInfo:
    """The files of a sequence.

    Attributes:
        name: Their pattern, with the folder.
        frames: The numbers found on disk.
        missing: Those between the first and the last that are not there.
        size: Of all files together, in bytes.
        unreadable: Why some cannot be read, and which.
        differing: In what the files differ: for each property its values, and the frames that have each.
    """

    name: str
    frames: tuple[int, ...]
    missing: tuple[int, ...]
    size: int
    unreadable: dict[str, list[int]]
    differing: dict[str, dict[str, list[int]]]


def look_at_sequence(sequence: ImageSequence, frame: int | None) -> tuple[SequenceInfo, Path]:
    """Look at every file of a sequence, and name the one to be described: that of a frame, else the first readable.

    Raises:
        InputError: There is no such frame.
        UnreadableError: It cannot be read, or none can.
    """
    if frame is not None and frame not in sequence.frames:
        raise InputError(
            f"{sequence.pattern} has no frame {frame}.", f"On disk are {in_ranges(sequence.frames)}.", frame=frame
        )
    with ThreadPoolExecutor(THREADS) as pool:
        looks = dict(zip(sequence.frames, pool.map(_look, map(sequence.path, sequence.frames)), strict=True))
    headers = {number: look for number, look in looks.items() if isinstance(look, Header)}
    faults = {number: look for number, look in looks.items() if isinstance(look, UnreadableError)}
    described = next(iter(headers), sequence.frames[0]) if frame is None else frame
    if described in faults:
        raise faults[described]
    unreadable: defaultdict[str, list[int]] = defaultdict(list)
    for number, fault in faults.items():
        unreadable[fault.reason].append(number)
    info = SequenceInfo(
        name=str(sequence.pattern),
        frames=sequence.frames,
        missing=tuple(sequence.missing(sequence.extent)),
        size=sum(sequence.path(number).stat().st_size for number in sequence.frames),
        unreadable=dict(unreadable),
        differing=_differing(headers),
    )
    return info, sequence.path(described)


def _color(header: Header) -> str:
    """Its entries on color, name and value; the library's own name where it is all that there is."""
    said = {entry.name.lower(): f"{entry.name} {_words(entry.value)}" for entry in header.metadata}
    return ", ".join(said[name] for name in COLOR_ENTRIES if name in said)


def _words(value: object) -> str:
    return " ".join(f"{item:.4g}" for item in value) if isinstance(value, tuple) else str(value)


def _look(path: Path) -> Header | UnreadableError:
    try:
        check_whole(path)
        return read_headers(path)[0]
    except UnreadableError as fault:
        return fault


def _differing(headers: dict[int, Header]) -> dict[str, dict[str, list[int]]]:
    found: dict[str, dict[str, list[int]]] = {}
    for name, value_of in PROPERTIES.items():
        values: defaultdict[str, list[int]] = defaultdict(list)
        for number, header in headers.items():
            values[value_of(header)].append(number)
        if len(values) > 1:
            found[name] = dict(values)
    return found

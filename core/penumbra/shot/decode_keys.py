"""Key frames in every way that is natural to write by hand.

    {1001: roto.exr, 1020-1030: {path: roto.####.exr, kind: approved}}
    [{frame: 1001, path: roto.exr}, "1020-1030=roto.####.exr"]
    {hero: {1001: hero.exr}, dog: ["1001=dog.exr"]}

Frames with a file or a record each; a list of records and texts; and either of these by the objects' names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING
from dataclasses import fields as fields_of
from typing import Any

from penumbra.errors import InputError
from penumbra.shot.document import Place
from penumbra.shot.fields import of_field, shown
from penumbra.shot.frames import parse_frames
from penumbra.shot.key_frame import FRAMES, KeyFrame, check_each_has_a_file, check_object, parse_key_frames
from penumbra.shot.reading import Reading

FIELDS = {entry.name: entry.default is MISSING for entry in fields_of(KeyFrame)}


def read_key_frames(
    reading: Reading, data: Any, place: Place = ("key_frames",), of: str | None = None
) -> Iterator[tuple[Place, KeyFrame]]:
    """Every key frame, and its place in the file.

    Args:
        reading: Where faults are noted.
        data: What the file has at the place.
        place: Where this is.
        of: The object that all of them are of, where the place says it.
    """
    if of is not None and data in ({}, []):
        with reading.at(*place):
            raise InputError(f"The object {of} has no mask.", "Give it one on a frame where it is seen.")
    elif isinstance(data, dict):
        for name, value in data.items():
            here = (*place, name)
            if of is not None or re.fullmatch(FRAMES, str(name)):
                yield from _entry(reading, value, here, of, str(name))
                continue
            with reading.at(*here):
                check_object(name)
                yield from read_key_frames(reading, value, here, name)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _entry(reading, value, (*place, index), of, None)
    else:
        with reading.at(*place):
            raise InputError(f"key_frames must be like {{1001: roto.1001.exr}}, not {shown(data)}.")


def _entry(
    reading: Reading, value: Any, place: Place, of: str | None, frames: str | None
) -> Iterator[tuple[Place, KeyFrame]]:
    """The key frames of one entry, which may be of several frames. `frames` are those that its place says."""
    with reading.at(*place):
        if isinstance(value, str):
            keys = parse_key_frames(value if frames is None else f"{frames}={value}", of, at=reading.file)
        else:
            keys = _of_record(reading, value, place, of, frames)
        yield from ((place, key) for key in keys)


def _of_record(reading: Reading, value: Any, place: Place, of: str | None, frames: str | None) -> tuple[KeyFrame, ...]:
    given = reading.fields("A key frame", value, FIELDS | ({} if frames is None else {"frame": False}), place)
    with of_field("object"):
        if of is not None and given.setdefault("object", of) != of:
            raise InputError(f"This key frame is among those of {of}.", "Take its object away, or put it elsewhere.")
    numbers: tuple[Any, ...] = (given.get("frame"),) if frames is None else parse_frames(frames)
    with of_field("frame"):
        if "frame" in given and (given.pop("frame"),) != numbers:
            raise InputError(f"This key frame is on frame {frames} already.", "Take its field frame away.")
    with of_field("path"):
        path = reading.file(given.pop("path"))
        if isinstance(path, str):
            check_each_has_a_file(numbers, path)
    return tuple(KeyFrame(number, path, **given) for number in numbers)

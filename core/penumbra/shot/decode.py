"""From a shot file to the shot."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING
from dataclasses import fields as fields_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penumbra.errors import Faults, InputError
from penumbra.shot.decode_keys import read_key_frames
from penumbra.shot.delivery import Delivery
from penumbra.shot.document import Document, Place
from penumbra.shot.fields import Rule, Within, of_field, shown
from penumbra.shot.finish import Finish
from penumbra.shot.frames import FrameRange
from penumbra.shot.paths import CONFIG_FILES, MODEL_FILES
from penumbra.shot.presence import Presence
from penumbra.shot.reading import Reading
from penumbra.shot.settings import Settings

if TYPE_CHECKING:
    from penumbra.shot.shot import Shot

# 2 brought several key frames, approved ones, objects that enter and leave, directions and cuts.
VERSION = 2
# The fields of a shot file, and whether each must be given.
FIELDS = {
    "version": False,
    "plate": True,
    "frames": False,
    "key_frames": True,
    "objects": False,
    "settings": False,
    "finish": False,
    "delivery": True,
}
RECORDS = {"settings": Settings, "finish": Finish, "delivery": Delivery}
ENDS = {"in": False, "out": False}
# The fields that hold files; with suffixes, only a text that ends so is a file, and another is a name.
FILES = {"out": (), "model": MODEL_FILES, "ocio": CONFIG_FILES}


def decoded(document: Document, shot: type[Shot]) -> Shot:
    """The shot that a document orders. Its paths are whole.

    Raises:
        InputError: A fault, with its line and field; `Faults` where there are several.
    """
    reading = Reading(document)
    parts: dict[str, Any] = {}
    places: dict[Place, Place] = {}
    with reading.at():
        _check_version(document.data)
        given = reading.fields("A shot", document.data, FIELDS, ())
        parts, places = _parts(reading, {name: value for name, value in given.items() if value is not None})
    reading.end()
    try:
        return shot(**parts)
    except (InputError, Faults) as fault:
        for each in fault.each:
            reading.refuse(each, places.get(each.field, each.field))
        reading.end()
        raise


def _parts(reading: Reading, given: dict[str, Any]) -> tuple[dict[str, Any], dict[Place, Place]]:
    """What the shot is made of, and where in the file its key frames and presences are."""
    parts: dict[str, Any] = {}
    with reading.at("plate"):
        parts["plate"] = Rule(Path).checked("plate", reading.file(given.get("plate")))
    if "frames" in given:
        with reading.at("frames"):
            parts["frames"] = _frames(given["frames"])
    for name, record in RECORDS.items():
        with reading.at(name):
            parts[name] = _record(reading, name, record, given.get(name, {}))
    keys = list(read_key_frames(reading, given.get("key_frames")))
    presences = list(_presences(reading, given.get("objects", {})))
    parts["key_frames"] = [key for _, key in keys]
    parts["presences"] = [presence for _, presence in presences]
    places: dict[Place, Place] = {("key_frames", index): place for index, (place, _) in enumerate(keys)}
    return parts, places | {("presences", index): place for index, (place, _) in enumerate(presences)}


def _check_version(data: Any) -> None:
    version = data.get("version", VERSION) if isinstance(data, dict) else VERSION
    with of_field("version"):
        if Rule(int).allows(version) and version > VERSION:
            raise InputError(
                f"version is {version}, but this Penumbra reads shot files up to version {VERSION}.",
                "Use the newer Penumbra that wrote it.",
            )
        Rule(int, Within(1, VERSION)).checked("version", version)


def _frames(data: Any) -> FrameRange:
    if Rule(int).allows(data):
        return FrameRange(data, data)
    if not isinstance(data, str):
        raise InputError(f"frames must be like 1001-1048, not {shown(data)}.")
    return FrameRange.parse(data)


def _record(reading: Reading, name: str, record: type, data: Any) -> Any:
    known = {entry.name: entry.default is MISSING for entry in fields_of(record)}
    values = reading.fields(name, data, known, (name,))
    for field, suffixes in FILES.items():
        if field in values:
            with of_field(field):
                values[field] = reading.file(values[field], suffixes)
    return record(**values)


def _presences(reading: Reading, data: Any) -> Iterator[tuple[Place, Presence]]:
    """From a mapping of names to `in` and `out`."""
    with reading.at("objects"):
        if not isinstance(data, dict):
            raise InputError(f"objects must be like {{hero: {{in: 1010, out: 1060}}}}, not {shown(data)}.")
        for name, ends in data.items():
            with reading.at("objects", name):
                given = reading.fields(f"objects.{name}", ends, ENDS, ("objects", name))
                yield ("objects", name), Presence(name, given.get("in"), given.get("out"))

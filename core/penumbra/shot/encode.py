"""From a shot to the plain data of its file: the reverse of `decode`."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from penumbra.shot.decode import FILES, VERSION
from penumbra.shot.paths import told
from penumbra.shot.presence import Presence

if TYPE_CHECKING:
    from penumbra.shot.shot import Shot


def encoded(shot: Shot, folder: Path) -> dict[str, Any]:
    """Plain data, for a file in this folder."""
    data = {
        "version": VERSION,
        "plate": told(shot.plate, folder),
        "frames": None if shot.frames is None else str(shot.frames),
        "key_frames": [_given(asdict(key) | {"path": told(key.path, folder)}) for key in shot.key_frames],
        "objects": {presence.object: _ends(presence) for presence in shot.presences} or None,
        "settings": _record(shot.settings, folder),
        "finish": _record(shot.finish, folder),
        "delivery": _record(shot.delivery, folder),
    }
    return _given(data)


def _record(record: Any, folder: Path) -> dict[str, Any]:
    values = asdict(record)
    named = {name: told(values[name], folder, suffixes) for name, suffixes in FILES.items() if values.get(name)}
    return values | named


def _ends(presence: Presence) -> dict[str, Any]:
    """`in` and `out`, as people call them; `in` cannot be a field's name in Python."""
    return _given({"in": presence.first, "out": presence.last})


def _given(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if value is not None}

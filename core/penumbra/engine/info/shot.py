"""What a shot file orders, and what of it is there. No picture is opened."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from penumbra.engine.inputs import of_view, open_source
from penumbra.errors import FileError
from penumbra.shot import FrameRange, Shot, named, with_view


@dataclass(frozen=True)
class ShotInfo:
    """A shot file. Paths are absolute, and `%V` in them is the shot's view.

    Attributes:
        path: The file.
        plate: Its plate.
        frames: The frames ordered: those said, or else all on disk; None where there are none.
        masks: Frame, file, channel, object and kind of each key frame.
        presences: Name, first and last frame of each object that enters or leaves.
        mattes: Where they go.
        done: The frames whose mattes are on disk, up to date or not.
        lacking: What is not there, in words.
        settings: How the plate is read and the alpha made.
        finish: What is done to the alpha.
        delivery: What is written.
    """

    path: str
    plate: str
    frames: tuple[int, int] | None
    masks: list[dict[str, Any]]
    presences: list[tuple[str, int | None, int | None]]
    mattes: str
    done: list[int]
    lacking: list[str]
    settings: dict[str, Any]
    finish: dict[str, Any]
    delivery: dict[str, Any]
    kind: str = "shot"


def look_at_shot(path: Path) -> ShotInfo:
    """Find out what a shot file orders.

    Raises:
        FileError: It cannot be read.
        InputError: It is no shot, or it is not clear which files are meant.
    """
    shot = of_view(Shot.load(path))
    frames, lacking = _plate(shot)
    lacking = [f"the mask {key.path}" for key in shot.key_frames if not key.path.is_file()] + lacking
    delivery = asdict(shot.delivery)
    del delivery["out"]
    return ShotInfo(
        path=str(path),
        plate=str(with_view(shot.plate, shot.settings.view)),
        frames=(frames.first, frames.last) if frames else None,
        masks=[asdict(key) | {"path": str(key.path)} for key in shot.key_frames],
        presences=[(presence.object, presence.first, presence.last) for presence in shot.presences],
        mattes=str(shot.delivery.out),
        done=[frame for frame in frames or () if shot.delivery.path(frame).is_file()],
        lacking=lacking,
        settings=asdict(shot.settings),
        finish=asdict(shot.finish),
        delivery=delivery,
    )


def _plate(shot: Shot) -> tuple[FrameRange | None, list[str]]:
    """The frames ordered, and what of the plate is not there."""
    try:
        source = open_source(shot)
    except FileError as fault:
        return shot.frames, [fault.problem]
    missing = source.sequence.missing(source.frames)
    return source.frames, [f"{named(missing).lower()} of the plate"] if missing else []

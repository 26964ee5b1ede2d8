"""The shot: plate, frames, key frames, settings, delivery."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import MISSING, asdict, dataclass, field, replace
from dataclasses import fields as fields_of
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from penumbra.errors import InputError
from penumbra.shot import document, fields
from penumbra.shot.delivery import Delivery
from penumbra.shot.frames import FrameRange
from penumbra.shot.key_frame import KeyFrame
from penumbra.shot.settings import Settings

VERSION = 1
# What tells a model's file from a model's name.
MODEL_FILES = (".pth", ".safetensors")


@dataclass(frozen=True)
class Shot:
    """The whole order. It says what to do and has looked at no file.

    Attributes:
        plate: A pattern (`plate.####.exr`), a folder, or one file of a sequence. Its text is accepted.
        key_frames: Where the artist says what is matte; for now exactly one.
        delivery: What is written, and where.
        frames: The frames wanted; None means all that are on disk.
        settings: What changes pixels.
    """

    plate: Path
    key_frames: tuple[KeyFrame, ...]
    delivery: Delivery
    frames: FrameRange | None = None
    settings: Settings = field(default_factory=Settings)

    def __post_init__(self) -> None:
        """Check the fields against each other."""
        object.__setattr__(self, "plate", fields.path("plate", self.plate))
        object.__setattr__(self, "key_frames", tuple(self.key_frames))
        if len(self.key_frames) != 1:
            raise InputError(
                f"key_frames has {len(self.key_frames)} masks, but this version follows exactly one.",
                "Give one mask, on the frame where the subject is seen best.",
            )
        for key in self.key_frames:
            if self.frames is not None and key.frame not in self.frames:
                raise InputError(
                    f"The mask's frame {key.frame} is outside the frames {self.frames}.",
                    "Give a mask on one of these frames, or widen the range.",
                    frame=key.frame,
                )

    @classmethod
    def load(cls, path: Path | str) -> Shot:
        """Read a shot file, YAML or JSON. Its relative paths start at its folder; the result's are absolute.

        Raises:
            InputError: The file is not a shot; the message names the file and the field.
            FileError: It is missing or cannot be read.
        """
        path = Path(path).absolute()
        try:
            shot = _decoded(document.read(path))
        except InputError as fault:
            problem = fault.problem if fault.problem.startswith(str(path)) else f"{path}: {fault.problem}"
            raise InputError(problem, fault.next_step, frame=fault.frame, path=path) from fault
        return shot._with_paths(lambda file: path.parent / file)

    def save(self, path: Path | str) -> None:
        """Write a shot file: JSON where it is named so, else YAML. Paths within its folder become relative.

        Raises:
            MachineError: It cannot be written.
        """
        path = Path(path).absolute()

        def told(file: Path) -> Path:
            file = file.absolute()
            return file.relative_to(path.parent) if file.is_relative_to(path.parent) else file

        document.write(path, _encoded(self._with_paths(told)))

    @property
    def digest(self) -> str:
        """The sha256 of all that changes the mattes' pixels, not of where files lie or how they are named."""
        delivery = asdict(self.delivery)
        del delivery["out"]
        keys = [{"frame": key.frame, "channel": key.channel} for key in self.key_frames]
        settings = asdict(self.settings)
        # A model counts by its content, which only the engine knows; the same one may lie elsewhere.
        del settings["model"]
        order = {"settings": settings, "key_frames": keys, "delivery": delivery}
        return hashlib.sha256(json.dumps(order, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def _with_paths(self, changed: Callable[[Path], Path]) -> Shot:
        def at(file: Path) -> Path:
            # C:\shot is whole on every machine, also where it is not this machine's way to write a path.
            return file if PureWindowsPath(file).drive else changed(file)

        model = self.settings.model
        if Path(model).suffix in MODEL_FILES:
            model = str(at(Path(model)))
        return replace(
            self,
            plate=at(self.plate),
            settings=replace(self.settings, model=model),
            key_frames=tuple(replace(key, path=at(key.path)) for key in self.key_frames),
            delivery=replace(self.delivery, out=at(self.delivery.out)),
        )


def _encoded(shot: Shot) -> dict[str, Any]:
    """Plain data. Key frames are a list, as JSON has no numbers as names."""
    keys = [
        {"frame": key.frame, "path": str(key.path)} | ({"channel": key.channel} if key.channel else {})
        for key in shot.key_frames
    ]
    delivery = asdict(shot.delivery) | {"out": str(shot.delivery.out)}
    frames = {} if shot.frames is None else {"frames": str(shot.frames)}
    order = {"key_frames": keys, "delivery": delivery, "settings": asdict(shot.settings)}
    return {"version": VERSION, "plate": str(shot.plate)} | frames | order


def _decoded(data: Any) -> Shot:
    """The reverse of `_encoded`, which takes what is natural to write by hand as well."""
    given = dict(data) if isinstance(data, dict) else data
    version = given.pop("version", VERSION) if isinstance(given, dict) else VERSION
    if version != VERSION:
        raise InputError(f"version must be {VERSION}, not {version!r}.", "A newer Penumbra may read it.")
    _check_names(Shot, given, "A shot")
    frames = given.get("frames")
    return Shot(
        plate=given["plate"],
        key_frames=tuple(_key_frames(given["key_frames"])),
        delivery=_made(Delivery, given["delivery"], "delivery"),
        frames=None if frames is None else FrameRange.parse(str(frames)),
        settings=_made(Settings, given.get("settings") or {}, "settings"),
    )


def _key_frames(data: Any) -> Iterator[KeyFrame]:
    """From a list of records or of `1001=roto.1001.exr`, or from a mapping of numbers to records or files."""
    if isinstance(data, dict):
        data = [
            {"frame": _number(frame)} | rest if isinstance(rest, dict) else f"{frame}={rest}"
            for frame, rest in data.items()
        ]
    if not isinstance(data, list):
        raise InputError(f"key_frames must be like {{1001: roto.1001.exr}}, not {data!r}.")
    for entry in data:
        yield KeyFrame.parse(entry) if isinstance(entry, str) else _made(KeyFrame, entry, "key_frames")


def _number(name: Any) -> Any:
    """JSON's names are text."""
    return int(name) if isinstance(name, str) and name.lstrip("-").isdigit() else name


Record = TypeVar("Record", Delivery, Settings, KeyFrame)


def _made(kind: type[Record], data: Any, name: str) -> Record:
    _check_names(kind, data, name)
    return kind(**data)


def _check_names(kind: type, data: Any, where: str) -> None:
    """Refuse data that is no record, or has a name that is unknown or lacks one that is needed."""
    known = {
        entry.name: entry.default is MISSING and entry.default_factory is MISSING for entry in fields_of(kind)
    }
    if not isinstance(data, dict):
        raise InputError(f"{where} must have the fields {', '.join(known)}, not be {data!r}.")
    if unknown := [str(name) for name in data if name not in known]:
        raise InputError(f"{where} has no field {', '.join(unknown)}.", f"Its fields are {', '.join(known)}.")
    if missing := [name for name, needed in known.items() if needed and name not in data]:
        raise InputError(f"{where} lacks the field {', '.join(missing)}.", "Add it.")

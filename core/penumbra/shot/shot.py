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
from penumbra.shot.finish import Finish
from penumbra.shot.frames import FrameRange
from penumbra.shot.key_frame import KeyFrame, check_object
from penumbra.shot.settings import Settings

VERSION = 1
# What tells a model's file from a model's name.
MODEL_FILES = (".pth", ".safetensors")
SHOT_FILES = (".yaml", ".yml", ".json")
# What tells an OpenColorIO configuration's file from a built-in one's name.
CONFIG_FILES = (".ocio", ".ocioz")
# Objects that R, G, B and A can hold.
PACKED = 4


@dataclass(frozen=True)
class Shot:
    """The whole order. It says what to do and has looked at no file.

    Attributes:
        plate: A pattern (`plate.####.exr`), a folder, or one file of a sequence. Its text is accepted.
        key_frames: Where the artist says what is matte; for now one for each object, all on one frame.
        delivery: What is written, and where.
        frames: The frames wanted; None means all that are on disk.
        settings: How the plate is read and the alpha made.
        finish: What is done to the alpha before it is delivered, and which color goes with it.
    """

    plate: Path
    key_frames: tuple[KeyFrame, ...]
    delivery: Delivery
    frames: FrameRange | None = None
    settings: Settings = field(default_factory=Settings)
    finish: Finish = field(default_factory=Finish)

    def __post_init__(self) -> None:
        """Check the fields against each other."""
        object.__setattr__(self, "plate", fields.path("plate", self.plate))
        object.__setattr__(self, "key_frames", tuple(self.key_frames))
        _check_objects(self.key_frames)
        if self.delivery.channels == "packed" and len(self.key_frames) > PACKED:
            raise InputError(
                f"{len(self.key_frames)} objects do not fit into R, G, B and A.",
                "Deliver rgba, alpha or cryptomatte, or fewer objects at a time.",
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
        keys = [{"frame": key.frame, "channel": key.channel, "object": key.object} for key in self.key_frames]
        settings = asdict(self.settings)
        # These two count by their content, which only the engine knows; the same one may lie elsewhere.
        del settings["model"], settings["ocio"], settings["colorspace_reason"]
        order = {"settings": settings, "key_frames": keys, "finish": asdict(self.finish), "delivery": delivery}
        return hashlib.sha256(json.dumps(order, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

    def _with_paths(self, changed: Callable[[Path], Path]) -> Shot:
        def at(file: Path) -> Path:
            # C:\shot is whole on every machine, also where it is not this machine's way to write a path.
            return file if PureWindowsPath(file).drive else changed(file)

        model, ocio = self.settings.model, self.settings.ocio
        if Path(model).suffix.lower() in MODEL_FILES:
            model = str(at(Path(model)))
        if ocio is not None and Path(ocio).suffix.lower() in CONFIG_FILES:
            ocio = str(at(Path(ocio)))
        return replace(
            self,
            plate=at(self.plate),
            settings=replace(self.settings, model=model, ocio=ocio),
            key_frames=tuple(replace(key, path=at(key.path)) for key in self.key_frames),
            delivery=replace(self.delivery, out=at(self.delivery.out)),
        )


def _encoded(shot: Shot) -> dict[str, Any]:
    """Plain data. Key frames are a list, as JSON has no numbers as names."""
    keys = [
        {name: value for name, value in (asdict(key) | {"path": str(key.path)}).items() if value is not None}
        for key in shot.key_frames
    ]
    delivery = asdict(shot.delivery) | {"out": str(shot.delivery.out)}
    frames = {} if shot.frames is None else {"frames": str(shot.frames)}
    order = {
        "key_frames": keys,
        "delivery": delivery,
        "settings": asdict(shot.settings),
        "finish": asdict(shot.finish),
    }
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
        finish=_made(Finish, given.get("finish") or {}, "finish"),
    )


def _check_objects(keys: tuple[KeyFrame, ...]) -> None:
    """Refuse what this version cannot follow: one mask for each object, all on one frame."""
    names = [key.object for key in keys]
    plain = [name.lower() for name in names if name]
    if again := [name for index, name in enumerate(filter(None, names)) if plain[index] in plain[:index]]:
        raise InputError(
            f"The object {again[0]} has a second mask, but this version follows exactly one for each object.",
            "Give one mask of it, or another name: upper and lower case make no difference.",
        )
    if not keys or (len(keys) > 1 and None in names):
        raise InputError(
            f"key_frames has {len(keys)} masks, but this version follows exactly one for each object.",
            "Give one mask, on the frame where the subject is seen best, or name every mask's object.",
        )
    if len(frames := {key.frame for key in keys}) > 1:
        raise InputError(
            f"The masks are on frames {', '.join(map(str, sorted(frames)))}, but this version wants them on one.",
            "Give every object's mask on the same frame.",
        )


def _key_frames(data: Any, of: str | None = None) -> Iterator[KeyFrame]:
    """From a list of records or of `1001=roto.1001.exr`, or from a mapping of numbers to records or files.

    A mapping of names to such mappings is of several objects; `of` is the one.
    """
    named = {"object": of} if of else {}
    if isinstance(data, dict):
        numbered = {name: value for name, value in data.items() if of or _is_number(name)}
        for name in [name for name in data if name not in numbered]:
            check_object(name)
            yield from _key_frames(data[name], name)
        data = [
            {"frame": _number(frame)} | rest if isinstance(rest, dict) else f"{frame}={rest}"
            for frame, rest in numbered.items()
        ]
    if not isinstance(data, list):
        raise InputError(f"key_frames must be like {{1001: roto.1001.exr}}, not {data!r}.")
    for entry in data:
        if isinstance(entry, str):
            yield KeyFrame.parse(entry, of)
        else:
            yield _made(KeyFrame, entry | named if isinstance(entry, dict) else entry, "key_frames")


def _is_number(name: Any) -> bool:
    return isinstance(_number(name), int)


def _number(name: Any) -> Any:
    """JSON's names are text."""
    return int(name) if isinstance(name, str) and name.lstrip("-").isdigit() else name


Record = TypeVar("Record", Delivery, Settings, Finish, KeyFrame)


def _made(kind: type[Record], data: Any, name: str) -> Record:
    _check_names(kind, data, name)
    return kind(**data)


def _check_names(kind: type, data: Any, where: str) -> None:
    """Refuse data that is no record, or has a name that is unknown or lacks one that is needed."""
    known = {entry.name: entry.default is MISSING and entry.default_factory is MISSING for entry in fields_of(kind)}
    if not isinstance(data, dict):
        raise InputError(f"{where} must have the fields {', '.join(known)}, not be {data!r}.")
    if unknown := [str(name) for name in data if name not in known]:
        raise InputError(f"{where} has no field {', '.join(unknown)}.", f"Its fields are {', '.join(known)}.")
    if missing := [name for name, needed in known.items() if needed and name not in data]:
        raise InputError(f"{where} lacks the field {', '.join(missing)}.", "Add it.")

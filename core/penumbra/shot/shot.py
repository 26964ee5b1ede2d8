"""The shot: plate, frames, key frames, settings, delivery."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from penumbra.errors import InputError, raise_faults
from penumbra.shot import document
from penumbra.shot.decode import decoded
from penumbra.shot.delivery import Delivery
from penumbra.shot.encode import encoded
from penumbra.shot.fields import check
from penumbra.shot.finish import Finish
from penumbra.shot.frames import FrameRange
from penumbra.shot.key_frame import KeyFrame
from penumbra.shot.objects import contradictions
from penumbra.shot.presence import Presence
from penumbra.shot.settings import Settings

# What tells a shot file from a plate.
SHOT_FILES = (".yaml", ".yml", ".json")
# Objects that R, G, B and A can hold.
PACKED = 4


@dataclass(frozen=True)
class Shot:
    """The whole order. It says what to do and has looked at no file.

    Paths may be given as text, here and in the records that it is made of.

    Attributes:
        plate: A pattern (`plate.####.exr`), a folder, or one file of a sequence.
        key_frames: Where the artist says what is matte: at least one for each object.
        delivery: What is written, and where.
        frames: The frames wanted; None means all that are on disk.
        presences: The objects that enter or leave; the others are there all the time.
        settings: How the plate is read and the alpha made.
        finish: What is done to the alpha before it is delivered, and which color goes with it.
    """

    plate: Path
    key_frames: tuple[KeyFrame, ...]
    delivery: Delivery
    frames: FrameRange | None = None
    presences: tuple[Presence, ...] = ()
    settings: Settings = field(default_factory=Settings)
    finish: Finish = field(default_factory=Finish)

    def __post_init__(self) -> None:
        """Check the fields against each other."""
        check(self, "{}")
        object.__setattr__(self, "key_frames", tuple(self.key_frames))
        object.__setattr__(self, "presences", tuple(self.presences))
        faults = [*contradictions(self.key_frames, self.presences, self.frames)]
        if self.delivery.channels == "packed" and len(self.objects) > PACKED:
            faults.append(
                InputError(
                    f"{len(self.objects)} objects do not fit into R, G, B and A.",
                    "Deliver rgba, alpha or cryptomatte, or fewer objects at a time.",
                    field=("delivery", "channels"),
                )
            )
        raise_faults(faults)

    @property
    def objects(self) -> tuple[str | None, ...]:
        """The objects' names, in the order of their first masks; (None,) where there is only a nameless one."""
        return tuple(dict.fromkeys(key.object for key in self.key_frames))

    def keys_of(self, name: str | None) -> tuple[KeyFrame, ...]:
        """An object's key frames, in the order of their frames."""
        return tuple(sorted((key for key in self.key_frames if key.object == name), key=lambda key: key.frame))

    def presence_of(self, name: str | None) -> Presence | None:
        """When an object is there; None: all the time."""
        return next((presence for presence in self.presences if presence.object == name), None)

    @classmethod
    def load(cls, path: Path | str) -> Shot:
        """Read a shot file, YAML or JSON. Its relative paths start at its folder; the result's are absolute.

        Raises:
            InputError: It is not a shot; the message names the file, the line and the field. `Faults` where that
                holds for several fields.
            FileError: It is missing or cannot be read.
        """
        return decoded(document.read(Path(path).absolute()), cls)

    def save(self, path: Path | str) -> None:
        """Write a shot file: JSON where it is named so, else YAML. Paths within its folder become relative.

        Raises:
            MachineError: It cannot be written.
        """
        path = Path(path).absolute()
        document.write(path, encoded(self, path.parent))

    @property
    def digest(self) -> str:
        """The sha256 of all that changes the mattes' pixels on every frame.

        Not of where files lie or how they are named, and not of key frames, presences, directions and cuts, which
        concern some frames and not others: `engine/fingerprints.py` adds them there.
        """
        delivery = asdict(self.delivery)
        del delivery["out"]
        settings = asdict(self.settings)
        # These two count by their content, which only the engine knows; the same one may lie elsewhere.
        del settings["model"], settings["ocio"], settings["colorspace_reason"]
        del settings["direction"], settings["across_cuts"]
        order = {"settings": settings, "objects": self.objects, "finish": asdict(self.finish), "delivery": delivery}
        return hashlib.sha256(json.dumps(order, sort_keys=True, separators=(",", ":")).encode()).hexdigest()

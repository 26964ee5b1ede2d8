"""Where a matte comes from, as its header says it."""

from __future__ import annotations

from dataclasses import dataclass, fields

from penumbra.image import Attribute

PREFIX = "penumbra/"
FINGERPRINT = f"{PREFIX}fingerprint"
DISAGREEMENT = f"{PREFIX}disagreement"


@dataclass(frozen=True)
class Provenance:
    """What anyone needs to make the same matte again, and may ask about it.

    A field becomes the header's entry of its name: `model_digest` is `penumbra/modelDigest`. What is empty is left out.

    Attributes:
        version: Penumbra's.
        model: The model's name.
        model_digest: The sha256 of the model's file.
        model_license: The license that the model comes with, which may bind what is made with it.
        key_frames: The key frames that it was made from, `1001 1043`.
        settings: The shot's digest.
        fingerprint: Of all that this frame was made from; a matte with another one is out of date.
        approved: The objects whose mattes were given as finished on this frame; `matte` is the nameless one.
        disagreement: The share of the frame over which the passes from two key frames disagree strongly; None where
            one pass made it.
        objects: Their names in the shot's order, `hero dog`.
        colorspace: The plate's color space.
        colorspace_reason: Why it was taken for that.
        working_space: The scene-linear space that the matte is in.
        ocio: The OpenColorIO configuration that names these two.
        exposure: By how many stops the network saw the plate brighter.
        process_size: What the network saw, `1920x1080`.
        roi: The part of the plate that the network saw.
        foreground: Where the matte's color comes from: `source` or `estimated`.
    """

    version: str
    model: str
    model_digest: str
    model_license: str
    settings: str
    fingerprint: str = ""
    key_frames: str = ""
    approved: str = ""
    disagreement: float | None = None
    objects: str = ""
    colorspace: str = ""
    colorspace_reason: str = ""
    working_space: str = ""
    ocio: str = ""
    exposure: float | None = None
    process_size: str = ""
    roi: str = ""
    foreground: str = ""

    def attributes(self) -> tuple[Attribute, ...]:
        """The header entries `penumbra/...`."""
        values = {_entry(field.name): getattr(self, field.name) for field in fields(self)}
        return tuple(
            Attribute(name, "string" if isinstance(value, str) else "float", value)
            for name, value in values.items()
            if value not in ("", None)
        )


def _entry(field: str) -> str:
    first, *rest = field.split("_")
    return PREFIX + first + "".join(map(str.capitalize, rest))

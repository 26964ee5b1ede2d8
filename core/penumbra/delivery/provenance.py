"""Where a matte comes from, as its header says it."""

from __future__ import annotations

from dataclasses import dataclass

from penumbra.image import Attribute

PREFIX = "penumbra/"
FINGERPRINT = f"{PREFIX}fingerprint"


@dataclass(frozen=True)
class Provenance:
    """What anyone needs to make the same matte again, and may ask about it.

    Attributes:
        version: Penumbra's.
        model: The model's name.
        model_digest: The sha256 of the model's file.
        model_license: The license that the model comes with, which may bind what is made with it.
        key_frames: The frames that had masks, `1001`.
        settings: The shot's digest.
        fingerprint: Of all that this frame was made from; a matte with another one is out of date.
    """

    version: str
    model: str
    model_digest: str
    model_license: str
    key_frames: str
    settings: str
    fingerprint: str

    def attributes(self) -> tuple[Attribute, ...]:
        """The header entries `penumbra/...`."""
        entries = {
            f"{PREFIX}version": self.version,
            f"{PREFIX}model": self.model,
            f"{PREFIX}modelDigest": self.model_digest,
            f"{PREFIX}modelLicense": self.model_license,
            f"{PREFIX}keyFrames": self.key_frames,
            f"{PREFIX}settings": self.settings,
            FINGERPRINT: self.fingerprint,
        }
        return tuple(Attribute(name, "string", value) for name, value in entries.items())

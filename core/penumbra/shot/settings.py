"""Settings that change pixels. They are in the shot and never guessed from the machine."""

from __future__ import annotations

from dataclasses import dataclass

from penumbra.shot import fields

DEFAULT_MODEL = "penumbra-seed"


@dataclass(frozen=True)
class Settings:
    """How the matte is made.

    Attributes:
        model: A registered model's name, or a model's file.
        warmup: How often the key frame is repeated before the shot is followed; None means as the model was made for.
        process_size: The short side, in pixels, of what the network sees. A smaller plate is not enlarged.
        colorspace: The plate's color space by name; None lets the file's type decide.
    """

    model: str = DEFAULT_MODEL
    warmup: int | None = None
    process_size: int = 1080
    colorspace: str | None = None

    def __post_init__(self) -> None:
        """Check every field."""
        fields.text("settings.model", self.model)
        if self.warmup is not None:
            fields.whole_number("settings.warmup", self.warmup, 0, 100)
        fields.whole_number("settings.process_size", self.process_size, 16, 8192)
        if self.colorspace is not None:
            fields.text("settings.colorspace", self.colorspace)

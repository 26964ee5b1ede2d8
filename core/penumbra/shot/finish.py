"""What is done between the network's alpha and the delivered pixels. All of it is off by default."""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import fields as fields_of

from penumbra.errors import InputError
from penumbra.shot import fields

FOREGROUNDS = ("source", "estimated")


@dataclass(frozen=True)
class Finish:
    """The artist's last word on the alpha, and which color goes with it.

    Attributes:
        foreground: `source`, the plate's color, or `estimated`: the subject's alone, without the background that shines
            through soft edges.
        black_point: The alpha that becomes 0.
        white_point: The alpha that becomes 1.
        gamma: Above 1 brightens the middle, as in a Grade.
        grow: Plate pixels by which the edge moves outward; negative shrinks.
        soften: Plate pixels by which the edge is blurred.
        fill_holes: Holes of up to so many pixels are filled.
        drop_specks: Specks of up to so many pixels are dropped.
    """

    foreground: str = "source"
    black_point: float = 0.0
    white_point: float = 1.0
    gamma: float = 1.0
    grow: float = 0.0
    soften: float = 0.0
    fill_holes: int = 0
    drop_specks: int = 0

    def __post_init__(self) -> None:
        """Check every field, and make every whole number that stands for a fraction one."""
        fields.one_of("finish.foreground", self.foreground, FOREGROUNDS)
        fields.number("finish.black_point", self.black_point, 0, 1)
        fields.number("finish.white_point", self.white_point, 0, 1)
        fields.number("finish.gamma", self.gamma, 0.05, 20)
        fields.number("finish.grow", self.grow, -200, 200)
        fields.number("finish.soften", self.soften, 0, 100)
        fields.whole_number("finish.fill_holes", self.fill_holes, 0, 100_000_000)
        fields.whole_number("finish.drop_specks", self.drop_specks, 0, 100_000_000)
        if self.white_point <= self.black_point:
            raise InputError(
                f"finish.white_point is {self.white_point:g} and finish.black_point {self.black_point:g}: "
                "no alpha would lie between them.",
                "Give a white point above the black point.",
            )
        for entry in fields_of(self):
            if isinstance(entry.default, float):
                object.__setattr__(self, entry.name, float(getattr(self, entry.name)))

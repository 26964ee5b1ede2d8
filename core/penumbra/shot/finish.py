"""What is done between the network's alpha and the delivered pixels. All of it is off by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from penumbra.errors import InputError
from penumbra.shot.fields import OneOf, Within, check

FOREGROUNDS = ("source", "estimated")
# In pixels; an 8K plate has 33 million.
MOST_AREA = 100_000_000


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

    foreground: Annotated[str, OneOf(FOREGROUNDS)] = "source"
    black_point: Annotated[float, Within(0, 1)] = 0.0
    white_point: Annotated[float, Within(0, 1)] = 1.0
    gamma: Annotated[float, Within(0.05, 20)] = 1.0
    grow: Annotated[float, Within(-200, 200)] = 0.0
    soften: Annotated[float, Within(0, 100)] = 0.0
    fill_holes: Annotated[int, Within(0, MOST_AREA)] = 0
    drop_specks: Annotated[int, Within(0, MOST_AREA)] = 0

    def __post_init__(self) -> None:
        """Check every field, also against each other."""
        check(self, "finish.{}")
        if self.white_point <= self.black_point:
            raise InputError(
                f"finish.white_point is {self.white_point:g} and finish.black_point {self.black_point:g}: "
                "no alpha would lie between them.",
                "Give a white point above the black point.",
                field=("white_point",),
            )

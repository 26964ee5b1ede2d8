"""When an object is in the shot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from penumbra.errors import InputError
from penumbra.shot.fields import check, of_field
from penumbra.shot.key_frame import OBJECT, check_object


@dataclass(frozen=True)
class Presence:
    """An object that enters or leaves. Outside, its alpha is zero.

    Attributes:
        object: Its name.
        first: The frame on which it enters; None: with the shot's first one.
        last: The frame on which it is seen last; None: with the shot's last one.
    """

    object: Annotated[str, OBJECT]
    first: int | None = None
    last: int | None = None

    def __post_init__(self) -> None:
        """Check the fields, also against each other."""
        with of_field("object"):
            check_object(self.object)
        check(self, f"The {{}} frame of {self.object}")
        if self.first is not None and self.last is not None and self.last < self.first:
            raise InputError(
                f"{self.object} leaves on frame {self.last}, before it enters on frame {self.first}.",
                "Give the first and the last frame on which it is seen.",
                field=("last",),
            )

    def __contains__(self, frame: int) -> bool:
        return (self.first is None or frame >= self.first) and (self.last is None or frame <= self.last)

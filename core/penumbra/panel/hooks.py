"""What the panel can ask of the program that it is shown in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from penumbra.desk import Job, Order


@dataclass(frozen=True)
class Hooks:
    """What the panel's surroundings can do for it; what they cannot is not offered.

    Attributes:
        go_to_frame: Shows a frame of an order in the program's own viewer.
        show_node: Shows who ordered it.
        matte: Orders a job's mattes again, where there is more to it than to ask the desk.
        open_files: Lets the person choose shot files.
        empty: What to do where there is no job yet.
    """

    go_to_frame: Callable[[Order, int], None] | None = None
    show_node: Callable[[Order], None] | None = None
    matte: Callable[[Job], None] | None = None
    open_files: Callable[[], None] | None = None
    empty: str = "Draw a mask, press Key this frame on a Penumbra node, and then Matte."

"""Pictures of frames, asked from the worker one at a time, the one that is looked at first."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QImage

from penumbra.desk import Desk, Job, Order
from penumbra.panel.asking import Reply, weakly
from penumbra.protocol import Refusal

# Bytes of pictures that are kept: some seconds of scrubbing.
KEPT = 128_000_000


@dataclass(frozen=True)
class Wish:
    """A picture that is wanted.

    Attributes:
        order: The shot.
        frame: The frame.
        look: `matte`, `over` (a checkerboard), or `plate`.
        height: In pixels of the display.
        made_by: The job that made the matte, where one did since the panel is open: a new matte, a new picture.
        round: Grows when everything is looked at again.
    """

    order: Order
    frame: int
    look: str
    height: int
    made_by: Job | None = None
    round: int = 0


class Pictures:
    """Asks for pictures: one is on its way at a time, so that scrubbing asks for what is looked at, and not for all.

    Args:
        desk: Whom to ask.
        widget: For whom: once Qt has deleted it nothing is told any more.
        changed: Called when a picture has arrived.
    """

    def __init__(self, desk: Desk, widget: object, changed: Callable[[], None]) -> None:
        self._desk, self._widget, self._changed = desk, widget, changed
        self._kept: OrderedDict[Wish, QImage | str] = OrderedDict()
        self._wanted: dict[object, Wish] = {}
        self._asked: Wish | None = None

    def get(self, place: object, wish: Wish) -> QImage | str | None:
        """The picture; words, where there is none to be had; None while it is on its way.

        Args:
            place: Where it is wanted. What was wanted there before is not wanted any more.
            wish: Which.
        """
        if wish in self._kept:
            self._wanted.pop(place, None)
            self._kept.move_to_end(wish)
            return self._kept[wish]
        self._wanted[place] = wish
        self._next()
        return None

    def _next(self) -> None:
        if self._asked is None and self._wanted:
            # The newest wish of the largest place: the viewer's before the thumbnails'.
            self._asked = max(self._wanted.values(), key=lambda wish: wish.height)
            wish = self._asked
            self._desk.ask_of(wish.order, "picture", weakly(self._answered, self._widget),
                              frame=wish.frame, look=wish.look, height=wish.height)  # fmt: skip

    def _answered(self, reply: Reply) -> None:
        wish, self._asked = self._asked, None
        if wish is None:
            return
        self._kept[wish] = reply.message if isinstance(reply, Refusal) else _image(reply.result["png"])
        while sum(image.sizeInBytes() for image in self._kept.values() if isinstance(image, QImage)) > KEPT:
            self._kept.popitem(last=False)
        self._wanted = {place: other for place, other in self._wanted.items() if other != wish}
        self._next()
        self._changed()


def _image(png: str) -> QImage | str:
    image = QImage.fromData(base64.b64decode(png))
    return "The picture cannot be shown." if image.isNull() else image

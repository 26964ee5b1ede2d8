"""A fake worker that also says how frames stand, and has pictures. Standard library and Qt only."""

from __future__ import annotations

import base64
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QColor, QImage

from tests.desk.fake import FakeClient

# How the frames of its every shot stand: a guide at both ends, an approved one between, the last three to be made.
KEYS = {1001: {"": "guide"}, 1005: {"": "approved"}, 1010: {"hero": "guide"}}
STALE, MISSING = (1006, 1007), (1008, 1009, 1010)


def png(color: str = "#808080", size: tuple[int, int] = (160, 90)) -> str:
    image = QImage(*size, QImage.Format.Format_RGB32)
    image.fill(QColor(color))
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "PNG")
    return base64.b64encode(data.data()).decode("ascii")


def state(frame: int) -> dict[str, Any]:
    matte = "stale" if frame in STALE else "missing" if frame in MISSING else "done"
    disagreement = 0.031 if frame == 1003 else None
    return {"frame": frame, "keys": KEYS.get(frame, {}), "matte": matte, "disagreement": disagreement}


class Showing(FakeClient):
    """Answers `states` and `picture` by itself, until it is held."""

    def __init__(self) -> None:
        super().__init__()
        self.holding = False

    def _states(self, identity: int, params: dict[str, Any]) -> None:
        if not self.holding:
            self.answer(identity, frames=[state(frame) for frame in range(1001, 1011)])

    def _picture(self, identity: int, params: dict[str, Any]) -> None:
        if not self.holding:
            self.answer(identity, png=png(), width=160, height=90)

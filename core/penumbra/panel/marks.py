"""The small signs of states: each has a shape of its own, so that nobody has to tell them by color."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen, QPixmap, QPolygonF

from penumbra.panel import theme


@dataclass(frozen=True)
class Mark:
    """A sign: a shape in a color."""

    shape: str
    color: str


# How a job is.
OF_JOB = {
    "new": Mark("ring", theme.FAINT),
    "waiting": Mark("ring", theme.QUIET),
    "running": Mark("play", theme.WORK),
    "held up": Mark("pause", theme.CARE),
    "stopping": Mark("pause", theme.QUIET),
    "done": Mark("check", theme.WORK),
    "stopped": Mark("square", theme.QUIET),
    "failed": Mark("cross", theme.FAULT),
}
# How the worker is.
OF_WORKER = {
    "off": Mark("ring", theme.FAINT),
    "starting": Mark("ring", theme.WORK),
    "ready": Mark("dot", theme.WORK),
    "ended": Mark("cross", theme.FAULT),
}
# What is told.
OF_LEVEL = {
    "fine": Mark("check", theme.WORK),
    "told": Mark("note", theme.QUIET),
    "note": Mark("note", theme.CARE),
    "fault": Mark("cross", theme.FAULT),
}
# What a frame has and is.
GUIDE, APPROVED = Mark("diamond", theme.KEY), Mark("seal", theme.KEY)
DONE, STALE, MISSING = Mark("block", theme.WORK), Mark("hatch", theme.CARE), Mark("hollow", theme.QUIET)
DISAGREEMENT = Mark("hill", theme.DISAGREEMENT)


def draw(painter: QPainter, box: QRectF, mark: Mark) -> None:
    """Draw a sign into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    line = QPen(QColor(mark.color), max(1.2, box.width() / 7))
    line.setCapStyle(Qt.PenCapStyle.RoundCap)
    line.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(line)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _SHAPES[mark.shape](painter, box, QColor(mark.color))
    painter.restore()


def pixmap(mark: Mark, size: int, ratio: float) -> QPixmap:
    """A sign as a picture of so many pixels, for a display of this scale."""
    picture = QPixmap(round(size * ratio), round(size * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw(painter, QRectF(1, 1, size - 2, size - 2), mark)
    painter.end()
    return picture


def _at(box: QRectF, *points: tuple[float, float]) -> QPolygonF:
    """Points that are given in parts of the box."""
    return QPolygonF([QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in points])


def _ring(painter: QPainter, box: QRectF, _: QColor) -> None:
    painter.drawEllipse(box.center(), box.width() * 0.34, box.width() * 0.34)


def _dot(painter: QPainter, box: QRectF, color: QColor) -> None:
    painter.setBrush(color)
    painter.drawEllipse(box.center(), box.width() * 0.36, box.width() * 0.36)


def _filled(*points: tuple[float, float]) -> Callable[[QPainter, QRectF, QColor], None]:
    def shape(painter: QPainter, box: QRectF, color: QColor) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawPolygon(_at(box, *points))

    return shape


def _pause(painter: QPainter, box: QRectF, color: QColor) -> None:
    for left in (0.2, 0.58):
        painter.fillRect(QRectF(box.x() + left * box.width(), box.y() + 0.16 * box.height(),
                                0.22 * box.width(), 0.68 * box.height()), color)  # fmt: skip


def _check(painter: QPainter, box: QRectF, _: QColor) -> None:
    painter.drawPolyline(_at(box, (0.16, 0.54), (0.4, 0.78), (0.86, 0.24)))


def _cross(painter: QPainter, box: QRectF, _: QColor) -> None:
    painter.drawPolyline(_at(box, (0.2, 0.2), (0.8, 0.8)))
    painter.drawPolyline(_at(box, (0.8, 0.2), (0.2, 0.8)))


def _note(painter: QPainter, box: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(box.center(), box.width() * 0.5, box.width() * 0.5)
    painter.setPen(QPen(QColor(theme.SUNKEN), max(1.4, box.width() / 6)))
    painter.drawPolyline(_at(box, (0.5, 0.48), (0.5, 0.74)))
    painter.drawPoint(_at(box, (0.5, 0.26)).first())


def _seal(painter: QPainter, box: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawEllipse(box.center(), box.width() * 0.48, box.width() * 0.48)
    painter.setPen(QPen(QColor(theme.SUNKEN), max(1.2, box.width() / 6.5)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawPolyline(_at(box, (0.27, 0.53), (0.44, 0.69), (0.74, 0.34)))


def _hatch(painter: QPainter, box: QRectF, color: QColor) -> None:
    cell(painter, box, "stale")


def _hollow(painter: QPainter, box: QRectF, color: QColor) -> None:
    cell(painter, box, "missing")


def _block(painter: QPainter, box: QRectF, color: QColor) -> None:
    cell(painter, box, "done")


def _hill(painter: QPainter, box: QRectF, color: QColor) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(color)
    painter.drawPolygon(_at(box, (0, 0.95), (0.3, 0.6), (0.55, 0.12), (0.75, 0.5), (1, 0.95)))


def cell(painter: QPainter, box: QRectF, matte: str) -> None:
    """A frame's matte in the strip: a block where it is done, stripes where it is stale, hollow where there is none."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    if matte == "done":
        painter.fillRect(box, QColor(theme.WORK))
    elif matte == "stale":
        painter.fillRect(box, theme.color(theme.CARE, 0.28))
        painter.fillRect(box, QBrush(QColor(theme.CARE), Qt.BrushStyle.BDiagPattern))
    else:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor("#646464"), 1))
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))


_SHAPES: dict[str, Callable[[QPainter, QRectF, QColor], None]] = {
    "ring": _ring,
    "dot": _dot,
    "play": _filled((0.22, 0.1), (0.9, 0.5), (0.22, 0.9)),
    "square": _filled((0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)),
    "diamond": _filled((0.5, 0.0), (1.0, 0.5), (0.5, 1.0), (0.0, 0.5)),
    "pause": _pause,
    "check": _check,
    "cross": _cross,
    "note": _note,
    "seal": _seal,
    "block": _block,
    "hatch": _hatch,
    "hollow": _hollow,
    "hill": _hill,
}

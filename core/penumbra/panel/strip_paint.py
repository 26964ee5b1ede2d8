"""How the key frame strip is drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import sqrt

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen, QPolygonF

from penumbra.panel import marks, theme
from penumbra.panel.timeline import Frame, Timeline

SIDE, GAP = 10, 4
KEY, CURVE, CELL = 11, 20, 14
# The share of the frame at which the curve is full. Small shares matter (a notice comes from 0.002 on), so it is drawn
# as a square root.
FULL = 0.25
# Steps that people count frames in.
STEPS = (1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000, 10000, 50000, 100000)


@dataclass(frozen=True)
class Lanes:
    """Where what is drawn: keys, curve, cells and numbers, one above the other."""

    keys: QRectF
    curve: QRectF
    cells: QRectF
    numbers: QRectF

    @staticmethod
    def height(metrics: QFontMetrics) -> int:
        """Of all of them, in pixels."""
        return GAP + KEY + GAP + CURVE + 1 + CELL + GAP + metrics.height() + GAP

    @classmethod
    def of(cls, box: QRect, metrics: QFontMetrics) -> Lanes:
        """The lanes of a widget."""
        left, width, top = box.x() + SIDE, box.width() - 2 * SIDE, box.y() + GAP
        curve = top + KEY + GAP
        cells = curve + CURVE + 1
        return cls(
            QRectF(left, top, width, KEY),
            QRectF(left, curve, width, CURVE),
            QRectF(left, cells, width, CELL),
            QRectF(left, cells + CELL + GAP, width, metrics.height()),
        )

    def edge(self, index: int, count: int) -> int:
        """The left edge of the n-th of so many frames, on a whole pixel."""
        return round(self.cells.x() + index * self.cells.width() / count)

    def middle(self, index: int, count: int) -> float:
        """The middle of a frame."""
        return self.cells.x() + (index + 0.5) * self.cells.width() / count

    def index(self, x: float, count: int) -> int:
        """The frame at a place, the nearest one where there is none."""
        return min(max(int((x - self.cells.x()) / self.cells.width() * count), 0), count - 1)


def paint(painter: QPainter, lanes: Lanes, timeline: Timeline, selected: int | None, hovered: int | None) -> None:
    """Draw the strip."""
    ground = lanes.curve.united(lanes.cells).adjusted(-3, -2, 3, 2)
    painter.fillRect(ground, QColor(theme.SUNKEN))
    numbers = timeline.numbers
    if not numbers:
        painter.setPen(QColor(theme.QUIET))
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter, "Its frames are not known yet")
        return
    frames = [timeline.at(number) for number in numbers]
    _cells(painter, lanes, frames)
    _curve(painter, lanes, frames)
    for number, color in ((hovered, QColor("#8a8a8a")), (selected, QColor("#ffffff"))):
        if number in numbers:
            _head(painter, lanes, numbers.index(number), len(numbers), color)
    _keys(painter, lanes, frames)
    _numbers(painter, lanes, numbers, selected)


def _columns(lanes: Lanes, frames: Sequence[Frame]) -> Iterator[tuple[QRectF, str]]:
    """Boxes of mattes. Frames that are narrower than two pixels share a box, which has the worst of them."""
    count = len(frames)
    width = lanes.cells.width() / count
    apart = 1 if width >= 4 else 0
    at = 0
    while at < count:
        end = at + 1
        while end < count and lanes.edge(end, count) - lanes.edge(at, count) < 2:
            end += 1
        left, right = lanes.edge(at, count), lanes.edge(end, count)
        mattes = {frame.matte for frame in frames[at:end]}
        worst = next((matte for matte in ("stale", "missing", "", "done") if matte in mattes), "")
        yield QRectF(left, lanes.cells.y(), max(right - left - apart, 1), lanes.cells.height()), worst
        at = end


def _cells(painter: QPainter, lanes: Lanes, frames: Sequence[Frame]) -> None:
    """Mattes that stand alike and touch are drawn as one, so that stripes go through."""
    joined: list[tuple[QRectF, str]] = []
    for box, matte in _columns(lanes, frames):
        if joined and joined[-1][1] == matte and joined[-1][0].right() >= box.left():
            joined[-1] = (joined[-1][0].united(box), matte)
        else:
            joined.append((box, matte))
    for box, matte in joined:
        marks.cell(painter, box, matte or "missing")


def _curve(painter: QPainter, lanes: Lanes, frames: Sequence[Frame]) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    count, base = len(frames), lanes.curve.bottom()
    points = [QPointF(lanes.curve.x(), base)]
    for index, frame in enumerate(frames):
        part = min(1.0, sqrt((frame.disagreement or 0) / FULL))
        height = part * (lanes.curve.height() - 2)
        points += [QPointF(lanes.edge(side, count), base - height) for side in (index, index + 1)]
    points.append(QPointF(lanes.curve.right(), base))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color(theme.DISAGREEMENT, 0.85))
    painter.drawPolygon(QPolygonF(points))


def _head(painter: QPainter, lanes: Lanes, index: int, count: int, color: QColor) -> None:
    """A frame around a frame, through all lanes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    left, right = lanes.edge(index, count), lanes.edge(index + 1, count)
    if right - left < 5:
        left, right = (left + right) // 2 - 2, (left + right) // 2 + 3
    top, bottom = lanes.curve.y() - 2, lanes.cells.bottom() + 2
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(color, 1))
    painter.drawRect(QRectF(left - 0.5, top, right - left, bottom - top))


def _keys(painter: QPainter, lanes: Lanes, frames: Sequence[Frame]) -> None:
    for index, frame in enumerate(frames):
        if frame.keys:
            approved = "approved" in frame.keys.values()
            middle = lanes.middle(index, len(frames))
            painter.fillRect(QRectF(round(middle), lanes.keys.bottom(), 1, GAP + CURVE), theme.color(theme.KEY, 0.35))
            box = QRectF(middle - KEY / 2 + 0.5, lanes.keys.y(), KEY, KEY)
            marks.draw(painter, box, marks.APPROVED if approved else marks.GUIDE)


def _numbers(painter: QPainter, lanes: Lanes, numbers: Sequence[int], selected: int | None) -> None:
    """As many as there is room for: the selected one first, then the ends, then round ones."""
    metrics = painter.fontMetrics()
    taken: list[QRectF] = []
    room = metrics.horizontalAdvance(str(numbers[-1])) + 30
    fit = max(1, int(lanes.numbers.width() / room))
    step = next((step for step in STEPS if len(numbers) / step <= fit), STEPS[-1])
    chosen = [] if selected is None else [selected]
    chosen += [numbers[0], numbers[-1], *(number for number in numbers if number % step == 0)]
    for number in chosen:
        width = metrics.horizontalAdvance(str(number)) + 2
        middle = lanes.middle(numbers.index(number), len(numbers)) if number in numbers else -1.0
        left = min(max(middle - width / 2, lanes.numbers.x() - SIDE + 2), lanes.numbers.right() + SIDE - 2 - width)
        box = QRectF(left, lanes.numbers.y(), width, lanes.numbers.height())
        if number not in numbers or any(box.adjusted(-6, 0, 6, 0).intersects(other) for other in taken):
            continue
        taken.append(box)
        painter.setPen(QColor(theme.INK if number == selected else theme.QUIET))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, str(number))

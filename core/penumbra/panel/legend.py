"""What the signs of the strip mean."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from penumbra.panel import marks, theme

ENTRIES = (
    (marks.GUIDE, "Guide"),
    (marks.APPROVED, "Approved"),
    (marks.DONE, "Done"),
    (marks.STALE, "Stale"),
    (marks.MISSING, "Missing"),
    (marks.DISAGREEMENT, "Disagreement"),
)
SIGN, APART = 10, 9


class Legend(QWidget):
    """Signs and their names, in as many lines as it takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setFont(theme.sized(self.font(), 0.9))
        self.setAccessibleName("Legend: " + ", ".join(name for _, name in ENTRIES))

    def hasHeightForWidth(self) -> bool:
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Pixels."""
        return int(max(at.y() for at, _, _ in self._placed(width))) + self._line

    def sizeHint(self) -> QSize:
        """Of two lines."""
        return QSize(320, self.heightForWidth(320))

    def minimumSizeHint(self) -> QSize:
        """Of many."""
        return QSize(120, self._line)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        for at, mark, name in self._placed(self.width()):
            box = QRectF(at.x(), at.y() + (self._line - SIGN) / 2, SIGN, SIGN)
            marks.draw(painter, box, mark)
            painter.setPen(QColor(theme.QUIET))
            room = QRectF(at.x() + SIGN + 5, at.y(), self.width(), self._line)
            painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), name)

    @property
    def _line(self) -> int:
        return self.fontMetrics().height() + 2

    def _placed(self, width: int) -> Iterator[tuple[QPointF, marks.Mark, str]]:
        x, y = 0.0, 0.0
        for mark, name in ENTRIES:
            needed = SIGN + 5 + self.fontMetrics().horizontalAdvance(name)
            if x > 0 and x + needed > width:
                x, y = 0.0, y + self._line
            yield QPointF(x, y), mark, name
            x += needed + APART

"""The selected job's title, how it goes, and what can be done with it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from penumbra.panel import marks, theme
from penumbra.panel.queue_model import Row
from penumbra.panel.queue_view import BAR, bar

SIGN = 13
# Pixels from which on the buttons stand beside the headline.
WIDE = 560


class Headline(QWidget):
    """A title, and under it how it goes, with a bar while it runs; all of it is always as high."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: Row | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_row(self, row: Row | None) -> None:
        """Show it."""
        if row != self._row:
            self._row = row
            self.setToolTip(f"{row.title}\n{row.told}" if row else "")
            self.setAccessibleName(f"{row.title}: {row.told}" if row else "")
            self.update()

    def sizeHint(self) -> QSize:
        """Two lines and a bar."""
        title, line = self._heights()
        return QSize(200, title + line + 2 * theme.UNIT + BAR)

    def minimumSizeHint(self) -> QSize:
        """Narrower, for the text is cut."""
        return QSize(80, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        if self._row is None:
            return
        painter = QPainter(self)
        title, line = self._heights()
        painter.setFont(theme.sized(self.font(), 1.2, bold=True))
        self._text(painter, QRectF(0, 0, self.width(), title), self._row.title, theme.INK)
        painter.setFont(self.font())
        second = QRectF(0, title + 2, self.width(), line)
        marks.draw(painter, QRectF(0, second.center().y() - SIGN / 2, SIGN, SIGN), marks.OF_JOB[self._row.state])
        self._text(painter, second.adjusted(SIGN + 6, 0, 0, 0), self._row.told, theme.INK)
        if self._row.part is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            bar(painter, QRectF(0, self.height() - BAR, self.width(), BAR), self._row.part)

    def _heights(self) -> tuple[int, int]:
        return QFontMetrics(theme.sized(self.font(), 1.2, bold=True)).height(), self.fontMetrics().height()

    @staticmethod
    def _text(painter: QPainter, box: QRectF, text: str, color: str) -> None:
        painter.setPen(QColor(color))
        cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)


class Head(QWidget):
    """The headline and its buttons. What cannot be done is disabled, and says why in its tooltip."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = Headline()
        self.matte = QPushButton("Matte")
        self.matte.setProperty("chief", "true")
        self.cancel = QPushButton("Cancel")
        self.cancel.setToolTip("Stop within a frame; what is done stays")
        self.more = QPushButton("More")
        self.more.setToolTip("Folder, command line, and more")
        self.menu = QMenu(self.more)
        self.menu.setToolTipsVisible(True)
        self.more.setMenu(self.menu)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.UNIT)
        for button in (self.matte, self.cancel, self.more):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._parts = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._parts.setContentsMargins(0, 0, 0, 0)
        self._parts.setSpacing(2 * theme.UNIT)
        self._parts.addWidget(self.headline, 1)
        self._parts.addLayout(buttons)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons stand beside the headline where there is room."""
        super().resizeEvent(event)
        ways = QBoxLayout.Direction
        way = ways.LeftToRight if self.width() >= WIDE else ways.TopToBottom
        if self._parts.direction() != way:
            self._parts.setDirection(way)

    def add(self, text: str, tip: str, do: Callable[[], None], keys: str = "") -> QAction:
        """An entry of the menu."""
        action = QAction(text, self)
        action.setToolTip(tip)
        action.triggered.connect(lambda _=False: do())
        if keys:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.menu.addAction(action)
        return action

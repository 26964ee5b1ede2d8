"""The key frame strip: a shot's frames along a line."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from penumbra.desk import words
from penumbra.panel import theme
from penumbra.panel.strip_paint import Lanes, paint
from penumbra.panel.timeline import Timeline


class Strip(QWidget):
    """Every frame of a shot: key frames above, the passes' disagreement, the mattes, and the numbers below.

    A click selects a frame, and so do the arrow keys; Ctrl and an arrow go to the next key frame.
    """

    picked = Signal(int)
    hovered = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._timeline = Timeline()
        self._selected: int | None = None
        self._hovered: int | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Key frame strip")

    @property
    def timeline(self) -> Timeline:
        """What is shown."""
        return self._timeline

    @property
    def selected(self) -> int | None:
        """The selected frame."""
        return self._selected

    def show_timeline(self, timeline: Timeline, selected: int | None) -> None:
        """Show these frames, and which of them is selected."""
        if (timeline, selected) != (self._timeline, self._selected):
            self._timeline, self._selected = timeline, selected
            self.setAccessibleDescription(self.words(selected))
            self.update()

    def words(self, number: int | None) -> str:
        """A frame in words; nothing for none."""
        if number is None or not self._timeline.frames:
            return ""
        frame = self._timeline.at(number)
        return words.of_frame(number, frame.keys, frame.matte, frame.disagreement)

    def frame_at(self, x: float) -> int | None:
        """The frame at a place of this widget."""
        numbers = self._timeline.numbers
        if not numbers:
            return None
        return numbers[self._lanes().index(x, len(numbers))]

    def pick(self, number: int | None) -> None:
        """Select a frame, as a click does."""
        if number is not None and number != self._selected:
            self._selected = number
            self.setAccessibleDescription(self.words(number))
            self.update()
            self.picked.emit(number)

    def sizeHint(self) -> QSize:
        """As high as its lanes; as wide as there is room."""
        return QSize(320, Lanes.height(self.fontMetrics()))

    def minimumSizeHint(self) -> QSize:
        """Some hundred pixels do."""
        return QSize(120, Lanes.height(self.fontMetrics()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        painter = QPainter(self)
        painter.setFont(theme.sized(self.font(), 0.9))
        paint(painter, self._lanes(), self._timeline, self._selected, self._hovered)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.color(theme.WORK))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the frame."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.pick(self.frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell of the frame, and scrub while the button is down."""
        self._hover(self.frame_at(event.position().x()))
        if event.buttons() & Qt.MouseButton.LeftButton:
            self.pick(self._hovered)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is told any more."""
        self._hover(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrows, Home and End."""
        step = self._step(event)
        if step is None:
            super().keyPressEvent(event)
        else:
            self.pick(step)

    def event(self, event: QEvent) -> bool:
        """Tell a frame in words where the mouse rests."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.words(self.frame_at(event.pos().x())), self, QRect(
                event.pos() - QPoint(4, 4), QSize(8, 8)))  # fmt: skip
            return True
        return super().event(event)

    def _step(self, event: QKeyEvent) -> int | None:
        numbers = self._timeline.numbers
        if not numbers:
            return None
        now = numbers[0] if self._selected is None else self._selected
        keys = self._timeline.key_frames if event.modifiers() & Qt.KeyboardModifier.ControlModifier else list(numbers)
        if event.key() == Qt.Key.Key_Left:
            return max((number for number in keys if number < now), default=now)
        if event.key() == Qt.Key.Key_Right:
            return min((number for number in keys if number > now), default=now)
        return {Qt.Key.Key_Home: numbers[0], Qt.Key.Key_End: numbers[-1]}.get(Qt.Key(event.key()))

    def _lanes(self) -> Lanes:
        return Lanes.of(self.rect(), self.fontMetrics())

    def _hover(self, number: int | None) -> None:
        if number != self._hovered:
            self._hovered = number
            self.update()
            self.hovered.emit(number)

"""One frame as a picture: its matte, the subject over a checkerboard, or its plate."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from penumbra.panel import theme

LOOKS = {
    "matte": ("Matte", "The alpha, as grey (1)"),
    "over": ("Over", "The subject over a checkerboard (2)"),
    "plate": ("Plate", "The plate as it is (3)"),
}


class Screen(QWidget):
    """Shows a picture as large as there is room, or words where there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: QImage | str | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_picture(self, shown: QImage | str | None, keep: bool) -> None:
        """Show a picture, or words; None while it is on its way, which leaves what was there if `keep`."""
        if shown is None and keep:
            return
        if shown is not self._shown:
            self._shown = shown
            self.setAccessibleDescription(shown if isinstance(shown, str) else "")
            self.update()

    def sizeHint(self) -> QSize:
        """A small picture."""
        return QSize(320, 180)

    def minimumSizeHint(self) -> QSize:
        """One that can still be made out."""
        return QSize(120, 90)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the middle."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.SUNKEN))
        if isinstance(self._shown, QImage):
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._fitted(self._shown), self._shown)
        elif self._shown:
            painter.setPen(QColor(theme.QUIET))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 8, -16, -8), int(flags), self._shown)

    def _fitted(self, image: QImage) -> QRectF:
        """Where it goes: as large as there is room, on whole pixels of the display, and never blown up over twice."""
        ratio = self.devicePixelRatioF()
        scale = min(self.width() / image.width(), self.height() / image.height(), 2.0)
        width, height = (round(side * scale * ratio) / ratio for side in (image.width(), image.height()))
        left, top = (round(room / 2 * ratio) / ratio for room in (self.width() - width, self.height() - height))
        return QRectF(left, top, width, height)


class Viewer(QWidget):
    """The screen, which look it shows, and whether it follows the work."""

    look_picked = Signal(str)
    follow_picked = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.screen_widget = Screen(self)
        self.words = QLabel(self)
        self.words.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.words.setProperty("role", "quiet")
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.follow = QToolButton(self)
        self.follow.setText("Follow")
        self.follow.setCheckable(True)
        self.follow.setToolTip("Show every frame as it is done (F)")
        self.follow.clicked.connect(self.follow_picked)
        self._looks = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(theme.UNIT)
        for number, (look, (name, tip)) in enumerate(LOOKS.items(), 1):
            button = QToolButton(self)
            button.setText(name)
            button.setToolTip(tip)
            button.setCheckable(True)
            button.setChecked(look == "matte")
            button.clicked.connect(lambda _=False, look=look: self.look_picked.emit(look))
            self._looks.addButton(button, number - 1)
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.follow)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addLayout(row)
        column.addWidget(self.screen_widget, 1)
        column.addWidget(self.words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys that the tooltips name. They are no shortcuts: in Nuke these are taken, and stay Nuke's."""
        looks = list(LOOKS)
        if event.text() in ("1", "2", "3"):
            self.pick(looks[int(event.text()) - 1])
        elif event.key() == Qt.Key.Key_F:
            self.follow.click()
        else:
            super().keyPressEvent(event)

    def pick(self, look: str) -> None:
        """Choose a look, as its button does."""
        self._looks.button(list(LOOKS).index(look)).click()

    def say(self, text: str) -> None:
        """What is seen, in words; cut at the end where there is no room, and whole in the tooltip."""
        self.words.setText(text)
        self.words.setToolTip(text)

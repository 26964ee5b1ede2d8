"""A line that tells something above everything else, until it is closed or said again."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QWidget

from penumbra.panel import marks, theme
from penumbra.panel.notes import SIGN, sign, words

# Milliseconds for which something passing is told.
PASSING = 4000


class Banner(QFrame):
    """Hidden while there is nothing to tell."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self._sign = sign(marks.OF_LEVEL["note"], self.devicePixelRatioF())
        self._words = words("")
        close = QToolButton(self)
        close.setText("\u00d7")
        close.setProperty("flat", "true")
        close.setToolTip("Close")
        close.clicked.connect(self.hide)
        self._passing = QTimer(self)
        self._passing.setSingleShot(True)
        self._passing.timeout.connect(self.hide)
        across = QHBoxLayout(self)
        across.setContentsMargins(2 * theme.UNIT, theme.UNIT, theme.UNIT, theme.UNIT)
        across.setSpacing(2 * theme.UNIT)
        across.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignVCenter)
        across.addWidget(self._words, 1)
        across.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        self.hide()

    @property
    def text(self) -> str:
        """What is told."""
        return self._words.text()

    def tell(self, text: str, level: str = "note", *, passing: bool = False) -> None:
        """Tell something; `passing` things go away by themselves."""
        self._sign.setPixmap(marks.pixmap(marks.OF_LEVEL[level], SIGN, self.devicePixelRatioF()))
        self._words.setText(text)
        self._passing.stop()
        if passing:
            self._passing.start(PASSING)
        self.show()

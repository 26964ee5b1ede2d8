"""Things that are told, one below the other: faults and notices of a job, and what the doctor found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from penumbra.panel import marks, theme

SIGN = 13


@dataclass(frozen=True)
class Note:
    """Something that is told.

    Attributes:
        level: `fine`, `told` (nothing to do about it), `note` (look at it) or `fault`.
        text: What it is.
        next_step: What to do about it.
        topic: What it is about.
    """

    level: str
    text: str
    next_step: str = ""
    topic: str = ""


class Notes(QScrollArea):
    """The list; words where it is empty."""

    def __init__(self, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self._told: tuple[Note, ...] | None = None
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.tell(())

    def tell(self, notes: Sequence[Note]) -> None:
        """Show these."""
        if tuple(notes) == self._told:
            return
        self._told = tuple(notes)
        inside = _Inside()
        inside.setObjectName("inside")
        column = QVBoxLayout(inside)
        column.setContentsMargins(2 * theme.UNIT, 2 * theme.UNIT, 2 * theme.UNIT, 2 * theme.UNIT)
        column.setSpacing(2 * theme.UNIT)
        for note in notes:
            column.addWidget(_row(note, self.devicePixelRatioF()))
        if not notes:
            column.addWidget(words(self._empty, quiet=True))
        column.addStretch(1)
        self.setWidget(inside)

    def sizeHint(self) -> QSize:
        """Some lines."""
        return QSize(240, 120)

    def minimumSizeHint(self) -> QSize:
        """Two lines."""
        return QSize(120, 48)


class _Inside(QWidget):
    """As high as its text is at its width; Qt's own least height is that of the narrowest text."""

    def minimumSizeHint(self) -> QSize:
        """Nothing by itself."""
        return QSize(0, 0)


def words(text: str, *, quiet: bool = False) -> QLabel:
    """Text that wraps, and that can be selected and copied."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    if quiet:
        label.setProperty("role", "quiet")
    return label


def sign(mark: marks.Mark, ratio: float) -> QLabel:
    """A state's sign, as high as a line of text."""
    label = QLabel()
    label.setPixmap(marks.pixmap(mark, SIGN, ratio))
    label.setFixedWidth(SIGN + 2)
    return label


def _row(note: Note, ratio: float) -> QFrame:
    row = QFrame()
    across = QHBoxLayout(row)
    across.setContentsMargins(0, 0, 0, 0)
    across.setSpacing(2 * theme.UNIT)
    across.addWidget(sign(marks.OF_LEVEL[note.level], ratio), 0, Qt.AlignmentFlag.AlignTop)
    down = QVBoxLayout()
    down.setSpacing(2)
    if note.topic:
        topic = words(note.topic)
        topic.setFont(theme.sized(topic.font(), 1.0, bold=True))
        down.addWidget(topic)
    down.addWidget(words(note.text))
    if note.next_step:
        down.addWidget(words(note.next_step, quiet=True))
    across.addLayout(down, 1)
    return row

"""The queue as a list: a thumbnail, a title, how it goes."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from penumbra.panel import marks, theme
from penumbra.panel.queue_model import ROW, QueueModel, Row

PICTURE = QSize(80, 45)
PAD = 6
SIGN = 12
BAR = 3


class RowDelegate(QStyledItemDelegate):
    """Paints a row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As high as the thumbnail, or two lines and a bar."""
        lines = 2 * option.fontMetrics.height() + 2 + PAD + BAR  # type: ignore[attr-defined]  # PySide6 has no types for it
        return QSize(200, max(PICTURE.height(), lines) + 2 * PAD)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw it."""
        row = index.data(ROW)
        box, state = QRectF(option.rect), option.state  # type: ignore[attr-defined]  # likewise
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor("#3d4a53"))
            painter.fillRect(QRectF(box.x(), box.y(), 3, box.height()), QColor(theme.WORK))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(box, QColor("#303030"))
        inside = box.adjusted(PAD + 3, PAD, -PAD - 2, -PAD)
        picture = QRectF(inside.x(), inside.center().y() - PICTURE.height() / 2, PICTURE.width(), PICTURE.height())
        _thumbnail(painter, picture, row.picture)
        _text(painter, inside.adjusted(PICTURE.width() + 10, 0, 0, 0), row)
        painter.restore()


def _thumbnail(painter: QPainter, box: QRectF, image: QImage | None) -> None:
    """The picture, cut to the box's shape."""
    path = QPainterPath()
    path.addRoundedRect(box, 2, 2)
    painter.save()
    painter.setClipPath(path)
    painter.fillRect(box, QColor("#1c1c1c"))
    if image is not None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = max(box.width() / image.width(), box.height() / image.height())
        source = QRectF(0, 0, box.width() / scale, box.height() / scale)
        source.moveCenter(QRectF(image.rect()).center())
        painter.drawImage(box, image, source)
    painter.restore()


def _text(painter: QPainter, box: QRectF, row: Row) -> None:
    """Two lines and, while it runs, a bar below them."""
    bold = theme.sized(painter.font(), 1.0, bold=True)
    high = QFontMetrics(bold).height()
    whole = 2 * high + 2 + (0 if row.part is None else PAD + BAR)
    top = box.center().y() - whole / 2
    plain = painter.font()
    painter.setFont(bold)
    _line(painter, QRectF(box.x(), top, box.width(), high), row.title, theme.INK)
    painter.setFont(plain)
    second = QRectF(box.x(), top + high + 2, box.width(), high)
    marks.draw(painter, QRectF(second.x(), second.center().y() - SIGN / 2, SIGN, SIGN), marks.OF_JOB[row.state])
    _line(painter, second.adjusted(SIGN + 6, 0, 0, 0), row.told, theme.FAULT if row.state == "failed" else theme.QUIET)
    if row.part is not None:
        bar(painter, QRectF(box.x(), second.bottom() + PAD, box.width(), BAR), row.part)


def bar(painter: QPainter, box: QRectF, part: float) -> None:
    """A bar of which a part, 0..1, is done."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#1c1c1c"))
    painter.drawRoundedRect(box, 1.5, 1.5)
    if part > 0:
        painter.setBrush(QColor(theme.WORK))
        painter.drawRoundedRect(QRectF(box.x(), box.y(), max(box.width() * part, box.height()), box.height()), 1.5, 1.5)


def _line(painter: QPainter, box: QRectF, text: str, color: str) -> None:
    painter.setPen(QColor(color))
    cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), cut)


class QueueView(QListView):
    """The list; what to do where it is empty."""

    def __init__(self, model: QueueModel, empty: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._empty = empty
        self.setModel(model)
        self.setItemDelegate(RowDelegate(self))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.setAccessibleName("Jobs")

    def paintEvent(self, event: object) -> None:
        """The rows, or words."""
        super().paintEvent(event)  # type: ignore[arg-type]  # Qt's own event, handed on
        if self.model().rowCount() == 0:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(theme.QUIET))
            flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.viewport().rect().adjusted(20, 8, -20, -8), int(flags), self._empty)

    def sizeHint(self) -> QSize:
        """Three rows."""
        return QSize(280, 3 * (PICTURE.height() + 2 * PAD) + 2)

    def minimumSizeHint(self) -> QSize:
        """One row."""
        return QSize(160, PICTURE.height() + 2 * PAD + 2)

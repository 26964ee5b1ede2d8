"""The queue as a model: the orders that a window holds, and the desk's jobs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QImage

from penumbra.desk import Job, Order, words
from penumbra.panel.timeline import Timeline

ROW = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Entry:
    """A line of the queue: an order, and its job where it has one."""

    order: Order
    job: Job | None = None


@dataclass(frozen=True)
class Row:
    """How an entry looks.

    Attributes:
        title: What the shot is called.
        state: A name of `words.STATES`.
        told: How it is, in words.
        part: How much is done, 0..1; None where there is no bar.
        picture: Its thumbnail.
    """

    title: str
    state: str
    told: str
    part: float | None
    picture: QImage | None


def row(entry: Entry, picture: QImage | None, known: Timeline) -> Row:
    """How an entry looks now, with what is known of its frames."""
    job = entry.job
    state = words.state_of(job)
    moving = job is not None and job.active and job.state != "waiting"
    part = (job.done / job.total if job.total else 0.0) if job is not None and moving else None
    return Row(entry.order.title, state, words.told(job, known.counts), part, picture)


def entries(offered: Sequence[Order], jobs: Sequence[Job]) -> tuple[Entry, ...]:
    """Every job, oldest first; an order that the window holds stands where it was put, with its newest job."""
    newest = {job.order: job for job in jobs}
    held = [Entry(order, newest.get(order)) for order in offered]
    shown = {entry.job for entry in held if entry.job}
    return (*held, *(Entry(job.order, job) for job in jobs if job not in shown))


class QueueModel(QAbstractListModel):
    """Entries and how they look, for a list view."""

    def __init__(self) -> None:
        super().__init__()
        self.entries: tuple[Entry, ...] = ()
        self._rows: tuple[Row, ...] = ()

    def rowCount(self, parent: Index | None = None) -> int:
        """How many there are."""
        return 0 if parent is not None and parent.isValid() else len(self.entries)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The whole row for the delegate; words for whoever cannot see it."""
        if not index.isValid():
            return None
        shown = self._rows[index.row()]
        if role == ROW:
            return shown
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{shown.title}\n{shown.told}"
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{shown.title}: {shown.told}"
        return None

    def update(self, entries: tuple[Entry, ...], rows: tuple[Row, ...]) -> bool:
        """Show these; gives whether other entries are in it than before."""
        if entries != self.entries:
            self.beginResetModel()
            self.entries, self._rows = entries, rows
            self.endResetModel()
            return True
        if rows != self._rows:
            self._rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        return False

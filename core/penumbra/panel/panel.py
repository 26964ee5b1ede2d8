"""The panel: the queue on one side, the selected job on the other, whatever the size."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, QModelIndex, Qt, QTimer
from PySide6.QtGui import QImage, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QScrollArea, QSplitter, QVBoxLayout, QWidget

from penumbra.desk import Desk, Order, words
from penumbra.panel import marks, theme
from penumbra.panel.actions import Actions
from penumbra.panel.asking import Standing, Standings
from penumbra.panel.banner import Banner
from penumbra.panel.detail import Detail
from penumbra.panel.hooks import Hooks
from penumbra.panel.notes import SIGN, sign
from penumbra.panel.pictures import Pictures
from penumbra.panel.queue_model import Entry, QueueModel, Row, entries, row
from penumbra.panel.queue_view import PICTURE, QueueView
from penumbra.panel.thumbnails import Thumbnails
from penumbra.panel.timeline import Timeline, timeline

# Milliseconds between looks at the desk.
TICK = 100
# Pixels from which on the queue stands beside the job, and not above it.
WIDE = 720

WORKER = {
    "off": "Worker not started",
    "starting": "Worker starting\u2026",
    "ready": "Worker ready",
    "ended": "Worker ended; the next job starts it again",
}


class Panel(QWidget):
    """The jobs of a desk.

    There may be several of one desk, and they come and go: a panel keeps nothing in the desk, and looks at it by a
    timer of its own.

    Args:
        desk: Whose jobs.
        hooks: What the surroundings can do for it.
        ticking: Whether this panel keeps the desk going. In Nuke something else does.
        device: Where the network runs, for orders that had no job yet.
        parent: The widget that it is in.
    """

    def __init__(
        self,
        desk: Desk,
        hooks: Hooks | None = None,
        *,
        ticking: bool = False,
        device: str = "cpu",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._desk, self._hooks, self._ticking, self._device = desk, hooks or Hooks(), ticking, device
        self._offered: tuple[Order, ...] = ()
        self._seen: int | None = None
        self._notices: tuple[str, ...] = ()
        self._round = 0
        self._choosing = False
        self._pictures = Pictures(desk, self, self._look_again_soon)
        self._thumbnails = Thumbnails(self._pictures)
        self._standings = Standings(desk, self, self._look_again_soon)
        self._model = QueueModel()
        self._build()
        self._actions = Actions(desk, self._hooks, self.detail.head, device)
        self._actions.done.connect(self.refresh)
        self._actions.said.connect(self._say_in_passing)
        self._actions.removed.connect(self._withdraw)
        self._actions.look_again.connect(self.look_again)
        self.queue.addActions(self.detail.head.menu.actions())
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK)
        self.refresh()

    @property
    def selected(self) -> Entry | None:
        """The entry that is shown in full."""
        index = self.queue.currentIndex()
        return self._model.entries[index.row()] if index.isValid() else None

    def offer(self, order: Order) -> None:
        """Put an order into the list before it has a job, and select it; an older one of its file makes way."""
        same = next((old for old in self._offered if old.saved and old.saved == order.saved), None)
        if same is None:
            self._offered += (order,)
        else:
            self._offered = tuple(order if old is same else old for old in self._offered)
        self.refresh()
        self.select(order)

    def select(self, order: Order) -> None:
        """Show the newest job of an order, or the order itself, in full; nothing, if it is not in the list."""
        found = [index for index, entry in enumerate(self._model.entries) if entry.order == order]
        if found:
            self._select(found[-1])

    def say(self, text: str, level: str = "note") -> None:
        """Tell the person something, above everything else, until it is closed; `level` is `note` or `fault`."""
        self.banner.tell(text, level)

    def look_again(self) -> None:
        """Ask the worker how all frames stand, whatever is known, and for new pictures."""
        self._round += 1
        self._standings.look_again()
        self.refresh()

    def refresh(self) -> None:
        """Show how everything is now."""
        self._seen = self._desk.revision
        before = self.selected
        now = entries(self._offered, self._desk.jobs)
        self._choosing = True
        if self._model.update(now, tuple(map(self._row, now))):
            self._thumbnails.keep(now)
            self._select_again(before)
        self._choosing = False
        self._tell_of_worker()
        self._clear.setEnabled(any(not job.active for job in self._desk.jobs))
        entry = self.selected
        self._actions.show_entry(entry)
        self.detail.setVisible(entry is not None)
        self.detail.show_entry(entry, self._row(entry) if entry else None, self._standing(entry))
        if self.isVisible():
            self.detail.show_picture(self._pictures, self._round)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room, else one above the other."""
        super().resizeEvent(event)
        wide = self.width() >= WIDE
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self._parts.orientation() != way:
            self._parts.setOrientation(way)
            self._parts.setSizes([360, max(self.width() - 360, 1)] if wide else [190, max(self.height() - 190, 1)])
        self._look_again_soon()

    def showEvent(self, event: QShowEvent) -> None:
        """Nothing was brought up to date while nobody saw it."""
        super().showEvent(event)
        self._look_again_soon()

    def _tick(self) -> None:
        if self._ticking:
            self._desk.tick()
        if not self.isVisible():
            return
        if self._seen != self._desk.revision:
            self.refresh()
        self.detail.pages.look()

    def _look_again_soon(self) -> None:
        """With the next tick: what changed is not the desk, but what is known of its jobs."""
        self._seen = None

    def _standing(self, entry: Entry | None) -> Standing:
        if entry is None or not self.isVisible():
            return Standing()
        return self._standings.of(entry.order, entry.job, entry.job.device if entry.job else self._device)

    def _row(self, entry: Entry) -> Row:
        """How an entry looks. How frames stand is asked for what the window holds; for jobs, once they are selected."""
        held = entry.order in self._offered
        known = timeline(entry.order, entry.job, self._standing(entry).frames) if held else Timeline()
        return row(entry, self._thumbnail(entry, known), known)

    def _thumbnail(self, entry: Entry, known: Timeline) -> QImage | None:
        height = round(PICTURE.height() * self.devicePixelRatioF())
        return self._thumbnails.of(entry, known, height, self._round) if self.isVisible() else None

    def _tell_of_worker(self) -> None:
        state = self._desk.worker
        self._sign.setPixmap(marks.pixmap(marks.OF_WORKER[state], SIGN, self.devicePixelRatioF()))
        waiting = sum(job.state == "waiting" for job in self._desk.jobs)
        queued = f" \u00b7 {words.counted(waiting, 'job')} waiting" if waiting else ""
        self._worker.setText(WORKER[state] + queued)
        if self._desk.notices != self._notices:
            self._notices = self._desk.notices
            if self._notices:
                self.say(self._notices[-1].splitlines()[0], "fault" if state == "ended" else "note")

    def _select(self, index: int) -> None:
        self.queue.selectionModel().setCurrentIndex(
            self._model.index(index), QItemSelectionModel.SelectionFlag.ClearAndSelect
        )

    def _select_again(self, before: Entry | None) -> None:
        """The same job, or the same order's; else what runs, else the newest."""
        now = self._model.entries
        if not now:
            return
        ranks = [
            (before is not None and entry == before, before is not None and entry.order == before.order,
             entry.job is not None and entry.job.active)
            for entry in now
        ]  # fmt: skip
        best = max(ranks)
        self._select(ranks.index(best) if any(best) else len(now) - 1)

    def _selection_changed(self, now: QModelIndex, before: QModelIndex) -> None:
        # At once: a key that is pressed next must not reach the job that was selected before.
        if not self._choosing:
            self.refresh()

    def _frame_picked(self, frame: int) -> None:
        entry = self.selected
        if entry is not None and self._hooks.go_to_frame is not None:
            self._hooks.go_to_frame(entry.order, frame)

    def _withdraw(self, entry: Entry) -> None:
        self._offered = tuple(order for order in self._offered if order != entry.order)
        self.refresh()

    def _say_in_passing(self, text: str) -> None:
        self.banner.tell(text, "told", passing=True)

    def _clear_ended(self) -> None:
        for job in self._desk.jobs:
            if not job.active:
                self._desk.forget(job)
        self.refresh()

    def _build(self) -> None:
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("Penumbra")
        theme.dress(self)
        self.setMinimumSize(320, 240)
        self.banner = Banner()
        self.queue = QueueView(self._model, self._hooks.empty)
        self.queue.selectionModel().currentChanged.connect(self._selection_changed)
        self.detail = Detail(self._desk)
        self.detail.frame_picked.connect(self._frame_picked)
        self.detail.look_changed.connect(self.refresh)
        self._parts = QSplitter(Qt.Orientation.Vertical)
        self._parts.setChildrenCollapsible(False)
        self._parts.setHandleWidth(2 * theme.UNIT)
        self._parts.addWidget(self.queue)
        self._parts.addWidget(self.detail)
        self._parts.setStretchFactor(0, 0)
        self._parts.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(2 * theme.UNIT, 2 * theme.UNIT, 2 * theme.UNIT, 2 * theme.UNIT)
        column.setSpacing(2 * theme.UNIT)
        column.addLayout(self._top())
        column.addWidget(self.banner)
        column.addWidget(self._scrolled(self._parts), 1)

    @staticmethod
    def _scrolled(parts: QWidget) -> QScrollArea:
        """A pane of the host may be lower than all of it needs."""
        around = QScrollArea()
        around.setProperty("role", "bare")
        around.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        around.setWidgetResizable(True)
        around.setWidget(parts)
        # Qt fills both with the color of the surroundings.
        parts.setAutoFillBackground(False)
        around.viewport().setAutoFillBackground(False)
        return around

    def _top(self) -> QHBoxLayout:
        """How the worker is, and what concerns the whole list."""
        self._sign = sign(marks.OF_WORKER["off"], self.devicePixelRatioF())
        self._worker = QLabel()
        self._worker.setProperty("role", "quiet")
        self._clear = QPushButton("Clear ended")
        self._clear.setToolTip("Take every job that has ended out of the list; files stay")
        self._clear.clicked.connect(self._clear_ended)
        top = QHBoxLayout()
        top.setSpacing(theme.UNIT)
        top.addWidget(self._sign)
        top.addWidget(self._worker, 1)
        if self._hooks.open_files is not None:
            opening = QPushButton("Open\u2026")
            opening.setToolTip("Open shot files")
            opening.clicked.connect(self._hooks.open_files)
            top.addWidget(opening)
        top.addWidget(self._clear)
        return top

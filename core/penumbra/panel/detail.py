"""The selected job: headline, strip, picture, messages."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from penumbra.desk import Desk, Job
from penumbra.panel import theme
from penumbra.panel.asking import Standing
from penumbra.panel.head import Head
from penumbra.panel.legend import Legend
from penumbra.panel.pages import Pages
from penumbra.panel.pictures import Pictures, Wish
from penumbra.panel.queue_model import Entry, Row
from penumbra.panel.strip import Strip
from penumbra.panel.timeline import Timeline, timeline
from penumbra.panel.viewer import Viewer

# Heights of pictures are asked in steps, so that not every pixel of a resize asks anew; and not beyond any screen.
STEP, MOST = 90, 1440


class Detail(QWidget):
    """Shows one entry of the queue, and which of its frames is looked at."""

    frame_picked = Signal(int)
    look_changed = Signal()

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entry: Entry | None = None
        self._timeline = Timeline()
        self._frame: int | None = None
        self._pinned: int | None = None
        self._look = "matte"
        self.head, self.strip, self.viewer, self.pages = Head(), Strip(), Viewer(), Pages(desk)
        self._arrange()
        self.strip.picked.connect(self._picked)
        self.strip.hovered.connect(lambda number: self._say(number))
        self.viewer.look_picked.connect(self._look_picked)
        self.viewer.follow_picked.connect(self._follow_picked)
        self.viewer.follow.setChecked(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The viewer's keys work on the strip as well."""
        self.viewer.keyPressEvent(event)

    def show_entry(self, entry: Entry | None, row: Row | None, standing: Standing) -> None:
        """Show how it is now."""
        if _changed(self._entry, entry):
            self._pinned = None
            self.viewer.follow.setChecked(True)
        self._entry = entry
        job = entry.job if entry else None
        self._timeline = timeline(entry.order, job, standing.frames) if entry else Timeline()
        self.head.headline.show_row(row)
        self.pages.show_job(job, standing.faults)
        self._frame = self._chosen(job)
        self.strip.show_timeline(self._timeline, self._frame)
        self._say(None)

    def show_picture(self, pictures: Pictures, round: int) -> None:
        """Show the picture of the frame, asking for it where it is not there."""
        entry, frame = self._entry, self._frame
        if entry is None or frame is None:
            self.viewer.screen_widget.show_picture("", keep=False)
            return
        matte = self._timeline.at(frame).matte
        if self._look != "plate" and matte == "missing":
            self.viewer.screen_widget.show_picture(f"Frame {frame} has no matte yet.", keep=False)
            return
        made_by = entry.job if entry.job and frame in entry.job.frames else None
        wish = Wish(entry.order, frame, self._look, self._height(), made_by, round)
        shown: QImage | str | None = pictures.get("viewer", wish)
        self.viewer.screen_widget.show_picture(shown, keep=True)

    def _chosen(self, job: Job | None) -> int | None:
        """The frame to look at: what is being done, or what was picked, or what there is to see."""
        if job and job.frames and self.viewer.follow.isChecked():
            return next(reversed(job.frames))
        if self._pinned in self._timeline.numbers:
            return self._pinned
        keys = self._timeline.key_frames or list(self._timeline.numbers[:1])
        return self._timeline.newest_matte or next(iter(keys), None)

    def _height(self) -> int:
        screen = self.viewer.screen_widget
        pixels = screen.height() * screen.devicePixelRatioF()
        return int(min(max(-(-pixels // STEP) * STEP, STEP), MOST))

    def _say(self, number: int | None) -> None:
        self.viewer.say(self.strip.words(self._frame if number is None else number))

    def _picked(self, number: int) -> None:
        self._frame = self._pinned = number
        self.viewer.follow.setChecked(False)
        self._say(None)
        self.frame_picked.emit(number)
        self.look_changed.emit()

    def _look_picked(self, look: str) -> None:
        self._look = look
        self.look_changed.emit()

    def _follow_picked(self, _: bool) -> None:
        self.look_changed.emit()

    def _arrange(self) -> None:
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 * theme.UNIT)
        column.addWidget(self.head)
        column.addWidget(self.strip)
        column.addWidget(Legend())
        column.addWidget(self.viewer, 1)
        parts = QSplitter(Qt.Orientation.Vertical)
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(2 * theme.UNIT)
        parts.addWidget(above)
        parts.addWidget(self.pages)
        parts.setStretchFactor(0, 3)
        parts.setStretchFactor(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(parts)


def _changed(before: Entry | None, now: Entry | None) -> bool:
    """Whether it is about another shot, or another job of it."""
    if before is None or now is None:
        return before is not now
    return before.order != now.order or (before.job is not now.job and now.job is not None)

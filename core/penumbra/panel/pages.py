"""The pages below the picture: messages, the worker's log, and the doctor's findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from penumbra.desk import Desk, Fault, Job
from penumbra.panel import theme
from penumbra.panel.asking import Reply, weakly
from penumbra.panel.notes import Note, Notes
from penumbra.protocol import Refusal


class Pages(QTabWidget):
    """Three tabs."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._failed: Job | None = None
        self.messages = Notes("Nothing to tell of this job.")
        self.log = _log()
        self.doctor = Doctor(desk)
        self.addTab(self.messages, "Messages")
        self.addTab(self.log, "Log")
        self.addTab(self.doctor, "Doctor")
        self.setTabToolTip(0, "What is wrong, and what you should know")
        self.setTabToolTip(1, "What the worker wrote of its work")
        self.setTabToolTip(2, "What this machine has, what is wrong with it, and what to do")
        self.tabBar().setDrawBase(False)
        self.currentChanged.connect(self._turned)

    def show_job(self, job: Job | None, faults: Sequence[Fault]) -> None:
        """Show what there is to tell of a job, and of its order."""
        notes = [*_told(job, faults)]
        self.messages.tell(notes)
        self.setTabText(0, f"Messages ({len(notes)})" if notes else "Messages")
        if job is not None and job.state == "failed" and job is not self._failed:
            self._failed = job
            self.setCurrentIndex(0)

    def look(self) -> None:
        """Bring the log up to date, if it is seen; it stays at its end if it was there."""
        if self.log.isVisible():
            text = "\n".join(self._desk.log_lines())
            if text != self.log.toPlainText():
                bar = self.log.verticalScrollBar()
                at_end, before = bar.value() >= bar.maximum() - 4, bar.value()
                self.log.setPlainText(text)
                bar.setValue(bar.maximum() if at_end else before)

    def _turned(self, index: int) -> None:
        self.look()
        if self.widget(index) is self.doctor:
            self.doctor.ask_once()


class Doctor(QWidget):
    """What the doctor found; asked when it is first looked at."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._asked = False
        self.findings = Notes("The doctor looks at this machine\u2026")
        again = QPushButton("Look again")
        again.setToolTip("Look at the machine again")
        again.clicked.connect(self.ask)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.UNIT)
        column.addWidget(self.findings, 1)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeft)

    def ask_once(self) -> None:
        """Ask, unless it was asked before."""
        if not self._asked:
            self.ask()

    def ask(self) -> None:
        """Ask the worker's doctor."""
        self._asked = True
        self.findings.tell(())
        self._desk.ask("doctor", weakly(self._found, self))

    def _found(self, reply: Reply) -> None:
        if isinstance(reply, Refusal):
            self.findings.tell((Note("fault", reply.message),))
            return
        # What has to be mended comes first.
        found = sorted(reply.result["findings"], key=lambda told: ("fault", "note", "fine").index(told["level"]))
        self.findings.tell(
            [Note(told["level"], told["text"], told["next_step"] or "", told["topic"]) for told in found]
        )


def _told(job: Job | None, faults: Sequence[Fault]) -> Iterator[Note]:
    wrong = job.faults if job else ()
    for fault in dict.fromkeys((*wrong, *faults)):
        yield Note("fault", fault.problem, fault.next_step)
    for text in job.notices if job else ():
        yield Note("told", text)


def _log() -> QPlainTextEdit:
    log = QPlainTextEdit()
    log.setReadOnly(True)
    log.setTabChangesFocus(True)
    log.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
    log.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
    log.setPlaceholderText("The worker has written nothing yet.")
    return log

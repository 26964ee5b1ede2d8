"""`penumbra ui`: the panel in a window of its own, which opens shot files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QMainWindow

from penumbra.desk import Desk, Order
from penumbra.errors import PenumbraError
from penumbra.panel import theme
from penumbra.panel.hooks import Hooks
from penumbra.panel.panel import Panel

SUFFIXES = (".yaml", ".yml", ".json")


class Window(QMainWindow):
    """A window that opens shot files, from its menu or dropped on it.

    Args:
        desk: Where mattes are ordered; the window keeps it going, and closes it with itself.
        read: Reads a shot file.
        device: Where the network runs.
    """

    def __init__(self, desk: Desk, read: Callable[[Path], Order], device: str = "cpu") -> None:
        super().__init__()
        self._desk, self._read = desk, read
        hooks = Hooks(open_files=self.choose, empty="Drop shot files here, or press Open\u2026")
        self.panel = Panel(desk, hooks, ticking=True, device=device)
        self.setCentralWidget(self.panel)
        self.setWindowTitle("Penumbra")
        theme.dress(self)
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        opening = QAction("&Open\u2026", self)
        opening.setShortcut(QKeySequence.StandardKey.Open)
        opening.triggered.connect(self.choose)
        ending = QAction("&Quit", self)
        ending.setShortcut(QKeySequence.StandardKey.Quit)
        ending.triggered.connect(self.close)
        menu = self.menuBar().addMenu("&File")
        menu.addActions([opening, ending])

    def open_files(self, files: Sequence[Path]) -> None:
        """Put the shots of these files into the list; what cannot be read is told, and the others are opened."""
        wrong = []
        for file in files:
            try:
                order = self._read(file)
            except PenumbraError as fault:
                wrong += [str(each) for each in fault.each]
            else:
                self.panel.offer(replace(order, saved=order.saved or str(file)))
        if wrong:
            self.panel.say("\n".join(wrong), "fault")

    def choose(self) -> None:
        """Ask for files, in a dialog that holds nothing up."""
        dialog = QFileDialog(self, "Open shot files", "", "Shot files (*.yaml *.yml *.json)")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setModal(False)
        dialog.filesSelected.connect(lambda files: self.open_files([Path(file) for file in files]))
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Shot files may be dropped."""
        if dropped(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open them."""
        self.open_files(dropped(event.mimeData()))
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The worker ends with the window; finished frames are complete, and the next run goes on from there."""
        self._desk.close()
        super().closeEvent(event)


def dropped(data: QMimeData) -> list[Path]:
    """The shot files among what is dragged."""
    files = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [file for file in files if file.suffix.lower() in SUFFIXES]

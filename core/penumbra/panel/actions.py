"""What can be done with the selected job."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from penumbra.desk import Desk, words
from penumbra.panel.head import Head
from penumbra.panel.hooks import Hooks
from penumbra.panel.queue_model import Entry


class Actions(QObject):
    """The buttons and the menu of the selected job.

    Args:
        desk: Where mattes are ordered.
        hooks: What the surroundings can do.
        head: Where the buttons are.
        device: Where the network runs, for orders that had no job yet.

    Attributes:
        done: Something was done, and is to be seen at once.
        said: Words for the person, which pass.
        removed: An entry was taken out of the list.
        look_again: The worker is to be asked how all frames stand.
    """

    done = Signal()
    said = Signal(str)
    removed = Signal(object)
    look_again = Signal()

    def __init__(self, desk: Desk, hooks: Hooks, head: Head, device: str) -> None:
        super().__init__(head)
        self._desk, self._hooks, self._head, self._device = desk, hooks, head, device
        self._entry: Entry | None = None
        head.matte.clicked.connect(lambda _=False: self.matte())
        head.cancel.clicked.connect(lambda _=False: self.cancel())
        self._reveal = head.add("Reveal folder", "Open the folder of the mattes", self.reveal)
        self._copy = head.add("Copy command line", "The line that makes the same mattes, on a farm too", self.copy)
        if hooks.show_node is not None:
            self._show = head.add("Show node", "Show the node that ordered it", self.show_node)
        head.add("Look again", "Ask how every frame stands now", self.look_again.emit, "F5")
        head.menu.addSeparator()
        self._remove = head.add("Remove from list", "Files stay; a running job is canceled", self.remove, "Del")

    def show_entry(self, entry: Entry | None) -> None:
        """Offer what can be done with it."""
        self._entry = entry
        job = entry.job if entry else None
        active = job is not None and job.active
        head = self._head
        head.setEnabled(entry is not None)
        head.matte.setText("Matte again" if job else "Matte")
        head.matte.setEnabled(entry is not None and not active)
        head.matte.setToolTip(
            "Make what is missing or stale, and nothing else" if not active else "It is ordered already"
        )
        head.cancel.setEnabled(active and job is not None and job.state != "stopping")
        self._reveal.setEnabled(bool(words.folder_of(job)))
        saved = bool(entry and entry.order.saved)
        self._copy.setEnabled(saved)
        self._copy.setToolTip("The line that makes the same mattes" if saved else "Save the shot in a file first")

    def matte(self) -> None:
        """Order it, in the place of what it was before."""
        if self._entry is None:
            return
        before, order = self._entry.job, self._entry.order
        if before is None:
            self._desk.matte(order, None, self._device)
        elif not before.active:
            if self._hooks.matte is not None:
                self._hooks.matte(before)
            else:
                self._desk.matte(order, before.wanted, before.device)
            self._desk.forget(before)
        self.done.emit()

    def cancel(self) -> None:
        """Stop it."""
        if self._entry and self._entry.job:
            self._desk.cancel(self._entry.job)
        self.done.emit()

    def reveal(self) -> None:
        """Open the folder in the system's own window."""
        folder = words.folder_of(self._entry.job if self._entry else None)
        if not Path(folder).is_dir():
            self.said.emit(f"{folder} is not there yet: no matte was written.")
        elif not QDesktopServices.openUrl(QUrl.fromLocalFile(folder)):
            self.said.emit(f"The mattes are in {folder}; this desktop opens no folders.")

    def copy(self) -> None:
        """Put the command line on the clipboard."""
        if self._entry:
            line = words.command_line(self._entry.order, self._entry.job, self._device)
            QGuiApplication.clipboard().setText(line)
            self.said.emit(f"Copied: {line}")

    def show_node(self) -> None:
        """Let the host show it."""
        if self._entry and self._hooks.show_node:
            self._hooks.show_node(self._entry.order)

    def remove(self) -> None:
        """Take it out of the list."""
        if self._entry is None:
            return
        if self._entry.job is not None:
            self._desk.forget(self._entry.job)
        self.removed.emit(self._entry)

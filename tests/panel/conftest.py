"""Qt without a display, and a panel before a worker that is a fake."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from PySide6.QtWidgets import QApplication

from penumbra.desk import Desk, Job, Order
from penumbra.panel import Hooks, Panel
from tests.desk.fake import FakeClient, Workers, a_desk, order
from tests.panel.fake import Showing


@pytest.fixture(scope="session")
def application() -> QApplication:
    running = QApplication.instance() or QApplication(["tests"])
    assert isinstance(running, QApplication)
    running.setStyle("Fusion")
    return running


@dataclass
class Stage:
    """A desk, its fake workers, and as many panels as a test makes."""

    desk: Desk
    workers: Workers
    panels: list[Panel]

    @property
    def worker(self) -> Any:
        return self.workers.last

    @property
    def panel(self) -> Panel:
        return self.panels[0]

    def make(self, hooks: Hooks | None = None, size: tuple[int, int] = (400, 800)) -> Panel:
        panel = Panel(self.desk, hooks)
        panel.resize(*size)
        panel.show()
        self.panels.append(panel)
        self.settle()
        return panel

    def settle(self) -> None:
        """Everything that is on its way arrives, and is shown."""
        for _ in range(12):
            self.desk.tick()
            QApplication.processEvents()
            for panel in self.panels:
                panel.refresh()

    def running(self, of: Order | None = None) -> tuple[Job, int]:
        job = self.desk.matte(of or order())
        self.settle()
        identity = self.worker.ids("matte")[-1]
        self.worker.tell("started", identity)
        self.settle()
        return job, identity

    def rows(self, panel: Panel | None = None) -> list[str]:
        model = (panel or self.panel).queue.model()
        return [model.index(number, 0).data() for number in range(model.rowCount())]


@pytest.fixture
def stage(application: QApplication) -> Iterator[Callable[..., Stage]]:
    made: list[Stage] = []

    def make(client: Callable[[], FakeClient] = Showing) -> Stage:
        made.append(Stage(*a_desk(client), []))
        return made[-1]

    yield make
    for stage in made:
        for panel in stage.panels:
            panel.close()
            panel.deleteLater()
    QApplication.processEvents()

"""A Nuke with Penumbra in it: the strict fake, the plugin's own entry points, and the real worker."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.nuke_host import Host

ROOT = Path(__file__).resolve().parents[2]
# In seconds; a tiny model on a busy machine.
PATIENCE = 120.0


@dataclass
class Studio:
    """An artist's Nuke.

    Attributes:
        host: The fake.
        folder: Where scripts, plates and everything else of the test lie.
    """

    host: Host
    folder: Path

    @property
    def nuke(self) -> Any:
        return self.host.nuke

    def module(self, name: str) -> Any:
        """A module of the plugin's, as this Nuke has it."""
        return __import__(f"penumbra_nuke.{name}", fromlist=["_"])

    def press(self, node: Any, button: str) -> None:
        node[button].execute()

    def wait(self, until: Callable[[], bool], seconds: float = PATIENCE) -> None:
        """Let Nuke idle: its timers run, on its main thread."""
        from PySide6.QtWidgets import QApplication

        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, f"nothing came of it; the artist was told {self.host.messages}"
            QApplication.processEvents()
            time.sleep(0.01)

    def jobs(self) -> tuple[Any, ...]:
        return self.module("jobs").link().desk.jobs

    def done(self) -> None:
        """Wait until every job has ended, and the nodes show it."""
        self.wait(lambda: not any(job.active for job in self.jobs()) and not self.module("jobs").link()._watches)


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Studio]]:
    """Starts a Nuke; a second start is another Nuke on the same machine, after the first has ended."""
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("PENUMBRA_PYTHON", sys.executable)
    monkeypatch.setenv("PENUMBRA_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setattr(sys, "path", list(sys.path))
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    running: list[Host] = []

    def end() -> None:
        if "penumbra_nuke.jobs" in sys.modules:
            sys.modules["penumbra_nuke.jobs"].close()
        while running:
            running.pop().__exit__(None, None, None)
        for name in [name for name in sys.modules if name.partition(".")[0] == "penumbra_nuke"]:
            del sys.modules[name]

    def begin(*, gui: bool = True, **how: Any) -> Studio:
        end()
        host = Host(tmp_path / "nuke", gui=gui, **how)
        host.__enter__()
        running.append(host)
        host.start(ROOT)
        return Studio(host, tmp_path)

    yield begin
    end()
    assert application is not None, "held until here"


@pytest.fixture
def studio(start: Callable[..., Studio]) -> Studio:
    """Nuke 16, with its windows."""
    return start()

"""Runs in a process of its own, with Nuke 16's Qt and nothing of our environment: build the panel, feed it, grab it.

Arguments: the folder that holds PySide6, and a file for the picture.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [sys.argv[1], str(ROOT / "core"), str(ROOT)]

import PySide6  # noqa: E402
from PySide6.QtCore import QPoint, Qt, qVersion  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402

application = QApplication(["nuke"])

from penumbra.panel import Hooks, Panel  # noqa: E402
from tests.desk.fake import a_desk, order  # noqa: E402
from tests.panel.fake import Showing  # noqa: E402


def main() -> None:
    assert Path(PySide6.__file__).is_relative_to(sys.argv[1]), PySide6.__file__
    assert qVersion().startswith("6.5."), qVersion()
    desk, workers = a_desk(Showing)
    gone = []
    panel = Panel(desk, Hooks(go_to_frame=lambda _, frame: gone.append(frame)), ticking=True)
    panel.resize(400, 800)
    panel.show()
    desk.matte(order())
    QTest.qWait(300)
    identity = workers.last.ids("matte")[0]
    workers.last.tell("started", identity)
    workers.last.frame_done(identity, 1006, 0.02)
    workers.last.progress(identity, 4)
    QTest.qWait(300)
    for index in range(3):
        panel.detail.pages.setCurrentIndex(index)
        QTest.qWait(120)
    QTest.mouseClick(panel.detail.strip, Qt.MouseButton.LeftButton, pos=QPoint(12, 40))
    QTest.keyClick(panel.detail.strip, Qt.Key.Key_Right)
    panel.resize(1280, 800)
    QTest.qWait(300)
    assert gone == [1001, 1002], gone
    assert panel.detail.strip.timeline.counts == {"done": 6, "stale": 1, "missing": 3}
    picture = panel.grab()
    assert picture.devicePixelRatio() == 2, "the display's scale"
    assert picture.save(sys.argv[2])
    heights = {asked["height"] for asked in workers.last.asked("picture")}
    assert max(heights) > panel.detail.viewer.screen_widget.height(), "pictures have the display's pixels"
    workers.last.refuse(identity, "The mask is empty.")
    QTest.qWait(300)
    panel.close()
    desk.close()
    foreign = {"numpy", "torch", "OpenImageIO", "yaml", "click"} & set(sys.modules)
    assert not foreign, foreign
    assert not [path for path in sys.path if "site-packages" in path], sys.path


main()

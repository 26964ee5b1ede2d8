"""The window: its files, its end, and the real worker."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QFileDialog

from penumbra.cli.commands.ui import order_of, start
from penumbra.cli.main import main
from penumbra.desk import Desk
from penumbra.panel.window import Window
from tests.desk.fake import a_desk
from tests.engine.shots import make_shot
from tests.panel.fake import Showing

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def shot_file(tmp_path, tiny_file):
    make_shot(tmp_path, tiny_file).save(tmp_path / "hero.json")
    return tmp_path / "hero.json"


@pytest.mark.parametrize("screen", [{}, {"DISPLAY": ":7777"}], ids=["none", "unreachable"])
def test_when_there_is_no_screen_then_it_is_said_with_what_to_do_and_qt_does_not_abort(screen):
    gone = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    environment = {name: value for name, value in os.environ.items() if name not in gone} | screen
    command = [sys.executable, "-m", "penumbra.cli.main", "ui"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 4, done.stderr
    assert "There is no screen here" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def window(application):
    desk, workers = a_desk(Showing)
    made = Window(desk, order_of)
    made.workers = workers
    made.show()
    yield made
    made.close()
    made.deleteLater()
    QApplication.processEvents()


def titles(window: Window) -> list[str]:
    return [entry.order.title for entry in window.panel.queue.model().entries]


def test_when_shot_files_are_opened_then_they_wait_in_the_list_and_the_broken_one_is_told(window, shot_file, tmp_path):
    broken = tmp_path / "broken.json"
    broken.write_text('{"version": 2, "plait": "plate.####.exr"}', encoding="utf-8")
    window.open_files([shot_file, broken, tmp_path / "missing.yaml"])
    assert titles(window) == ["hero"]
    for words in ("broken.json, line 1", "plait", "missing.yaml"):
        assert words in window.panel.banner.text


def test_when_a_file_is_opened_again_after_a_change_then_the_new_order_takes_its_place(window, shot_file):
    window.open_files([shot_file])
    document = json.loads(shot_file.read_text(encoding="utf-8"))
    document["frames"] = "1001-1003"
    shot_file.write_text(json.dumps(document), encoding="utf-8")
    window.open_files([shot_file])
    assert titles(window) == ["hero"]
    assert window.panel.selected.order.document["frames"] == "1001-1003"


def test_when_files_are_dropped_then_the_shots_among_them_are_opened(window, shot_file, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in (shot_file, tmp_path / "plate.1001.exr")])
    event = QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                       Qt.KeyboardModifier.NoModifier)  # fmt: skip
    window.dropEvent(event)
    assert (titles(window), event.isAccepted()) == (["hero"], True)


def test_when_open_is_pressed_then_the_dialog_holds_nothing_up(window):
    window.choose()
    (dialog,) = window.findChildren(QFileDialog)
    assert not dialog.isModal()
    dialog.reject()


def test_when_the_window_is_closed_then_the_worker_ends(window, shot_file):
    window.open_files([shot_file])
    window.panel._tick()
    assert window.workers.last.alive
    window.close()
    assert not window.workers.last.alive


def test_when_a_real_worker_mattes_a_real_shot_then_the_window_shows_every_frame_done(
    application, shot_file, monkeypatch
):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "core"))
    window = Window(Desk(start), order_of)
    window.show()
    window.open_files([shot_file])
    detail = window.panel.detail

    def wait(until):
        end = time.monotonic() + 120
        while not until():
            assert time.monotonic() < end, window.panel.banner.text
            application.processEvents()
            time.sleep(0.01)

    try:
        wait(lambda: detail.strip.timeline.counts == {"missing": 6})
        assert detail.strip.timeline.key_frames == [1001]
        detail.head.matte.click()
        job = window.panel.selected.job
        wait(lambda: not job.active)
        assert (job.state, job.faults, sorted(job.frames)) == ("done", (), list(range(1001, 1007)))
        assert all(Path(path).is_file() for path in job.frames.values())
        wait(lambda: isinstance(detail.viewer.screen_widget._shown, QImage))
        window.panel.look_again()
        wait(lambda: detail.strip.timeline.counts == {"done": 6})
        detail.pages.setCurrentIndex(2)
        wait(lambda: detail.pages.doctor.findings._told)
        assert {note.level for note in detail.pages.doctor.findings._told} <= {"fine", "note", "fault"}
    finally:
        window.close()
        window.deleteLater()


def test_when_the_command_is_given_then_a_window_with_the_shots_opens(application, shot_file, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "core"))
    seen = []

    def look():
        seen.extend(titles(window) for window in application.topLevelWidgets() if isinstance(window, Window))
        application.closeAllWindows()

    QTimer.singleShot(50, look)
    assert main(["ui", str(shot_file)]) == 0
    assert ["hero"] in seen


def test_when_qt_cannot_be_loaded_then_the_command_says_what_to_install(tmp_path):
    (tmp_path / "PySide6.py").write_text("raise ImportError('libEGL.so.1: cannot open shared object file')")
    paths = os.pathsep.join([str(tmp_path), str(ROOT / "core")])
    done = subprocess.run([sys.executable, "-m", "penumbra.cli.main", "ui"], capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": paths}, check=False)  # fmt: skip
    assert done.returncode == 4
    assert "libEGL.so.1" in done.stderr
    assert "libegl1" in done.stderr
    assert "Traceback" not in done.stderr

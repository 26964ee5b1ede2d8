"""The panel with the Qt of Nuke 16: PySide6 6.5 on Python 3.11, where there is no numpy."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).resolve().parents[2]
NUKES_QT = Path(os.environ.get("PENUMBRA_NUKE_QT", ROOT / ".venv" / "nuke-qt"))


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="PySide6 6.5 and Nuke 16 are of Python 3.11")
@pytest.mark.skipif(
    not (NUKES_QT / "PySide6").is_dir(), reason=f"{NUKES_QT} has no PySide6 6.5: install.py --test puts it there"
)
def test_when_the_panel_runs_on_nuke_s_qt_without_our_environment_then_it_works_the_same(tmp_path):
    picture = tmp_path / "panel.png"
    # -S: no site-packages, so that nothing but the given Qt is to be found.
    line = [sys.executable, "-S", "-E", "-W", "error", str(Path(__file__).with_name("on_nukes_qt.py"))]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": "2"}
    done = subprocess.run([*line, str(NUKES_QT), str(picture)], capture_output=True, text=True, timeout=120,
                          env=environment, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    image = QImage(str(picture))
    assert (image.width(), image.height()) == (2560, 1600)

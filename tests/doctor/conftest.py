"""What concerns every test here."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def nothing_of_one_s_own(tmp_path, monkeypatch):
    """The models, the OCIO configuration and the screen of whoever runs the tests do not count."""
    monkeypatch.setenv("PENUMBRA_DATA", str(tmp_path / "data"))
    for name in (
        "PENUMBRA_COMMERCIAL",
        "OCIO",
        "OMP_NUM_THREADS",
        "CUDA_VISIBLE_DEVICES",
        "DISPLAY",
        "WAYLAND_DISPLAY",
    ):
        monkeypatch.delenv(name, raising=False)
    # Processes of their own find Penumbra where this one does.
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "core"))


@pytest.fixture
def on_pythonpath(tmp_path, monkeypatch):
    """Puts a module of some text before everything that Penumbra has; gives its folder."""

    def put(name, text):
        folder = tmp_path / "foreign"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT / "core"), str(folder)]))
        monkeypatch.syspath_prepend(folder)
        return folder

    return put

"""Nuke: what is installed, and whether it loads this Penumbra. The init.py is written by the installer's own code."""

import importlib

import pytest

from penumbra.doctor.looks.nuke import ROOT, nuke


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


@pytest.fixture
def installed(tmp_path):
    """A place with two Nukes, and with other things."""
    for name in ("Nuke16.0v4", "Nuke15.1v10", "NukeStudioNotes", "Maya2026"):
        (tmp_path / "opt" / name).mkdir(parents=True)
    return tmp_path / "opt"


def told(home, *places, root=ROOT, system="linux", **environment):
    (found,) = nuke(system, {"HOME": str(home)} | environment, places, root)
    return found


def registered(home, root):
    """As `install.py --nuke` does it."""
    told(home)  # makes the plugin importable
    registration = importlib.import_module("penumbra_nuke.registration")
    registration.register(str(root), home / ".nuke" / "init.py")


def test_when_there_is_no_nuke_then_all_is_fine(home, tmp_path):
    found = told(home, tmp_path / "opt")
    assert found.level == "fine"
    assert "Installed: none in the usual places." in found.text


def test_when_nuke_does_not_load_penumbra_then_the_line_is_given(home, installed):
    found = told(home, installed)
    assert found.level == "note"
    assert f"Installed: 15.1v10 ({installed / 'Nuke15.1v10'}), 16.0v4 ({installed / 'Nuke16.0v4'})." in found.text
    assert found.next_step == "Run: python3 install.py --nuke"


def test_when_nuke_loads_this_penumbra_then_it_is_said_how(home, installed):
    registered(home, ROOT)
    found = told(home, installed)
    assert found.level == "fine"
    assert f"It loads this Penumbra, by {home / '.nuke' / 'init.py'}." in found.text
    both = told(home, installed, NUKE_PATH=f"/studio/tools:{ROOT}")
    assert both.text.endswith("init.py and NUKE_PATH.")


def test_when_a_studio_names_this_penumbra_then_it_is_fine(home, installed):
    found = told(home, installed, NUKE_PATH=f"/studio/tools:{ROOT}/")
    assert (found.level, found.text.endswith("It loads this Penumbra, by NUKE_PATH.")) == ("fine", True)


def test_when_a_studio_names_other_folders_then_they_are_not_taken_for_it(home, installed):
    assert told(home, installed, NUKE_PATH=f"/studio/tools:{ROOT.parent}").level == "note"


def test_when_nuke_loads_another_penumbra_then_it_is_named(home, installed, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "init.py").write_text("")
    registered(home, other)
    found = told(home, installed)
    assert found.level == "note"
    assert f"loads another Penumbra: {other}." in found.text
    assert "install.py --nuke" in found.next_step


def test_when_nuke_loads_a_penumbra_that_is_gone_then_it_is_a_fault(home, installed, tmp_path):
    registered(home, tmp_path / "gone")
    found = told(home, installed)
    assert found.level == "fault"
    assert f"loads Penumbra from {tmp_path / 'gone'}, where it is not." in found.text
    assert told(home).level == "note"


def test_when_the_lines_in_init_py_are_damaged_then_it_is_a_fault(home, installed):
    registered(home, ROOT)
    init = home / ".nuke" / "init.py"
    init.write_text(init.read_text().rpartition("# <<<")[0])
    found = told(home, installed)
    assert found.level == "fault"
    assert "damaged" in found.text
    assert found.next_step


def test_when_a_nuke_is_too_old_then_it_is_said(home, tmp_path):
    (tmp_path / "opt" / "Nuke12.2v11").mkdir(parents=True)
    old, found = nuke("linux", {"HOME": str(home)}, [tmp_path / "opt"], ROOT)
    assert (old.level, old.text) == ("note", "Nuke 12.2v11 is too old for Penumbra's node.")
    assert found.next_step == "Run: python3 install.py --nuke"


def test_when_the_plugin_is_not_beside_penumbra_then_it_is_said(home, tmp_path):
    assert "Penumbra's plugin is not beside this Penumbra" in told(home, root=tmp_path).text
